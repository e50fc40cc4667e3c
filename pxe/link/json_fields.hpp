// Reading fields of the link's JSON lines: the value, or an error that names the field. Internal to pxe/link.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "landscaper/base/error.hpp"
#include "pxe/link/message.hpp"

namespace pxe::link {

using landscaper::error;
using landscaper::result;
using nlohmann::json;

error bad(const std::string& field, const char* wanted);

// Null when absent or null.
const json* field(const json& object, const char* name);
// Numbers of this protocol are below 2^53, so that every JSON reader keeps them.
result<std::uint64_t> number_field(const json& object, const char* name);
std::uint64_t number_or(const json& object, const char* name, std::uint64_t fallback);
result<std::string> text_field(const json& object, const char* name, std::size_t limit = 4096);
// Absent is the empty text.
result<std::string> optional_text(const json& object, const char* name);

}  // namespace pxe::link
