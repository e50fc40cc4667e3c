#include "landscaper/daemon/alarms.hpp"

#include "landscaper/ledger/change.hpp"
#include "tests/support/result.hpp"

using namespace landscaper;
using namespace landscaper::daemon;
using pxe::link::event;
using pxe::link::event_kind;

namespace {

const ledger::id128 id{1};
const mac_address mac{{0x52, 0x54, 0, 0, 0, 1}};
const std::string token = "00112233445566778899aabbccddeeff";

struct scene {
    ledger::model ledger;
    alarms all;
    control::unix_ms now = 1000;

    scene() {
        apply(ledger, ledger::host_added{id, "px01", {mac}, "inventory", "hosts.px01"});
        apply(ledger, ledger::attempt_started{id, {7}, 100});
        apply(ledger, ledger::payload_made{id, token, "key", 200});
    }
    std::optional<control::alarm_view> tell(const char* what, const char* peer = "10.0.0.9:2070") {
        event e;
        e.kind = event_kind::alarm;
        e.mac = mac;
        e.with("what", what).with("text", "seen").with("peer", peer);
        return all.on(ledger, e, now);
    }
    std::optional<control::alarm_view> refused(const std::string& name, const char* peer = "10.0.0.9:2070") {
        event e;
        e.kind = event_kind::refused;
        e.with("name", name).with("peer", peer);
        return all.on(ledger, e, now);
    }
};

}  // namespace

TEST_CASE("an alarm of bootd names the host and what to do, and is told once a minute while it lasts") {
    scene s;
    auto first = s.tell("two_machines");
    REQUIRE(first);
    CHECK(first->host == "px01");
    CHECK(first->text ==
          "seen; find the other machine, then `landscaper arm px01` to install the host anew if "
          "it was not rotated yet");
    s.now += 59'000;
    CHECK_FALSE(s.tell("two_machines"));
    s.now += 60'000;
    CHECK(s.tell("two_machines"));
    CHECK(s.tell("two_machines", "10.0.0.10:1"));
    REQUIRE(s.all.current(s.ledger).size() == 2);
    CHECK(s.all.current(s.ledger)[0].count == 3);
}

TEST_CASE("a fetch after rotation is known from the ledger, whatever bootd remembers") {
    scene s;
    CHECK_FALSE(s.refused("b/" + token + "/host.cpio"));  // still in force: refused for another reason
    apply(s.ledger, ledger::payload_withdrawn{id, 300});
    auto told = s.refused("b/" + token + "/host.cpio");
    REQUIRE(told);
    CHECK(told->what == "withdrawn");
    CHECK(told->text.starts_with("10.0.0.9 asked for the withdrawn payload of px01; its key is worthless"));
    CHECK_FALSE(s.tell("withdrawn", "10.0.0.9"));  // bootd's word on the same
    CHECK_FALSE(s.refused("b/ffffffffffffffffffffffffffffffff/host.cpio"));
    CHECK_FALSE(s.refused("local.efi"));
    CHECK_FALSE(s.refused("../../etc/shadow"));
}

TEST_CASE("another attempt, or a host that is gone, ends its alarms") {
    scene s;
    s.tell("two_machines");
    apply(s.ledger, ledger::host_renamed{id, "web", "hosts.web"});
    REQUIRE(s.all.current(s.ledger).size() == 1);
    CHECK(s.all.current(s.ledger)[0].host == "web");
    apply(s.ledger, ledger::attempt_started{id, {8}, 2000});
    CHECK(s.all.current(s.ledger).empty());
    s.now = 3000;
    s.tell("two_machines");
    CHECK(s.all.current(s.ledger).size() == 1);
    apply(s.ledger, ledger::host_retired{id});
    CHECK(s.all.current(s.ledger).empty());
}

TEST_CASE("somebody who makes alarms fills no memory, and one of a stranger is none") {
    scene s;
    for (int i = 0; i < 500; ++i) s.tell("two_machines", ("10.0.1." + std::to_string(i) + ":1").c_str());
    CHECK(s.all.current(s.ledger).size() == 64);
    event e;
    e.kind = event_kind::alarm;
    CHECK_FALSE(s.all.on(s.ledger, e, s.now));
}
