// The lines of bootd's socket, both directions, as values. Encodes and decodes one JSON line of at most 64
// KiB; never reads a socket or opens a descriptor. Unknown fields are ignored, unknown verbs refused by name.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "landscaper/base/content.hpp"
#include "landscaper/base/error.hpp"
#include "pxe/link/event.hpp"
#include "pxe/proxy/entry.hpp"
#include "pxe/proxy/facts.hpp"

namespace pxe::link {

enum class link_errc {
    unknown_verb = 1,  // the line's key is not one of this protocol; the context names it
    bad_message,       // a field is missing or of a wrong type or value; the context says which
    unknown_file,      // an extent names a file that was not sent, or lies beyond its end
    bad_entry,         // an entry that cannot be served: no MAC, a token that is not 32 hex digits, ..
    wrong_sequence,    // a line that may not come here, such as `set` without `begin`
    too_long,          // an encoded line would pass 64 KiB
};
const char* describe(link_errc code);

// Rises only when a peer of the previous release would misread.
inline constexpr unsigned protocol = 1;
inline constexpr std::size_t max_line = 64 * 1024;
inline constexpr std::size_t max_literal = 4096;

using shared_file = std::shared_ptr<const landscaper::open_file>;

// First line both ways. From bootd: its epoch and the newest event's seq. From serve: the epoch and seq of
// the last event it has committed (0, 0 before the first); bootd goes on behind it.
struct hello {
    unsigned proto = protocol;
    std::string build;
    std::uint64_t epoch = 0;
    std::uint64_t seq = 0;
    friend bool operator==(const hello&, const hello&) = default;
};

struct network {
    std::uint64_t generation = 0;
    proxy::network settings;
    shared_file cache;  // the Nix cache's folder, or null
};

// Comes with exactly one descriptor.
struct file_opened {
    std::uint64_t id = 0;
    std::uint64_t size = 0;  // bytes; 0 for a folder
    std::string name;        // for people; may be empty
    friend bool operator==(const file_opened&, const file_opened&) = default;
};
struct file_closed {
    std::uint64_t id = 0;
    friend bool operator==(const file_closed&, const file_closed&) = default;
};

struct begin {
    std::uint64_t generation = 0;
};
struct set {
    std::uint64_t generation = 0;
    boot_entry entry;
};
struct end {
    std::uint64_t generation = 0;
    std::uint64_t count = 0;
};
struct drop {
    std::uint64_t generation = 0;
    landscaper::mac_address mac;
};

struct ack {
    std::uint64_t generation = 0;
};
struct refuse {
    std::uint64_t generation = 0;  // 0 when the refused line had none
    std::string why;
};
struct lost {
    std::uint64_t count = 0;
};

using from_serve = std::variant<hello, network, file_opened, file_closed, begin, set, end, drop>;
using from_bootd = std::variant<hello, ack, refuse, event, lost>;

// Files by id, as extents name them on the wire.
using file_lookup = std::function<shared_file(std::uint64_t id)>;
using file_naming = std::function<std::uint64_t(const shared_file&)>;

landscaper::result<from_serve> decode_from_serve(std::string_view line, const file_lookup& files);
landscaper::result<from_bootd> decode_from_bootd(std::string_view line);

// One line without its line end. Content is told by the ids that `id_of` gives; only `network` and `set` use
// it.
landscaper::result<std::string> encode(const from_serve& message, const file_naming& id_of = {});
std::string encode(const from_bootd& message);
// The same as encode(from_bootd(e)), without a detour through a JSON tree: one per packet.
std::string encode_event(const event& e);

// The generation that a line speaks of, as far as it can be read; for answering lines that do not decode.
std::uint64_t generation_of(std::string_view line);

}  // namespace pxe::link

LANDSCAPER_ERROR_ENUM(pxe::link, link_errc, "bootd link")
