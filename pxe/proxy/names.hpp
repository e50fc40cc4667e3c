// Names of what we serve: `b/TOKEN/OBJECT` belongs to one host, anything else to everybody.
// Cleans up what firmware makes of a name; never looks anything up.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pxe::proxy {

struct object_name {
    std::string token;   // 32 lower-case hex digits; empty: a shared object
    std::string object;  // uki.efi; a shared one may lie in folders: grub/grub.cfg
    friend bool operator==(const object_name&, const object_name&) = default;
};

// Takes / and \ in front and in between, repeated and with `.`; trailing blanks and 0xff (ROMs that read
// option 67 past its end). None for `..`, for a `b/` without token and one object, and for the empty name.
std::optional<object_name> parse_name(std::string_view name);
// "b/TOKEN/OBJECT"; without a token just the object.
std::string host_name(std::string_view token, std::string_view object);

}  // namespace pxe::proxy
