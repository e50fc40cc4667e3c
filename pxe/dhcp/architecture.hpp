// Client system architectures (option 93; IANA "Processor Architecture Types"): one row each.
// Unknown numbers have no row and get no answer.
#pragma once

#include <cstdint>
#include <string_view>

namespace pxe::dhcp {

enum class firmware { bios, uefi, other };

struct architecture {
    std::uint16_t number;
    std::string_view name;
    pxe::dhcp::firmware firmware;
    bool over_http;           // asks for a URL, never for a TFTP name
    std::string_view suffix;  // of its objects: uki.efi for x64, uki_aa64.efi for arm64
};

// None for numbers we do not know.
const architecture* architecture_of(std::uint16_t number);

}  // namespace pxe::dhcp
