// The only way into and out of JSON. nlohmann throws on non-UTF-8 at dump and overflows the stack on deep
// nesting: one packet could end the daemon.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "landscaper/base/error.hpp"

namespace landscaper {

enum class json_errc {
    too_large = 1,  // longer than the caller allows
    too_deep,       // more nested arrays and objects than the caller allows
    duplicate_key,  // the same key twice in one object
    syntax,         // not JSON, or not UTF-8
    wrong_type,     // a field has another type than the schema says
    missing,        // a required field is absent
};
const char* describe(json_errc code);

// Parses one document. Refuses more than `max_bytes` bytes, more than `max_depth` levels and duplicate keys.
result<nlohmann::json> json_in(std::string_view text, std::size_t max_bytes = std::size_t{1} << 20,
                               std::size_t max_depth = 64);

// One line, keys sorted, bytes that are not UTF-8 replaced.
std::string json_text(const nlohmann::json& value);
// The same, indented by two blanks, for people.
std::string json_pretty(const nlohmann::json& value);

}  // namespace landscaper

LANDSCAPER_ERROR_ENUM(landscaper, json_errc, "json")
