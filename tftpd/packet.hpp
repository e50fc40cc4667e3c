// TFTP packets as values (RFC 1350 section 5, RFC 2347). Decoding never trusts a length; views do not
// outlive the datagram. Never decides anything.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "landscaper/base/bytes.hpp"
#include "landscaper/base/error.hpp"

namespace tftpd {

using landscaper::bytes;
using landscaper::bytes_view;
using landscaper::result;

enum class opcode : std::uint16_t { rrq = 1, wrq = 2, data = 3, ack = 4, error = 5, oack = 6 };

// RFC 1350 appendix, and 8 from RFC 2347.
enum class error_number : std::uint16_t {
    undefined = 0,
    file_not_found = 1,
    access_violation = 2,
    disk_full = 3,
    illegal_operation = 4,
    unknown_tid = 5,
    file_exists = 6,
    no_such_user = 7,
    option_refused = 8,
};

// Name and value as the client wrote them; names compare without case (RFC 2347).
struct option {
    std::string name;
    std::string value;
    friend bool operator==(const option&, const option&) = default;
};

struct request {
    bool write = false;  // WRQ
    std::string name;    // any bytes but NUL
    std::string mode;    // octet, netascii, mail, in any case
    std::vector<option> options;
    friend bool operator==(const request&, const request&) = default;
};
struct data {
    std::uint16_t block = 0;
    bytes payload;
    friend bool operator==(const data&, const data&) = default;
};
struct ack {
    std::uint16_t block = 0;
    friend bool operator==(const ack&, const ack&) = default;
};
struct error_message {
    error_number number = error_number::undefined;
    std::string text;  // for people; printable() before it is shown
    friend bool operator==(const error_message&, const error_message&) = default;
};
struct option_ack {
    std::vector<option> options;
    friend bool operator==(const option_ack&, const option_ack&) = default;
};
using packet = std::variant<request, data, ack, error_message, option_ack>;

enum class packet_errc {
    too_short = 1,   // fewer bytes than the fixed fields of its opcode
    too_long,        // a request of more than 1500 bytes (RFC 1350 knows 512)
    unknown_opcode,  // neither of RFC 1350 nor OACK
    unterminated,    // a name, mode or option without its NUL
    empty_name,      // a request without a file name
};
const char* describe(packet_errc code);

// Bytes behind the last complete option of a request are ignored: old ROMs pad their requests.
result<packet> decode(bytes_view datagram);
bytes encode(const packet& p);

// DATA's header; the payload follows it.
inline constexpr std::size_t header_size = 4;
void put_data_header(std::uint8_t* into, std::uint16_t block);

}  // namespace tftpd

LANDSCAPER_ERROR_ENUM(tftpd, packet_errc, "tftp")
