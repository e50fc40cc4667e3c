// Any bytes on 67 or 4011, in every mode and stage: silence, or a well-formed reply of a size that the client
// takes, to where an answer may go. Any bytes as a name: never a payload outside the stage `install`.
#include <cstdint>
#include <cstdlib>

#include "pxe/proxy/seen.hpp"
#include "tests/pxe/proxy/scene.hpp"

using namespace pxe;
using namespace pxe::proxy;

static void require(bool holds) {
    if (!holds) std::abort();
}

static void check_reply(const datagram& out, const dhcp::packet& question, const dhcp::client& who) {
    auto reply = dhcp::decode(out.data);
    require(reply.has_value() && reply->op == 2);
    require(out.data.size() >= dhcp::least_message && out.data.size() <= who.max_reply);
    require(reply->xid == question.xid && reply->chaddr == question.chaddr);
    auto type = dhcp::type_of(*reply);
    require(type == dhcp::message_type::offer || type == dhcp::message_type::ack ||
            type == dhcp::message_type::nak);
    auto first = out.destination.number >> 24;
    require((first != 0 && first != 127 && first < 224) || out.destination.number == 0xffffffff);
    require(!out.source.is_zero() && out.destination != out.source);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    static fixtures::scene s;
    s.host.stage = stage{data[0] & 3};
    s.host.style = reply_style{(data[0] >> 2) % 3};
    s.host.nbp = nbp_kind{(data[0] >> 4) % 5};
    s.reserve();
    s.network.mode = dhcp_mode{data[1] % 3};
    auto in = s.from(data[1] & 0x80 ? boot_server_port : dhcp_port);
    landscaper::bytes_view rest(data + 2, size - 2);

    auto got = decide(&s.host, {}, fetch{landscaper::as_text(rest), transport::tftp}, s.us);
    if (const auto* given = std::get_if<give>(&got)) require(!given->host || s.host.stage != stage::silent);

    auto question = dhcp::decode(rest);
    if (!question) return 0;
    auto who = dhcp::classify(*question);
    auto decided = decide(&s.host, who, request_of(*question, in), s.us);
    auto out = reply_to(*question, who, &s.host, decided, s.us, in);
    if (out) check_reply(*out, *question, who);
    seen_of(*question, who, &s.host, decided, out.has_value(), s.us);
    return 0;
}
