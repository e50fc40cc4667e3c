#include "pxe/proxy/io/server.hpp"

#include <doctest/doctest.h>

#include <thread>

#include "tests/pxe/proxy/io/served.hpp"

using namespace pxe;
using namespace pxe::fixtures;
using namespace pxe::proxy;

static const auto everybody = ipv4_address::of(255, 255, 255, 255);

TEST_CASE("a broadcast DISCOVER is answered by broadcast, from our address on that interface") {
    WIRE_OR_SKIP(w);
    served s;
    client_socket client(w, 68, "c0");
    CHECK(client.send(ovmf_discover, everybody, 67));
    auto answer = s.answer_at(client, 1);
    REQUIRE(answer);
    CHECK(answer->source == ipv4_address::of(10, 0, 0, 2));
    CHECK(answer->source_port == 67);
    auto p = packet_of(answer->data);
    CHECK(p.siaddr == ipv4_address::of(10, 0, 0, 2));
    CHECK(p.file == "b/" + token + "/uki.efi");
    REQUIRE(s.events.size() == 1);
    CHECK(s.events[0].interface == "s0");
    CHECK(s.events[0].sent == dhcp::message_type::offer);
    CHECK(s.events[0].discovers == 1);
    CHECK(s.server->counters().answered == 1);
}

TEST_CASE("the boot server answers from 4011 to the port that asked") {
    WIRE_OR_SKIP(w);
    served s;
    for (auto port : {boot_server_port, client_port}) {
        client_socket client(w, port, "c0");
        CHECK(client.send(ovmf_boot_server_request, ipv4_address::of(10, 0, 0, 2), 4011));
        auto answer = s.answer_at(client, s.events.size() + 1);
        REQUIRE(answer);
        CHECK(answer->source_port == 4011);
        CHECK(packet_of(answer->data).file == "b/" + token + "/uki.efi");
    }
}

TEST_CASE("unknown machines, malformed packets and replies get silence; the first are reported") {
    WIRE_OR_SKIP(w);
    served s;
    client_socket client(w, 68, "c0");
    auto unknown = ovmf_discover;
    unknown[33] = 0x77;
    auto reply = ovmf_discover;
    reply[0] = 2;
    CHECK(client.send(reply, everybody, 67));
    CHECK(client.send("01 01"_hex, everybody, 67));
    CHECK(client.send(unknown, everybody, 67));
    CHECK_FALSE(s.answer_at(client, 1));
    REQUIRE(s.events.size() == 1);
    CHECK(s.events[0].why == reason::unknown_mac);
    CHECK_FALSE(s.events[0].known);
    CHECK(s.server->counters().malformed == 2);
}

TEST_CASE("an address that comes while the server runs is used, and so is an interface") {
    WIRE_OR_SKIP(w);
    served s;
    REQUIRE(w.add_cable("s1", "c1", "10.1.0.2/24", "10.1.0.11/24"));
    client_socket client(w, 68, "c1");
    CHECK(client.send(ovmf_discover, everybody, 67));
    auto answer = s.answer_at(client, 1);
    REQUIRE(answer);
    CHECK(packet_of(answer->data).siaddr == ipv4_address::of(10, 1, 0, 2));

    REQUIRE(ip("address add 10.2.0.2/24 dev s1"));
    auto renewed = packet_of(ovmf_boot_server_request);
    renewed.ciaddr = ipv4_address::of(10, 2, 0, 11);
    s.context.poll();
    CHECK(client.send(dhcp::encode(renewed).value(), everybody, 4011));
    answer = s.answer_at(client, 2);
    REQUIRE(answer);
    CHECK(packet_of(answer->data).siaddr == ipv4_address::of(10, 2, 0, 2));
}

TEST_CASE("an interface that goes away takes nothing with it") {
    WIRE_OR_SKIP(w);
    served s;
    REQUIRE(w.add_cable("s1", "c1", "10.1.0.2/24", "10.1.0.11/24"));
    REQUIRE(ip("link delete s1"));
    client_socket client(w, 68, "c0");
    CHECK(client.send(ovmf_discover, everybody, 67));
    CHECK(s.answer_at(client, 1));
}

TEST_CASE("an interface that the inventory does not name gets silence") {
    WIRE_OR_SKIP(w);
    served s;
    s.rack.network.interfaces = {"s9"};
    client_socket client(w, 68, "c0");
    CHECK(client.send(ovmf_discover, everybody, 67));
    CHECK_FALSE(s.answer_at(client, 1));
    REQUIRE(s.events.size() == 1);
    CHECK(s.events[0].why == reason::interface_closed);
}

TEST_CASE("a server that yields to another landscaper is silent and says so") {
    WIRE_OR_SKIP(w);
    served s;
    s.server->yield(true);
    client_socket client(w, 68, "c0");
    CHECK(client.send(ovmf_discover, everybody, 67));
    CHECK_FALSE(s.answer_at(client, 1));
    REQUIRE(s.events.size() == 1);
    CHECK(s.events[0].why == reason::second_landscaper);
}

TEST_CASE("the site's DHCP server is learnt from a REQUEST, and DISCOVERs in a row are counted") {
    WIRE_OR_SKIP(w);
    served s;
    client_socket client(w, 68, "c0");
    for (std::uint16_t secs : "00 04 0c"_hex) {
        auto p = packet_of(ovmf_discover);
        p.secs = secs;
        CHECK(client.send(dhcp::encode(p).value(), everybody, 67));
    }
    CHECK(client.send(ovmf_request, everybody, 67));
    s.run_until(4);
    REQUIRE(s.events.size() == 4);
    CHECK(s.events[2].discovers == 3);
    CHECK(s.events[3].discovers == 0);
    CHECK(s.events[3].foreign_server == ipv4_address::of(10, 0, 0, 1));
}

TEST_CASE("a burst of five hundred machines is answered to the last one") {
    WIRE_OR_SKIP(w);
    served s;
    client_socket client(w, 68, "c0");
    std::size_t answered = 0;
    for (unsigned n = 0; n < 500; ++n) {
        auto host = s.rack.host;
        host.mac = {{{2, 0, 0, 0, static_cast<std::uint8_t>(n >> 8), static_cast<std::uint8_t>(n)}}};
        host.token.clear();
        host.stage = stage::local;
        s.table.set(host);
        auto p = packet_of(ovmf_discover);
        std::ranges::copy(host.mac[0].octets, p.chaddr.begin());
        CHECK(client.send(dhcp::encode(p).value(), everybody, 67));
        if (n % 100 == 99) s.run_until(n + 1);
        while (client.receive()) ++answered;
    }
    while (client.receive()) ++answered;
    CHECK(answered == 500);
}

TEST_CASE("of two landscapers on one segment exactly one goes silent, and both say so") {
    WIRE_OR_SKIP(w);
    served here;
    here.rack.network.rack = std::string(32, 'a');
    unsigned yielding = 0;
    auto wait_for_other = [](served& s, const std::string& rack) {
        s.run_until(1);
        s.context.run_for(200ms);  // the other one still needs our answer
        if (s.events.empty()) return false;
        CHECK(s.events[0].other_rack == rack);
        return s.events[0].why == reason::second_landscaper;
    };
    std::thread other([&] {
        w.enter_client();
        served there;
        there.rack.network.rack = std::string(32, 'b');
        yielding += wait_for_other(there, std::string(32, 'a'));
    });
    auto yields = wait_for_other(here, std::string(32, 'b'));
    other.join();
    CHECK(yielding + yields == 1);
}
