// The decision and the replies on what real clients sent (tests/pxe/dhcp/fixtures).
#include "tests/pxe/dhcp/captured.hpp"
#include "tests/pxe/proxy/scene.hpp"

using namespace pxe;
using namespace pxe::fixtures;
using namespace pxe::proxy;

static std::uint16_t port_of(const captured& c) {
    return c.name.ends_with("-boot-server") ? boot_server_port : dhcp_port;
}

TEST_CASE("captured clients are told what their firmware boots") {
    scene s(stage::install);
    auto told_to = [&](const char* name, std::uint16_t port = dhcp_port) {
        return told(s.decided(captured_packet(name), port));
    };
    auto own = "b/" + token + "/";
    CHECK(told_to("ovmf-pxe-discover") == own + "uki.efi");
    CHECK(told_to("ovmf-pxe-boot-server", boot_server_port) == own + "uki.efi");
    CHECK(told_to("ovmf-http-discover") == url + own + "uki.efi");
    CHECK(told_to("seabios-ipxe-discover") == url + own + "script.ipxe");
    CHECK(told_to("snponly-discover") == url + own + "script.ipxe");
    for (auto name : {"udhcpc-discover", "dhclient-discover"})
        CHECK(told_to(name) == "silence: does not ask for a network boot");
    for (auto name : {"ovmf-pxe-request", "ovmf-http-request", "seabios-ipxe-request", "snponly-request"})
        CHECK(told_to(name) == "silence: takes its address from another DHCP server");
}

// One line per option, in order: "vendor_class PXEClient".
static std::string text_of_reply(const dhcp::packet& p) {
    std::string out = p.yiaddr.text() + " " + p.siaddr.text() + " " + p.file + "\n";
    for (const auto& o : p.options) out += dhcp::text_of(o.code, o.value) + "\n";
    return out;
}

TEST_CASE("the whole answer to captured clients, option for option") {
    scene s(stage::install);
    auto name = "b/" + token + "/";
    auto to = [&](const char* client, std::uint16_t port = dhcp_port) {
        return text_of_reply(s.reply(captured_packet(client), port));
    };
    std::string by_tftp =
        "server-id 10.0.0.2\nvendor-class PXEClient\ntftp-server-name 10.0.0.2\nbootfile-name " + name +
        "uki.efi\\x00\nmachine-id 0000000000000000000000000000000000\n";
    auto first = "0.0.0.0 10.0.0.2 " + name + "uki.efi\nmessage-type ";
    CHECK(to("ovmf-pxe-discover") == first + "2\n" + by_tftp);
    CHECK(to("ovmf-pxe-boot-server", boot_server_port) == first + "5\n" + by_tftp);
    CHECK(to("ovmf-http-discover") ==
          "0.0.0.0 10.0.0.2 " + url + name +
              "uki.efi\nmessage-type 2\nserver-id 10.0.0.2\nvendor-class HTTPClient\n" + "bootfile-name " +
              url + name + "uki.efi\\x00\nmachine-id 0000000000000000000000000000000000\n");
    for (auto client : {"seabios-ipxe-discover", "snponly-discover"}) {
        CHECK(to(client) == "0.0.0.0 10.0.0.2 " + url + name +
                                "script.ipxe\nmessage-type 2\nserver-id 10.0.0.2\n" +
                                "vendor-class PXEClient\nbootfile-name " + url + name +
                                "script.ipxe\\x00\nvendor-specific 060108ff\n" +
                                "machine-id 0000000000000000000000000000000000\n");
    }
}

TEST_CASE("captured REQUESTs name the site's server, which is reported") {
    scene s;
    for (const auto& c : all_captured()) {
        if (!c.name.ends_with("-request")) continue;
        CAPTURE(c.name);
        auto p = packet_of(c.data);
        CHECK(dhcp::address_in(p, option_code::server_id) == ipv4_address::of(10, 10, 0, 1));
    }
}

// As EDK2 takes an offer or ACK (PxeBootDhcp4.c, HttpBootDhcp4.c): the class first, then 67 before `file`;
// HTTP wants a URL, PXE a TFTP name or boot server 0. As iPXE does: a next server and a file name, or an item
// 0.
static void check_as_firmware(const dhcp::packet& reply, const dhcp::client& who) {
    auto name = dhcp::text_in(reply, option_code::bootfile_name);
    bool is_url = name.starts_with("http://10.0.0.2:8069/");
    bool gives_address = !reply.yiaddr.is_zero();
    auto vendor_class = dhcp::text_in(reply, option_code::vendor_class);
    if (name.empty()) {
        bool to_disk = reply.find(option_code::vendor_specific) != nullptr;
        CHECK((to_disk || gives_address || who.kind == dhcp::client_class::none ||
               who.type == dhcp::message_type::inform));
        return;
    }
    CHECK(!reply.siaddr.is_zero());
    CHECK((reply.file == name));
    if (!gives_address && who.type != dhcp::message_type::inform)
        CHECK((vendor_class == (who.kind == dhcp::client_class::http ? "HTTPClient" : "PXEClient")));
    if (who.kind == dhcp::client_class::http) CHECK(is_url);
    if (who.kind == dhcp::client_class::pxe && !who.is_ipxe) CHECK_FALSE(is_url);
}

static void check_reply(const datagram& out, const dhcp::packet& question, const dhcp::client& who) {
    auto reply = dhcp::decode(out.data);
    REQUIRE(reply.has_value());
    CHECK(reply->op == 2);
    CHECK(reply->xid == question.xid);
    CHECK(reply->chaddr == question.chaddr);
    CHECK(out.data.size() >= dhcp::least_message);
    CHECK(out.data.size() <= who.max_reply);
    for (const auto& o : reply->options) CHECK(dhcp::is_well_formed(o.code, o.value));
    if (dhcp::type_of(*reply) != dhcp::message_type::nak) check_as_firmware(*reply, who);
}

// In every stage and mode; returns how many were answered.
static int answers_to(scene& s, const bytes& data, std::uint16_t port) {
    auto question = dhcp::decode(data);
    if (!question) return 0;
    auto who = dhcp::classify(*question);
    int answered = 0;
    for (auto stage : {stage::install, stage::local, stage::hold, stage::silent}) {
        for (auto mode : {dhcp_mode::proxy, dhcp_mode::reservations, dhcp_mode::off}) {
            s.host.stage = stage;
            s.network.mode = mode;
            auto out = s.sent(*question, s.from(port));
            if (!out) continue;
            check_reply(*out, *question, who);
            CHECK(stage != stage::silent);
            CHECK(mode != dhcp_mode::off);
            ++answered;
        }
    }
    return answered;
}

TEST_CASE("every truncation of a captured packet gets silence or a well-formed reply") {
    scene s;
    s.reserve();
    for (const auto& c : all_captured()) {
        CAPTURE(c.name);
        for (std::size_t size = 0; size <= c.data.size(); ++size) {
            bytes part(c.data.begin(), c.data.begin() + static_cast<std::ptrdiff_t>(size));
            answers_to(s, part, port_of(c));
        }
        bool is_question = c.name.ends_with("-discover") || c.name.ends_with("-boot-server");
        if (is_question) CHECK(answers_to(s, c.data, port_of(c)) > 0);
    }
}

TEST_CASE("every byte of a captured packet set to each of four values gets silence or a well-formed reply") {
    scene s;
    s.reserve();
    for (const auto& c : all_captured()) {
        CAPTURE(c.name);
        for (std::size_t at = 0; at < c.data.size(); ++at) {
            if (at >= 44 && at < 236) continue;  // sname and file: text that nobody reads here
            for (auto value : "00 01 7f ff"_hex) {
                auto spoilt = c.data;
                spoilt[at] = value;
                answers_to(s, spoilt, port_of(c));
            }
        }
    }
}
