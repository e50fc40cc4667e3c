// What can go wrong between a console and serve: the same words on both ends of the control socket.
#pragma once

#include "landscaper/base/error.hpp"

namespace landscaper::control {

enum class control_errc {
    not_found = 1,  // no such path, host, resource or deployment
    refused,        // the verb is not allowed now; the context says why and what would be
    bad_request,    // an argument is missing or wrong
    not_allowed,    // the caller is neither root nor the daemon's own user
    failed,         // serve tried and could not
    not_running,    // (client) no serve answers on the socket
    wrong_answer,   // (client) what answers is not serve, or of another release
};
const char* describe(control_errc code);

}  // namespace landscaper::control

LANDSCAPER_ERROR_ENUM(landscaper::control, control_errc, "control")
