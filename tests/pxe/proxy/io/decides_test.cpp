// Neither port answers anything but what decide() says; and nothing that comes in ends the server.
#include <random>

#include "tests/pxe/dhcp/captured.hpp"
#include "tests/pxe/proxy/io/served.hpp"

using namespace pxe;
using namespace pxe::fixtures;
using namespace pxe::proxy;

static const auto everybody = ipv4_address::of(255, 255, 255, 255);
static const auto server_address = ipv4_address::of(10, 0, 0, 2);

// What came back, in the words of told(): the file of a reply, or "silence".
static std::string answer_on(served& s, const client_socket& client, const bytes& data, std::uint16_t port) {
    CHECK(client.send(data, port == dhcp_port ? everybody : server_address, port));
    auto answer = s.answer_at(client, s.events.size() + 1);
    return answer ? packet_of(answer->data).file : "silence";
}

static std::string decided_for(const served& s, const bytes& data, std::uint16_t port) {
    auto said = s.rack.decided(data, port);
    return std::holds_alternative<tell>(said) ? told(said) : "silence";
}

TEST_CASE("ports 67 and 4011 say what decide says, in every stage and when nothing may be answered") {
    WIRE_OR_SKIP(w);
    served s;
    client_socket client(w, 68, "c0");
    auto both = [&] {
        for (auto port : {dhcp_port, boot_server_port}) {
            const auto& data = port == dhcp_port ? ovmf_discover : ovmf_boot_server_request;
            CAPTURE(port);
            CHECK(answer_on(s, client, data, port) == decided_for(s, data, port));
        }
    };
    for (auto stage : {stage::install, stage::hold, stage::local, stage::silent}) {
        CAPTURE(static_cast<int>(stage));
        s.rack.host.stage = stage;
        s.table.set(s.rack.host);
        both();
    }
    s.rack.host.stage = stage::install;
    s.table.set(s.rack.host);
    s.rack.network.mode = dhcp_mode::off;
    both();
    s.rack.network.mode = dhcp_mode::proxy;
    s.server->yield(true);
    s.rack.us.yields = true;
    both();
    s.server->yield(false);
    s.rack.us.yields = false;
    s.rack.network.interfaces = {"s9"};
    s.rack.us.interface_allowed = false;
    both();
    s.rack.network.interfaces = {"s0"};
    s.rack.us.interface_allowed = true;
    both();
}

TEST_CASE("one DISCOVER that a bridge brings over two interfaces gets one OFFER") {
    WIRE_OR_SKIP(w);
    served s;
    REQUIRE(w.add_cable("s1", "c1", "10.0.0.3/24", "10.9.0.11/24"));
    w.enter_client();
    REQUIRE(ip("link add b0 type bridge stp_state 0 forward_delay 0 mcast_snooping 0"));
    REQUIRE((ip("link set c0 master b0") && ip("link set c1 master b0") && ip("address flush dev c0")));
    REQUIRE((ip("address add 10.0.0.11/24 dev b0") && ip("link set b0 up") && comes_up("b0")));
    w.enter_server();
    client_socket client(w, 68, "b0");
    auto before = s.server->counters();
    CHECK(client.send(ovmf_discover, everybody, 67));
    auto stranger = ovmf_discover;  // comes behind both copies: one socket, one queue
    stranger[33] = 0x77;
    CHECK(client.send(stranger, everybody, 67));
    s.run_until(2);
    REQUIRE(s.events.size() == 2);
    CHECK(s.events[0].sent == dhcp::message_type::offer);
    CHECK(s.events[1].why == reason::unknown_mac);
    CHECK(s.server->counters().received >= before.received + 3);
    CHECK(s.server->counters().answered == before.answered + 1);
}

TEST_CASE(
    "spoilt, oversized, forged and reflected packets get silence or well-formed replies, and the server goes "
    "on") {
    WIRE_OR_SKIP(w);
    served s;
    client_socket client(w, 68, "c0");
    std::mt19937 random(1);
    auto byte = [&] { return static_cast<std::uint8_t>(random()); };
    auto all = all_captured();
    std::size_t replies = 0;
    auto take_replies = [&] {
        s.context.poll();
        while (auto answer = client.receive()) {
            auto p = dhcp::decode(answer->data);
            REQUIRE(p.has_value());
            CHECK(p->op == 2);
            ++replies;
        }
    };
    for (int round = 0; round < 1000; ++round) {
        auto data = all[random() % all.size()].data;
        for (auto changes = random() % 8; changes > 0; --changes) data[random() % data.size()] = byte();
        if (round % 10 == 0) data.resize(random() % data.size());
        if (round % 50 == 0) data.resize(9000, byte());
        client.send(data, round % 2 ? everybody : server_address, round % 3 ? dhcp_port : boot_server_port);
        take_replies();
    }
    for (auto giaddr :
         {server_address, ipv4_address::of(127, 0, 0, 1), ipv4_address::of(224, 0, 0, 1), everybody}) {
        auto p = packet_of(ovmf_discover);
        p.giaddr = giaddr;
        client.send(dhcp::encode(p).value(), everybody, dhcp_port);
    }
    auto reflected = s.rack.sent(ovmf_discover).value().data;  // our own offer, back from a bridge
    client.send(reflected, everybody, dhcp_port);
    take_replies();
    MESSAGE(replies << " replies to spoilt packets");
    s.events.clear();
    CHECK(answer_on(s, client, ovmf_discover, dhcp_port) == "b/" + token + "/uki.efi");
}
