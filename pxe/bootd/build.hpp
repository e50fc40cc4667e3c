// What this build calls itself in `hello` and --version.
#pragma once

#include <string>

namespace pxe::bootd {

std::string build_name();

}  // namespace pxe::bootd
