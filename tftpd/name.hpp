// File names as clients write them, made into one form. Never touches a file system.
#pragma once

#include <string>
#include <string_view>

#include "landscaper/base/error.hpp"

namespace tftpd {

inline constexpr std::size_t longest_name = 512;  // bytes

enum class name_errc {
    empty = 1,  // nothing is left of it
    too_long,   // more than `longest_name` bytes
    outside,    // a component is `..`, also after `\` became `/`
    not_text,   // not UTF-8, or with control characters
};
const char* describe(name_errc code);

struct name {
    std::string path;      // components joined by `/`, relative
    bool trimmed = false;  // trailing blanks or 0xff were cut, as known-bad ROMs send them
};

// Leading `/` and `\` go, `\` becomes `/`, `//` and `.` collapse. Percent signs are not decoded.
landscaper::result<name> normalise(std::string_view asked);

}  // namespace tftpd

LANDSCAPER_ERROR_ENUM(tftpd, name_errc, "tftp name")
