#include "pxe/link/json_fields.hpp"

#include <nlohmann/json.hpp>

namespace pxe::link {

error bad(const std::string& field, const char* wanted) {
    return error(link_errc::bad_message, field + ": " + wanted);
}

const json* field(const json& object, const char* name) {
    auto at = object.find(name);
    return at == object.end() || at->is_null() ? nullptr : &*at;
}

result<std::uint64_t> number_field(const json& object, const char* name) {
    const auto* value = field(object, name);
    if (!value || !value->is_number_unsigned()) return bad(name, "a whole number is required");
    auto number = value->get<std::uint64_t>();
    if (number > std::uint64_t{1} << 53) return bad(name, "larger than 2^53");
    return number;
}

std::uint64_t number_or(const json& object, const char* name, std::uint64_t fallback) {
    auto number = number_field(object, name);
    return number ? *number : fallback;
}

result<std::string> text_field(const json& object, const char* name, std::size_t limit) {
    const auto* value = field(object, name);
    if (!value || !value->is_string()) return bad(name, "text is required");
    auto text = value->get<std::string>();
    if (text.size() > limit) return bad(name, "too long");
    return text;
}

result<std::string> optional_text(const json& object, const char* name) {
    if (!field(object, name)) return std::string();
    return text_field(object, name);
}

}  // namespace pxe::link
