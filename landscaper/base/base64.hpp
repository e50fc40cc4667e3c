// Base 64 with padding (RFC 4648 section 4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "landscaper/base/bytes.hpp"

namespace landscaper {

std::string to_base64(bytes_view data);
// Strict: padding where needed, no blanks, no stray bits. None on anything else.
std::optional<bytes> from_base64(std::string_view text);

}  // namespace landscaper
