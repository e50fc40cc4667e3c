#include "pxe/bootd/reporter.hpp"

#include "tests/pxe/link/entries.hpp"
#include "tests/support/result.hpp"

using namespace pxe::bootd;
using pxe::link::event;
using pxe::link::event_kind;

namespace {

struct scene {
    pxe::link::event_ring ring{1};
    served now{{}, {}, 8069};
    std::optional<landscaper::mac_address> neighbour;
    std::vector<event> events;
    reporter tell{ring, now, [this](const event& e) { events.push_back(e); },
                  [this](const auto&) { return neighbour; }};
    std::string token = token_number(1);

    scene() { now.use(pxe::link::put_entry{installing(1, file_named("i", 10'000'000), file_named("c", 5))}); }

    pxe::http::fetch_event fetch(pxe::http::fetch_event::kind what) const {
        pxe::http::fetch_event e;
        e.what = what;
        e.transfer = 5;
        e.peer = "10.0.0.11:1234";
        e.method = "GET";
        e.name = "b/" + token + "/host.cpio";
        e.target = pxe::http::found{{}, true, mac_number(1), "host.cpio", token};
        e.total = 1000;
        return e;
    }
    void complete_fetch(unsigned machine) {
        neighbour = mac_number(machine);
        auto e = fetch(pxe::http::fetch_event::kind::ended);
        e.bytes = 1000;
        e.complete = e.whole_object = true;
        tell.http(e);
    }
    std::string kinds() const {
        std::string out;
        for (const auto& e : events) out += (out.empty() ? "" : " ") + std::string(name_of(e.kind));
        return out;
    }
};

tftpd::transfer_report tftp_report(tftpd::ending end, std::uint64_t bytes) {
    tftpd::transfer_report r;
    r.client = {*landscaper::ip_address::parse("10.0.0.11"), 2070, 0};
    r.name = "b/x/uki.efi";
    r.total = 1000;
    r.acknowledged = bytes;
    r.end = end;
    return r;
}

}  // namespace

TEST_CASE("an HTTP transfer is told from start to end, its progress as a value") {
    scene s;
    s.tell.http(s.fetch(pxe::http::fetch_event::kind::started));
    auto on_the_way = s.fetch(pxe::http::fetch_event::kind::progress);
    on_the_way.bytes = 400;
    on_the_way.milliseconds = 500;
    s.tell.http(on_the_way);
    auto at = s.ring.resume(0, 0);
    CHECK(s.ring.take_progress(at).find(R"("rate":800)") != std::string::npos);
    auto end = s.fetch(pxe::http::fetch_event::kind::ended);
    end.bytes = 600;
    s.tell.http(end);
    at.progress = 0;
    CHECK(s.ring.take_progress(at).empty());
    CHECK(s.kinds() == "http done");
    CHECK(s.events[0].mac == mac_number(1));
    CHECK(!s.events[1].flag("complete"));
    CHECK(s.events[1].text("why") == "the connection ended");
    CHECK(s.events[1].number("bytes") == 600);
}

TEST_CASE("a TFTP transfer is told from start to end") {
    scene s;
    s.tell.tftp_resolved(tftp_report(tftpd::ending::running, 0).client, {mac_number(1), "uki.efi", s.token});
    s.tell.tftp(tftp_report(tftpd::ending::running, 0));
    s.tell.tftp(tftp_report(tftpd::ending::running, 0));  // stuck: still the same start
    s.tell.tftp(tftp_report(tftpd::ending::finished, 1000));
    CHECK(s.kinds() == "rrq done");
    CHECK(s.events[1].flag("complete"));
    CHECK(s.events[1].number("transfer") == s.events[0].number("transfer"));
    CHECK(s.events[1].mac == mac_number(1));
    s.tell.tftp(tftp_report(tftpd::ending::refused, 0));
    CHECK(s.events.back().kind == event_kind::refused);
}

TEST_CASE("requests that are dropped are trouble, told once and not for each") {
    scene s;
    for (int i = 0; i < 3; ++i) {
        auto r = tftp_report(tftpd::ending::dropped, 0);
        r.error_text = "no descriptor or port is left";
        s.tell.tftp(r);
    }
    CHECK(s.kinds() == "trouble");
    CHECK(s.events[0].text("what") == "tftp_drops");
    CHECK(s.events[0].text("text").starts_with("1 TFTP requests were left unanswered so far: no descriptor"));
}

TEST_CASE("a size probe is no failure and no complete fetch") {
    scene s;
    s.tell.tftp_resolved(tftp_report(tftpd::ending::running, 0).client, {mac_number(1), "uki.efi", s.token});
    s.tell.tftp(tftp_report(tftpd::ending::running, 0));
    s.tell.tftp(tftp_report(tftpd::ending::size_probe, 0));
    CHECK(!s.events.back().flag("complete"));
    CHECK(s.events.back().text("why") == tftpd::describe(tftpd::ending::size_probe));
}

TEST_CASE("one token on two machines is an alarm; the same machine again is none") {
    scene s;
    s.complete_fetch(1);
    s.complete_fetch(1);
    CHECK(s.kinds() == "done done");
    s.complete_fetch(7);
    CHECK(s.kinds() == "done done done alarm");
    const auto& alarm = s.events.back();
    CHECK(alarm.text("what") == "two_machines");
    CHECK(alarm.mac == mac_number(1));
    CHECK(alarm.text("machine") == mac_number(7).text());
    CHECK(alarm.text("other") == mac_number(1).text());
    s.neighbour.reset();  // behind a router
}

TEST_CASE("a part of a payload on a second machine is an alarm already, looking at its size is none") {
    scene s;
    s.complete_fetch(1);
    s.neighbour = mac_number(7);
    auto head = s.fetch(pxe::http::fetch_event::kind::ended);
    s.tell.http(head);
    CHECK(s.kinds() == "done done");
    auto range = s.fetch(pxe::http::fetch_event::kind::ended);
    range.offset = 900;
    range.bytes = 100;
    s.tell.http(range);
    CHECK(s.kinds() == "done done done alarm");
}

TEST_CASE("a machine at another address is looked at, and told when it is at both") {
    scene s;
    std::vector<two_places> moves;
    reporter tell{s.ring, s.now, [&](const event& e) { s.events.push_back(e); },
                  [&](const auto&) { return mac_number(1); },
                  [&](const two_places& m) { moves.push_back(m); }};
    auto e = s.fetch(pxe::http::fetch_event::kind::ended);
    e.bytes = 1000;
    tell.http(e);
    CHECK(moves.empty());
    e.peer = "10.0.0.24:99";
    tell.http(e);
    REQUIRE(moves.size() == 1);
    CHECK(moves[0].before == "10.0.0.11");
    CHECK(moves[0].now == "10.0.0.24");
    CHECK(s.kinds() == "done done");
    tell.two_addresses(moves[0]);
    CHECK(s.events.back().kind == event_kind::alarm);
    CHECK(s.events.back().text("what") == "two_addresses");
    CHECK(s.events.back().mac == mac_number(1));
}

TEST_CASE("a fetch of a withdrawn payload is an alarm") {
    scene s;
    pxe::boot_entry local;
    local.mac = {mac_number(1)};
    local.stage = pxe::stage::local;
    s.now.use(pxe::link::put_entry{local});
    s.tell.http_refused("b/" + s.token + "/host.cpio", {}, pxe::proxy::reason::unknown_name);
    CHECK(s.kinds() == "alarm");
    CHECK(s.events[0].text("what") == "withdrawn");
    CHECK(s.events[0].mac == mac_number(1));
    s.tell.http_refused("b/" + token_number(99) + "/host.cpio", {}, pxe::proxy::reason::unknown_name);
    s.tell.http_refused("nonsense", {}, pxe::proxy::reason::unknown_name);
    CHECK(s.kinds() == "alarm");
}

TEST_CASE(
    "a payload asked for while its host boots from disk with the same token is an alarm, on hold it is "
    "none") {
    scene s;
    auto entry = installing(1, file_named("i", 10'000'000), file_named("c", 5));
    entry.stage = pxe::stage::hold;
    s.now.use(pxe::link::put_entry{entry});
    s.tell.http_refused("b/" + s.token + "/kernel", {}, pxe::proxy::reason::wrong_stage);
    CHECK(s.kinds() == "");
    entry.stage = pxe::stage::local;
    s.now.use(pxe::link::put_entry{entry});
    s.tell.http_refused("b/" + s.token + "/kernel", {}, pxe::proxy::reason::wrong_stage);
    CHECK(s.kinds() == "alarm");
}

TEST_CASE("DHCP of boot clients is told with the answer, laptops are not, foreign servers once") {
    scene s;
    pxe::proxy::seen seen;
    seen.who.type = pxe::dhcp::message_type::discover;
    seen.who.mac = mac_number(50);
    seen.why = pxe::proxy::reason::unknown_mac;
    seen.interface = "eth0";
    s.tell.dhcp(seen);
    CHECK(s.kinds() == "");
    seen.who.kind = pxe::dhcp::client_class::pxe;
    seen.who.arch = pxe::dhcp::architecture_of(7);
    s.tell.dhcp(seen);
    auto at = s.ring.resume(0, 0);
    auto lines = s.ring.take(at);
    CHECK(lines.find(R"("kind":"discover")") != std::string::npos);
    CHECK(lines.find(R"("class":"uefi-pxe")") != std::string::npos);
    CHECK(s.kinds() == "silence");
    CHECK(s.events[0].text("why") == "not in the inventory");
    seen.who.type = pxe::dhcp::message_type::request;
    seen.sent = pxe::dhcp::message_type::ack;
    seen.file = "b/x/uki.efi";
    seen.foreign_server = landscaper::ipv4_address::of(10, 0, 0, 1);
    s.tell.dhcp(seen);
    s.tell.dhcp(seen);
    CHECK(s.kinds() == "silence foreign_dhcp ack ack");
    CHECK(s.events[2].text("file") == "b/x/uki.efi");
}

// A known PXE client's DISCOVER that was answered.
static pxe::proxy::seen offered() {
    pxe::proxy::seen seen;
    seen.who.kind = pxe::dhcp::client_class::pxe;
    seen.who.type = pxe::dhcp::message_type::discover;
    seen.who.mac = mac_number(1);
    seen.known = true;
    seen.sent = pxe::dhcp::message_type::offer;
    seen.interface = "eth0";
    return seen;
}

TEST_CASE(
    "no DHCP server, and a reserved address in use elsewhere, are troubles of the host they happen to") {
    scene s;
    auto seen = offered();
    for (unsigned n = 1; n <= 4; ++n) {
        seen.discovers = n;
        s.tell.dhcp(seen);
    }
    CHECK(s.kinds() == "offer offer offer trouble offer");
    CHECK(s.events[3].text("what") == "no_dhcp");
    CHECK(s.events[3].mac == mac_number(1));
    CHECK(s.events[3].text("text").find("cannot be told from none") != std::string_view::npos);

    seen.who.type = pxe::dhcp::message_type::decline;
    seen.sent = pxe::dhcp::message_type::none;
    seen.why = pxe::proxy::reason::address_in_use;
    seen.detail = "10.0.0.11";
    s.tell.dhcp(seen);
    CHECK(s.events.back().text("what") == "declined");
    CHECK(s.events.back().text("text").find("10.0.0.11") != std::string_view::npos);
}

TEST_CASE("a DHCP server that answered a probe is not said to be missing") {
    scene s;
    pxe::proxy::seen probe;
    probe.interface = "eth0";
    probe.foreign_server = landscaper::ipv4_address::of(10, 0, 0, 1);
    s.tell.dhcp(probe);
    auto seen = offered();
    seen.discovers = 3;
    s.tell.dhcp(seen);
    CHECK(s.kinds() == "foreign_dhcp offer");
}
