// State kept by somebody else's state resource, through a real root expression and a real process.
#include <cstdlib>

#include "root_rack.hpp"

using namespace landscaper;

namespace {

bool has_all() {
    if (has_nix() && std::system("python3 -c 'import sqlite3' 2> /dev/null") == 0) return true;
    MESSAGE("skipped: no nix-instantiate, or no python3 with sqlite3, in PATH");
    return false;
}

std::string root(const std::string& members) {
    return root_by_hand("inherit store;\n" + members,
                        R"(
      dir = toString ./.;
      store.resource = {
        provider = { executable = "python3"; args = [ ")" +
                            from_source("tests/landscaper/daemon/foreign_state.py") +
                            R"(" (dir + "/requests") ]; type = "stdio"; };
        type = "ledger"; inputs.file = dir + "/state.db"; outputsSkeleton = { }; state = null;
      };
      kept = value: stateful [ "store" ] (memo value);
)");
}

// The provider itself, asked by somebody else than the rack.
struct other_program {
    explicit other_program(const rack& r) {
        engine::provider_ref program{
            "python3", {from_source("tests/landscaper/daemon/foreign_state.py"), "/dev/null"}, true};
        type = engine::make_process_provider(program, {});
        about.type = "ledger";
        about.previous = engine::resource_entry{
            "ledger", engine::value(json{{"file", r.own.network() + "/state.db"}}), {}, {}};
    }
    std::shared_ptr<provider::resource_type> type;
    provider::request about;
    asio::io_context io;
};

// The document in the SQLite file.
json document(const rack& r) {
    other_program other(r);
    return run_on(other.io, other.type->read_state(other.about)).value().json();
}

void patch(const rack& r, const char* operations) {
    other_program other(r);
    auto writing = other.type->state_event(other.about, "update", engine::value(json::parse(operations)));
    REQUIRE(run_on(other.io, std::move(writing)).has_value());
}

}  // namespace

TEST_CASE("a foreign state resource keeps the entries of its siblings, and the next start finds them there") {
    if (!has_all()) return;
    rack r;
    r.write("nixops4.nix", root("a = kept \"first\"; apps.members.b = kept { from = o.a.value; };"));
    r.start();
    r.until([&] { return r.status("apps.b") == "done"; }, "apps.b");
    r.until_settled();
    CHECK(r.problems.empty());
    auto kept = document(r);
    CHECK(kept["resources"]["a"]["output_properties"]["value"] == "first");
    CHECK(kept["deployments"]["apps"]["resources"]["b"]["input_properties"]["initialize_with"]["from"] ==
          "first");
    CHECK(engine::read_state(r.own.name + "/rack.json").value().resources()->empty());
    CHECK(r.plan() == "store=unchanged a=unchanged apps.b=unchanged ");
    r.stop();

    r.start();
    r.until([&] { return r.status("apps.b") == "done"; }, "apps.b again");
    r.until_settled();
    CHECK(r.engine->view(at("a"))->op == engine::operation::skip);
    CHECK(r.plan() == "store=unchanged a=unchanged apps.b=unchanged ");
    CHECK(document(r) == kept);
    // What was taken out is an orphan there, and is taken out there when it is destroyed.
    r.write("nixops4.nix", root("a = kept \"first\";"));
    r.until([&] { return r.status("apps.b") == "orphan"; }, "an orphan");
    r.engine->destroy({at("apps.b")}, true);
    r.until([&] { return r.status("apps.b") == "nothing"; }, "destroyed");
    CHECK(document(r)["deployments"]["apps"]["resources"].empty());
}

TEST_CASE("a state that has not NixOps4's form is not taken for an empty one") {
    if (!has_all()) return;
    rack r;
    r.write("nixops4.nix", root("a = kept 1;"));
    r.start();
    r.until([&] { return r.status("a") == "done"; }, "a");
    r.until_settled();
    r.stop();
    patch(r, R"([{"op":"add","path":"/resources/other","value":{"type":5}}])");
    auto before = document(r);
    r.start();
    r.until([&] { return !r.problems.empty(); }, "a problem");
    CHECK(r.problems.front().find("store: the state in it cannot be used: other: has no type") == 0);
    CHECK(r.status("a") == "blocked");
    CHECK(document(r) == before);
    r.stop();
    patch(r, R"([{"op":"remove","path":"/resources/other"}])");
    r.start();
    r.until([&] { return r.status("a") == "done"; }, "a again");
    CHECK(r.engine->view(at("a"))->op == engine::operation::skip);
}

TEST_CASE("a state provider that is killed in the middle of an event loses nothing") {
    if (!has_all()) return;
    for (const auto* when : {"die-before", "die-after"}) {
        CAPTURE(std::string(when));
        rack r;
        r.write("nixops4.nix", root("a = kept 1;"));
        r.start();
        r.until([&] { return r.status("a") == "done"; }, "a");
        // Killed while a create is recorded.
        r.write(when, "");
        r.write("nixops4.nix", root("a = kept 1; b = kept 2; c = kept o.b.value;"));
        r.until([&] { return r.status("c") == "done"; }, "c");
        CHECK(!std::filesystem::exists(r.own.network() + "/" + when));
        std::string log;
        for (const auto& line : r.log) log += line + "\n";
        CHECK(log.find("results cannot be recorded") != std::string::npos);
        auto kept = document(r);
        CHECK(kept["resources"]["b"]["output_properties"]["value"] == 2);
        CHECK(kept["resources"]["c"]["output_properties"]["value"] == 2);
        // And while a removal is: sent again as it was it would not fit any more.
        r.write("nixops4.nix", root("a = kept 1; b = kept 2;"));
        r.until([&] { return r.status("c") == "orphan"; }, "c is an orphan");
        r.write(when, "");
        r.engine->destroy({at("c")}, true);
        r.until([&] { return r.status("c") == "nothing"; }, "c is gone");
        r.until_settled();
        CHECK(!document(r)["resources"].contains("c"));
        CHECK(r.plan() == "store=unchanged a=unchanged b=unchanged ");
        r.stop();
        r.start();
        r.until([&] { return r.status("b") == "done"; }, "b again");
        r.until_settled();
        CHECK(r.plan() == "store=unchanged a=unchanged b=unchanged ");
    }
}
