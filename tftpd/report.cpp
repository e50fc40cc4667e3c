#include "tftpd/report.hpp"

namespace tftpd {

const char* describe(ending e) {
    switch (e) {
        case ending::running: return "running";
        case ending::finished: return "finished";
        case ending::presumed: return "probably finished: the last ACK is missing";
        case ending::size_probe: return "size probe";
        case ending::client_error: return "the client sent an error";
        case ending::client_gone: return "the client closed its port";
        case ending::superseded: return "the client asked anew";
        case ending::timed_out: return "timed out";
        case ending::content_failed: return "the file could not be read or has changed";
        case ending::refused: return "refused";
        case ending::stopped: return "the server stopped";
        case ending::dropped: return "dropped";
    }
    return "unknown";
}

std::string text(const endpoint& e) {
    auto port = ":" + std::to_string(e.port);
    if (!e.address.v6) return e.address.text() + port;
    auto zone = e.scope ? "%" + std::to_string(e.scope) : "";
    return "[" + e.address.text() + zone + "]" + port;
}

}  // namespace tftpd
