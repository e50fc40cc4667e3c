#include "landscaper/job/identify.hpp"

#include "tests/support/result.hpp"

using namespace landscaper;
using namespace landscaper::job;

namespace {

mac_address mac(std::uint8_t last) {
    return {{0x52, 0x54, 0, 0, 0, last}};
}

inventory::host declared(const std::string& name, std::vector<mac_address> macs) {
    inventory::host out;
    out.name = name;
    out.mac = std::move(macs);
    return out;
}

struct scene {
    ledger::model ledger;
    inventory::rack inventory;
    std::uint8_t ids = 0;

    void declare(std::vector<inventory::host> hosts) {
        inventory.hosts.clear();
        for (auto& host : hosts) inventory.hosts[host.name] = host;
    }
    std::map<std::string, std::string> meet() {
        auto found = identify(
            ledger, inventory, [this] { return ledger::id128{++ids}; }, 100);
        for (const auto& change : found.changes) apply(ledger, change);
        return found.held_back;
    }
};

}  // namespace

TEST_CASE("a new host gets an identity and its first attempt; the same file again changes nothing") {
    scene s;
    s.declare({declared("px01", {mac(1)}), declared("px02", {mac(2)})});
    CHECK(s.meet().empty());
    auto before = s.ledger;
    REQUIRE(before.hosts.size() == 2);
    for (const auto& [id, host] : before.hosts) CHECK(host.attempt == 1);
    s.meet();
    CHECK(s.ledger == before);
}

TEST_CASE("another name for a known MAC is a rename: same identity, same attempt") {
    scene s;
    s.declare({declared("px01", {mac(1)})});
    s.meet();
    auto id = s.ledger.find_name("px01")->id;
    s.declare({declared("web", {mac(1), mac(9)})});
    CHECK(s.meet().empty());
    REQUIRE(s.ledger.find_name("web"));
    CHECK(s.ledger.find_name("web")->id == id);
    CHECK(s.ledger.find_name("web")->attempt == 1);
    CHECK(s.ledger.find_mac(mac(9)) == s.ledger.find_name("web"));
    CHECK(s.ledger.hosts.size() == 1);
}

TEST_CASE("a known name with other MACs only is a question, and nothing is done about it") {
    scene s;
    s.declare({declared("px01", {mac(1)})});
    s.meet();
    auto before = s.ledger;
    s.declare({declared("px01", {mac(2)})});
    auto held = s.meet();
    CHECK(held["px01"].find("landscaper adopt 52:54:00:00:00:02 --replace px01") != std::string::npos);
    CHECK(s.ledger == before);
}

TEST_CASE("a host gone from the file is kept as unmanaged, and managed again when it is back") {
    scene s;
    s.declare({declared("px01", {mac(1)})});
    s.meet();
    s.declare({});
    s.meet();
    REQUIRE(s.ledger.find_name("px01"));
    CHECK_FALSE(s.ledger.find_name("px01")->managed);
    s.declare({declared("px01", {mac(1)})});
    s.meet();
    CHECK(s.ledger.find_name("px01")->managed);
    CHECK(s.ledger.find_name("px01")->attempt == 1);
}
