// SHA-256 (FIPS 180-4), by OpenSSL.
#pragma once

#include <array>

#include "landscaper/base/bytes.hpp"

namespace landscaper {

using sha256_digest = std::array<std::uint8_t, 32>;

sha256_digest sha256(bytes_view data);

}  // namespace landscaper
