#include "landscaper/control/error.hpp"

namespace landscaper::control {

const char* describe(control_errc code) {
    switch (code) {
        case control_errc::not_found: return "not found";
        case control_errc::refused: return "refused";
        case control_errc::bad_request: return "bad request";
        case control_errc::not_allowed: return "only root and the daemon's own user may do this; use sudo";
        case control_errc::failed: return "landscaper serve could not do it";
        case control_errc::not_running:
            return "landscaper serve does not answer; start it, or name its socket with --socket";
        case control_errc::wrong_answer:
            return "unexpected answer; is this landscaper serve, and of the same release?";
    }
    return "unknown error";
}

}  // namespace landscaper::control
