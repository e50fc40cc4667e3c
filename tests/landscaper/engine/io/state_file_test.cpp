#include "landscaper/engine/io/state_file.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <nlohmann/json.hpp>
#include <filesystem>
#include <fstream>

#include "folder.hpp"
#include "landscaper/async/file.hpp"

using namespace landscaper;
using namespace landscaper::engine;
using nlohmann::json;

namespace {

std::string noon() {
    return "2026-01-01T12:00:00.000000000Z";
}

state_change change(const char* name, int number) {
    resource_entry entry{"memo", value(json{{"n", number}}), value(json::object()), {}};
    return {path::parse(name).value(), entry, "create"};
}

std::string text_of(const std::string& file) {
    return read_file(file).value();
}

void add_text(const std::string& file, const std::string& text) {
    std::ofstream(file, std::ios::app | std::ios::binary) << text;
}

// No file grows beyond so many bytes.
struct disk_full {
    explicit disk_full(std::size_t bytes) {
        ::getrlimit(RLIMIT_FSIZE, &old_);
        rlimit none{bytes, old_.rlim_max};
        ::signal(SIGXFSZ, SIG_IGN);
        ::setrlimit(RLIMIT_FSIZE, &none);
    }
    ~disk_full() { ::setrlimit(RLIMIT_FSIZE, &old_); }

  private:
    rlimit old_{};
};

int number_at(const state_document& d, const char* name) {
    auto found = d.find(path::parse(name).value());
    return found ? found->inputs->at("n").get<int>() : -1;
}

}  // namespace

TEST_CASE("the first append writes the skeleton, later ones count on, and the file is private") {
    test_folder folder;
    auto file = folder / "state.json";
    {
        auto state = state_file::open(file, noon).value();
        CHECK(state.document().is_empty());
        REQUIRE(state.append({change("a", 1), change("h.b", 2)}).has_value());
        REQUIRE(state.append({change("a", 1)}).has_value());  // nothing changes: no event
        REQUIRE(state.append({change("a", 3)}).has_value());
        CHECK(state.next_index() == 4);
    }
    auto text = text_of(file);
    CHECK(
        text.starts_with("{\n  \"index\": 0,\n  \"meta\": {\n    \"time\": "
                         "\"2026-01-01T12:00:00.000000000Z\"\n  },\n  \"patch\": ["));
    auto read = replay(text).value();
    CHECK(read.events == 4);
    CHECK(number_at(read.document, "a") == 3);
    struct stat status {};
    REQUIRE(::stat(file.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE("a torn tail is cut off, with a copy kept, and writing goes on") {
    test_folder folder;
    auto file = folder / "state.json";
    REQUIRE(state_file::open(file, noon).value().append({change("a", 1)}).has_value());
    auto whole = text_of(file);
    for (const auto* tail : {"{\n  \"index\": 2,\n  \"me", "{", "{\n  \"index\": 2, \"patch\": \""}) {
        add_text(file, tail);
        auto state = state_file::open(file, noon).value();
        CHECK(state.repaired().find(".torn-") != std::string::npos);
        CHECK(text_of(file) == whole);
        CHECK(number_at(state.document(), "a") == 1);
    }
    CHECK(text_of(file + ".torn-1") == "{\n  \"index\": 2,\n  \"me");
    CHECK(text_of(file + ".torn-3") == "{\n  \"index\": 2, \"patch\": \"");
}

TEST_CASE("a file without a last line end gets one before the next event") {
    test_folder folder;
    auto file = folder / "state.json";
    REQUIRE(create_state(file).has_value());
    auto text = text_of(file);
    text.pop_back();
    REQUIRE(write_file_atomically(file, text, 0600).has_value());
    auto state = state_file::open(file, noon).value();
    REQUIRE(state.append({change("a", 1)}).has_value());
    CHECK(text_of(file).starts_with(text + "\n{"));
    CHECK(replay(text_of(file)).value().events == 2);
}

TEST_CASE("a damaged file or one of somebody else is refused and left alone") {
    test_folder folder;
    for (const auto* text : {"hello", "{\"a\": 1}"}) {
        auto file = folder / "other";
        REQUIRE(write_file_atomically(file, text).has_value());
        auto state = state_file::open(file, noon);
        REQUIRE(!state);
        CHECK(state.error().code() == state_errc::not_a_state_file);
        CHECK(state.error().context().find(file) != std::string::npos);
        CHECK(text_of(file) == text);
    }
}

TEST_CASE("one apply at a time; a foreign flock is locked, not waited for") {
    test_folder folder;
    auto file = folder / "state.json";
    auto state = state_file::open(file, noon).value();
    CHECK(state_file::open(file, noon).error().code() == state_file_errc::in_use);
    unique_fd other(::open(file.c_str(), O_RDWR | O_CLOEXEC));
    REQUIRE(::flock(other.get(), LOCK_SH) == 0);
    CHECK(state.append({change("a", 1)}).error().code() == state_file_errc::locked);
    CHECK(read_state(file).has_value());
    REQUIRE(::flock(other.get(), LOCK_EX) == 0);
    CHECK(read_state(file).error().code() == state_file_errc::locked);
    other.reset();
    CHECK(state.append({change("a", 1)}).has_value());
}

TEST_CASE("what another program appended is taken in, and a clash on one resource is said once") {
    test_folder folder;
    auto file = folder / "state.json";
    auto state = state_file::open(file, noon).value();
    REQUIRE(state.append({change("a", 1), change("b", 1)}).has_value());
    auto by_others = json::parse(R"([{"op":"replace","path":"/resources/b/input_properties/n","value":9}])");
    REQUIRE(append_to_state(file, "update", by_others).has_value());
    REQUIRE(state.append({change("a", 2)}).has_value());
    CHECK(state.foreign_changes() == 1);
    CHECK(number_at(state.document(), "b") == 9);
    REQUIRE(append_to_state(file, "update", by_others).has_value());
    auto again = json::parse(R"([{"op":"replace","path":"/resources/a/input_properties/n","value":7}])");
    REQUIRE(append_to_state(file, "update", again).has_value());
    auto clash = state.append({change("a", 3)});
    REQUIRE(!clash);
    CHECK(clash.error().code() == state_file_errc::conflict);
    REQUIRE(state.append({change("a", 3)}).has_value());
    CHECK(number_at(read_state(file).value(), "a") == 3);
}

TEST_CASE("a state that others spoilt is not taken for an empty one") {
    test_folder folder;
    auto file = folder / "state.json";
    auto state = state_file::open(file, noon).value();
    REQUIRE(state.append({change("a", 1), change("b", 1)}).has_value());
    auto whole = text_of(file);
    auto refused = [&](auto code) {
        auto appended = state.append({change("c", 1)});
        REQUIRE(!appended);
        CHECK(appended.error().code() == code);
        CHECK(appended.error().message().find(file) != std::string::npos);
        CHECK(number_at(state.document(), "a") == 1);
        REQUIRE(write_file_atomically(file, whole).has_value());
    };
    auto no_entry = json::parse(R"([{"op":"add","path":"/resources/d","value":{"type":5}}])");
    REQUIRE(append_to_state(file, "create", no_entry).has_value());
    refused(state_errc::bad_document);
    std::filesystem::resize_file(file, 0);
    refused(state_file_errc::lost_events);
    std::filesystem::resize_file(file, whole.find("\n{") + 1);
    refused(state_file_errc::lost_events);
    REQUIRE(std::filesystem::remove(file));
    refused(state_file_errc::lost_events);
    REQUIRE(state.append({change("c", 1)}).has_value());
    CHECK(number_at(read_state(file).value(), "a") == 1);
    CHECK(state.foreign_changes() == 1);
}

TEST_CASE("what others append after a write that failed is seen as theirs") {
    test_folder folder;
    auto file = folder / "state.json";
    auto state = state_file::open(file, noon).value();
    REQUIRE(state.append({change("a", 1), change("b", 1)}).has_value());
    {
        disk_full full(text_of(file).size() + 10);
        CHECK(!state.append({change("a", 2)}));
    }
    auto by_others = json::parse(R"([{"op":"replace","path":"/resources/b/input_properties/n","value":9}])");
    REQUIRE(append_to_state(file, "update", by_others).has_value());
    REQUIRE(state.append({change("a", 2)}).has_value());
    CHECK(state.foreign_changes() == 1);
    CHECK(number_at(state.document(), "b") == 9);
}

TEST_CASE("a disk that refuses leaves the file as it was, and the next append works") {
    test_folder folder;
    auto file = folder / "state.json";
    auto state = state_file::open(file, noon).value();
    REQUIRE(state.append({change("a", 1)}).has_value());
    auto before = text_of(file);
    {
        disk_full full(before.size() + 10);
        CHECK(!state.append({change("a", 2)}));
    }
    CHECK(text_of(file) == before);
    REQUIRE(state.append({change("a", 2)}).has_value());
    CHECK(replay(text_of(file)).value().next_index == 3);
    CHECK(number_at(read_state(file).value(), "a") == 2);
}
