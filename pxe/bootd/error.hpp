// Why landscaper-bootd cannot start, or stops.
#pragma once

#include "landscaper/base/error.hpp"

namespace pxe::bootd {

enum class bootd_errc {
    bad_usage = 1,    // the command line
    port_taken,       // another process holds a port
    not_permitted,    // a port or folder needs more rights
    no_interface,     // --interface names none of this machine
    already_running,  // another landscaper-bootd answers on the socket
    bad_state,        // the state file is not ours
};
const char* describe(bootd_errc code);

}  // namespace pxe::bootd

LANDSCAPER_ERROR_ENUM(pxe::bootd, bootd_errc, "landscaper-bootd")
