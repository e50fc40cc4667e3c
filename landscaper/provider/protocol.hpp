// NixOps4's resource protocol v0, `destroy` and `import` of its pull requests 150 and 128, and a `read` of
// our own, which a provider that does not know it ends without answering: one JSON line per message, one
// wrapper key, closed objects. Both sides of it. Adds nothing to a message: one extra field and a real peer
// ends without an answer. Pure.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "landscaper/base/error.hpp"
#include "landscaper/engine/resource.hpp"

namespace landscaper::provider::protocol {

enum class message_kind { create, update, destroy, read, import, state_read, state_event };

struct request_message {
    message_kind kind = message_kind::create;
    std::string type;                                // create; others have it in `resource`
    engine::value inputs;                            // create, update
    bool is_stateful = false;                        // create
    std::optional<engine::resource_entry> resource;  // all but create
    std::string event;                               // state_event
    std::string nixops_version;                      // state_event
    engine::value patch;                             // state_event: an RFC 6902 array
};

// An answer: its properties (outputs, the state for state_read, else {}), or the provider's error message. Of
// a read: {exists, inputProperties, outputProperties}.
struct response_message {
    engine::value properties;
    std::optional<std::string> error;
};

// One line without its end.
std::string encode(const request_message& message);
std::string encode(message_kind answers, const response_message& message);

// Strict: exactly one known wrapper key, all fields present, none extra. At most 64 MiB and 512 levels.
result<request_message> decode_request(std::string_view line);
result<response_message> decode_response(message_kind expected, std::string_view line);

inline constexpr std::size_t max_line = std::size_t{64} << 20;  // bytes

}  // namespace landscaper::provider::protocol
