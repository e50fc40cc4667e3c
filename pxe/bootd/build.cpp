#include "pxe/bootd/build.hpp"

namespace pxe::bootd {

std::string build_name() {
    return LANDSCAPER_VERSION;
}

}  // namespace pxe::bootd
