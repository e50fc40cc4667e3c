// Random bytes from the kernel (getrandom).
#pragma once

#include "landscaper/base/bytes.hpp"

namespace landscaper {

bytes random_bytes(std::size_t count);

}  // namespace landscaper
