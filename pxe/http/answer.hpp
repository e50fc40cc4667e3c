// Status line, fields and the part of a body that answer a GET or HEAD of something that exists: conditions
// (RFC 9110 section 13) and single ranges (section 14). Values in, values out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pxe::http {

// What is there.
struct representation {
    std::uint64_t size = 0;     // bytes
    std::string etag;           // with its quotes; strong
    std::int64_t modified = 0;  // Unix time in seconds; 0 = not known
    std::string_view content_type;
    bool no_store = false;  // belongs to one host: no cache may keep it
};

// The fields of the request that matter; none when absent.
struct conditions {
    std::optional<std::string_view> if_match, if_none_match, if_unmodified_since, if_modified_since, if_range,
        range;
};

struct answer {
    unsigned status = 200;  // 200 206 304 412 416
    std::vector<std::pair<std::string, std::string>> headers;
    std::uint64_t offset = 0;  // the part of the representation that is the body
    std::uint64_t length = 0;
};
answer answer_for(const representation& what, const conditions& asked);

// The one range asked for, clipped to `size`: offset and length. None when the field is absent, not
// understood or asks for several ranges (the whole is then answered); an empty inner value when it cannot be
// satisfied (416).
struct byte_range {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    friend bool operator==(const byte_range&, const byte_range&) = default;
};
std::optional<std::optional<byte_range>> range_of(std::string_view field, std::uint64_t size);

}  // namespace pxe::http
