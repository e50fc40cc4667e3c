#include "pxe/link/receiver.hpp"

#include <fcntl.h>

#include "landscaper/base/overloaded.hpp"
#include "pxe/link/sender.hpp"
#include "tests/pxe/link/entries.hpp"
#include "tests/support/result.hpp"

using namespace pxe::link;
using landscaper::unique_fd;

namespace {

std::vector<unique_fd> some_descriptor(int count = 1) {
    std::vector<unique_fd> out;
    for (int i = 0; i < count; ++i) out.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    return out;
}

// What the actions say, in short: "greeted", "table 3", "put", "drop", "ack 7", "refuse 7 why".
std::string told(const std::vector<link_action>& actions) {
    std::string out;
    for (const auto& a : actions) {
        out += out.empty() ? "" : ", ";
        out += std::visit(
            landscaper::overloaded{
                [](const answer& x) {
                    auto m = decode_from_bootd(x.line);
                    REQUIRE(m);
                    if (const auto* k = std::get_if<ack>(&*m)) return "ack " + std::to_string(k->generation);
                    const auto& r = std::get<refuse>(*m);
                    return "refuse " + std::to_string(r.generation) + " " + r.why;
                },
                [](const greeted&) { return std::string("greeted"); },
                [](const use_network& x) { return "network " + std::to_string(x.network.generation); },
                [](const use_table& x) {
                    return "table " + std::to_string(x.generation) + " of " +
                           std::to_string(x.entries.size());
                },
                [](const put_entry& x) { return "put " + x.entry.mac.front().text(); },
                [](const drop_entry& x) { return "drop " + x.mac.text(); },
                [](const hang_up& x) { return "hang up: " + x.why; }},
            a);
    }
    return out;
}

// A receiver that has been greeted.
struct conversation {
    receiver bootd;
    conversation() { REQUIRE(say(R"({"hello":{"proto":1,"build":"t","epoch":0,"seq":0}})") == "greeted"); }
    std::string say(std::string_view line, int descriptors = 0) {
        return told(bootd.on_line(line, some_descriptor(descriptors)));
    }
    // Everything that the sender wants sent.
    std::string say(const std::vector<outgoing>& items) {
        std::string out;
        for (const auto& item : items) {
            auto answer = say(item.line, item.file ? 1 : 0);
            if (!answer.empty()) out += (out.empty() ? "" : ", ") + answer;
        }
        return out;
    }
    std::string say(const landscaper::result<std::vector<outgoing>>& items) {
        REQUIRE(items);
        return say(*items);
    }
};

std::string local_entry(unsigned number) {
    pxe::boot_entry e;
    e.mac = {mac_number(number)};
    e.stage = pxe::stage::local;
    return *encode(set{5, e});
}

}  // namespace

TEST_CASE("hello comes first and speaks this protocol") {
    CHECK(told(receiver().on_line(R"({"begin":{"generation":1}})", {})).starts_with("hang up"));
    CHECK(told(receiver().on_line("rubbish", {})).starts_with("hang up"));
    auto other = told(receiver().on_line(R"({"hello":{"proto":2,"build":"x","epoch":0}})", {}));
    CHECK(other == "hang up: serve speaks protocol 2, this bootd 1; upgrade the older of the two");
}

TEST_CASE("the table changes at `end` and not before") {
    conversation c;
    CHECK(c.say(R"({"begin":{"generation":5}})") == "");
    CHECK(c.say(local_entry(1)) == "");
    CHECK(c.say(local_entry(2)) == "");
    CHECK(c.say(R"({"end":{"generation":5,"count":2}})") == "table 5 of 2, ack 5");
}

TEST_CASE("a table with a missing, a doubled or a bad entry is refused once, with the first reason") {
    conversation c;
    c.say(R"({"begin":{"generation":5}})");
    c.say(local_entry(1));
    CHECK(c.say(R"({"end":{"generation":5,"count":2}})") == "refuse 5 end: 1 entries came, 2 were announced");
    c.say(R"({"begin":{"generation":5}})");
    c.say(local_entry(1));
    CHECK(c.say(local_entry(1)) == "");
    CHECK(c.say(R"({"end":{"generation":5,"count":2}})").find("52:54:00:00:00:01 is in two entries") !=
          std::string::npos);
    c.say(R"({"begin":{"generation":5}})");
    CHECK(c.say(R"({"set":{"generation":5,"entry":{"mac":[],"stage":"local"}}})") == "");
    CHECK(c.say(local_entry(2)) == "");
    CHECK(c.say(R"({"end":{"generation":5,"count":2}})").starts_with("refuse 5 mac: "));
    // And the next one is taken.
    c.say(R"({"begin":{"generation":5}})");
    CHECK(c.say(R"({"end":{"generation":5,"count":0}})") == "table 5 of 0, ack 5");
}

TEST_CASE("single changes are acknowledged singly") {
    conversation c;
    CHECK(c.say(local_entry(3)) == "put 52:54:00:00:00:03, ack 5");
    CHECK(c.say(R"({"drop":{"generation":6,"mac":"52:54:00:00:00:03"}})") == "drop 52:54:00:00:00:03, ack 6");
    CHECK(c.say(R"({"drop":{"generation":7,"mac":"x"}})").starts_with("refuse 7 "));
    CHECK(c.say(R"({"set":{"generation":8,"entry":7}})").starts_with("refuse 8 "));
    CHECK(c.say(R"({"dance":{"generation":9}})") == "refuse 9 dance: unknown verb");
    CHECK(c.say("rubbish").starts_with("refuse 0 "));
    c.say(R"({"begin":{"generation":10}})");
    CHECK(c.say(R"({"drop":{"generation":11,"mac":"52:54:00:00:00:03"}})").starts_with("refuse 11 "));
    CHECK(c.say(local_entry(4)).starts_with("refuse 5 "));
    CHECK(c.say(R"({"end":{"generation":9,"count":0}})").starts_with("refuse 9 "));
    CHECK(c.say(R"({"end":{"generation":10,"count":0}})") == "table 10 of 0, ack 10");
}

TEST_CASE("a file comes with one descriptor and a number that is free") {
    conversation c;
    CHECK(c.say(R"({"file":{"id":1,"size":10}})", 0).starts_with("refuse 0 file 1: came with 0"));
    CHECK(c.say(R"({"file":{"id":1,"size":10}})", 2).starts_with("refuse 0 file 1: came with 2"));
    CHECK(c.say(R"({"file":{"id":1,"size":10}})", 1) == "");
    CHECK(c.say(R"({"file":{"id":1,"size":10}})", 1) == "refuse 0 file 1: this number is in use");
    CHECK(c.bootd.open_files() == 1);
    CHECK(c.say(R"({"close":{"id":1}})") == "");
    CHECK(c.say(R"({"close":{"id":1}})") == "refuse 0 close: no file 1");
    CHECK(c.bootd.open_files() == 0);
}

TEST_CASE(
    "what the sender says is what the receiver understands, and files are sent once and closed when unused") {
    auto image = file_named("image", 10'000'000);
    std::vector<pxe::boot_entry> entries;
    for (unsigned i = 0; i < 5; ++i) entries.push_back(installing(i, image, file_named("cpio", 100)));
    network net;
    net.generation = 1;
    net.settings.shared["snponly.efi"] = landscaper::content({landscaper::file_extent{image, 0, 5}});
    net.cache = file_named("cache", 0);
    conversation c;
    sender serve;
    CHECK(c.say(serve.table(1, net, entries)) == "network 1, table 1 of 5, ack 1");
    CHECK(serve.open_files() == 7);
    CHECK(c.bootd.open_files() == 7);
    // The same again sends no file.
    auto again = serve.table(2, net, entries);
    for (const auto& item : *again) CHECK(!item.file);
    CHECK(c.say(again) == "network 1, table 2 of 5, ack 2");
    // An installed host gives its file back.
    pxe::boot_entry local;
    local.mac = entries[0].mac;
    local.stage = pxe::stage::local;
    CHECK(c.say(serve.put(3, local)) == "put 52:54:00:00:00:00, ack 3");
    CHECK(c.bootd.open_files() == 6);
    CHECK(c.say(serve.drop(4, entries[1].mac[0])) == "drop 52:54:00:00:00:01, ack 4");
    CHECK(c.bootd.open_files() == 5);
    net.cache = nullptr;
    CHECK(c.say(serve.change_network(net)) == "network 1");
    CHECK(c.bootd.open_files() == 4);
    CHECK(c.say(serve.table(5, net, {})) == "network 1, table 5 of 0, ack 5");
    CHECK(c.bootd.open_files() == 1);  // snponly.efi is in the image
    CHECK(serve.open_files() == 1);
}

TEST_CASE("a table with an entry that cannot be written changes nothing") {
    auto image = file_named("image", 10'000'000);
    auto good = installing(1, image, file_named("cpio", 100));
    auto bad = good;
    bad.mac = {mac_number(2)};
    bad.objects["local.efi"] = landscaper::content({landscaper::literal(landscaper::bytes(5000))});
    sender serve;
    auto refused = serve.table(1, {}, std::vector{good, bad});
    REQUIRE(!refused);
    CHECK(refused.error().context().starts_with("52:54:00:00:00:02: "));
    CHECK(serve.open_files() == 0);
    CHECK(!serve.put(2, bad));
    CHECK(serve.open_files() == 0);
}
