#include "tftpd/packet.hpp"

#include "landscaper/base/overloaded.hpp"

namespace tftpd {

using landscaper::as_text;
using landscaper::overloaded;
using landscaper::reader;
using landscaper::writer;

// RFC 1350 means 512; longer names and options of today's clients fit one Ethernet frame.
static constexpr std::size_t longest_request = 1500;

const char* describe(packet_errc code) {
    switch (code) {
        case packet_errc::too_short: return "shorter than its fixed fields";
        case packet_errc::too_long: return "a request of more than 1500 bytes";
        case packet_errc::unknown_opcode: return "unknown opcode";
        case packet_errc::unterminated: return "a text without its terminating NUL";
        case packet_errc::empty_name: return "a request without a file name";
    }
    return "unknown";
}

// Pairs of texts up to the end, or to the first that is incomplete or nameless: padding.
static std::vector<option> take_options(reader& from) {
    std::vector<option> out;
    while (from.left() > 0) {
        auto name = from.cstring();
        auto value = from.cstring();
        if (from.failed() || name.empty()) break;
        out.push_back({std::string(name), std::string(value)});
    }
    return out;
}

static result<packet> decode_request(reader& from, bool write) {
    if (from.left() + 2 > longest_request) return packet_errc::too_long;
    request out;
    out.write = write;
    out.name = from.cstring();
    out.mode = from.cstring();
    if (from.failed()) return packet_errc::unterminated;
    if (out.name.empty()) return packet_errc::empty_name;
    out.options = take_options(from);
    return packet(std::move(out));
}

static result<packet> decode_error(reader& from) {
    error_message out;
    out.number = static_cast<error_number>(from.be16());
    if (from.failed()) return packet_errc::too_short;
    // Some clients leave the NUL, or the whole text, away.
    auto text = as_text(from.rest());
    out.text = text.substr(0, text.find('\0'));
    return packet(std::move(out));
}

result<packet> decode(bytes_view datagram) {
    reader from(datagram);
    auto code = from.be16();
    if (from.failed()) return packet_errc::too_short;
    switch (static_cast<opcode>(code)) {
        case opcode::rrq: return decode_request(from, false);
        case opcode::wrq: return decode_request(from, true);
        case opcode::error: return decode_error(from);
        case opcode::oack: return packet(option_ack{take_options(from)});
        case opcode::ack: {
            ack out{from.be16()};  // trailing bytes are Ethernet padding
            if (from.failed()) return packet_errc::too_short;
            return packet(out);
        }
        case opcode::data: {
            data out{from.be16(), {}};
            if (from.failed()) return packet_errc::too_short;
            out.payload.assign(from.rest().begin(), from.rest().end());
            return packet(std::move(out));
        }
    }
    return packet_errc::unknown_opcode;
}

static void put_options(writer& to, const std::vector<option>& options) {
    for (const auto& o : options) to.put(o.name).u8(0).put(o.value).u8(0);
}

static writer begin(opcode code) {
    writer out;
    out.be16(static_cast<std::uint16_t>(code));
    return out;
}

bytes encode(const packet& p) {
    return std::visit(
        overloaded{
            [](const request& r) {
                auto out = begin(r.write ? opcode::wrq : opcode::rrq);
                out.put(r.name).u8(0).put(r.mode).u8(0);
                put_options(out, r.options);
                return out.finish();
            },
            [](const data& d) { return begin(opcode::data).be16(d.block).put(d.payload).finish(); },
            [](const ack& a) { return begin(opcode::ack).be16(a.block).finish(); },
            [](const error_message& e) {
                auto out = begin(opcode::error);
                out.be16(static_cast<std::uint16_t>(e.number)).put(e.text).u8(0);
                return out.finish();
            },
            [](const option_ack& o) {
                auto out = begin(opcode::oack);
                put_options(out, o.options);
                return out.finish();
            },
        },
        p);
}

void put_data_header(std::uint8_t* into, std::uint16_t block) {
    into[0] = 0;
    into[1] = static_cast<std::uint8_t>(opcode::data);
    into[2] = static_cast<std::uint8_t>(block >> 8);
    into[3] = static_cast<std::uint8_t>(block);
}

}  // namespace tftpd
