// The boot machine's HTTP server (port 8069): artefacts that the decision names, the Nix cache's folder, and
// the installers' announcements. Holds no table and decides nothing: whoever starts it hands in the decision.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "landscaper/async/http_server.hpp"
#include "landscaper/base/mac_address.hpp"

namespace pxe::http {

// Who asks for what.
struct fetch {
    std::string name;  // as route.hpp's artefact
    landscaper::http_peer peer;
};
// What the decision says to it.
struct found {
    landscaper::content body;
    bool no_store = false;  // named by a token
    std::optional<landscaper::mac_address> mac;
    std::string object;  // "uki.efi"; for people and events
    std::string token;
};
struct not_found {};
struct forbidden {
    std::string why;  // for events, never for the client
};
using resolution = std::variant<found, not_found, forbidden>;

// What happened, for boot events.
struct fetch_event {
    enum class kind { started, progress, ended, refused } what = kind::started;
    std::uint64_t transfer = 0;
    std::string peer, method, name, range, why;
    std::optional<found> target;  // body left empty
    unsigned status = 0;
    std::uint64_t bytes = 0, total = 0, offset = 0;
    bool complete = false;      // the response went out whole
    bool whole_object = false;  // and it reached the object's last byte
    std::int64_t milliseconds = 0;
};

struct hooks {
    std::function<resolution(const fetch&)> resolve;
    // The Nix cache's folder at this moment; none = 404.
    std::function<std::shared_ptr<const landscaper::open_file>()> cache;
    // PUT /here/TOKEN: whether the token is known; the body is hostile data of at most 4 KiB.
    std::function<bool(const std::string& token, const std::string& body, const landscaper::http_peer& peer)>
        here;
    std::function<void(const fetch_event&)> report;
    std::function<std::uint64_t()> next_transfer;
};

// A handler for landscaper::http_server.
landscaper::http_handler handler(hooks h);

}  // namespace pxe::http
