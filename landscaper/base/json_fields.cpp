#include "landscaper/base/json_fields.hpp"

#include <nlohmann/json.hpp>

namespace landscaper {

json_fields::json_fields(const nlohmann::json& object, std::string where)
    : object_(&object), where_(std::move(where)) {
    if (!object.is_object()) failure_ = error(json_errc::wrong_type, where_ + ": not an object");
}

void json_fields::fail(error why) {
    if (!failure_) failure_ = std::move(why);
}

void json_fields::fail(std::string_view key, std::string_view what) {
    fail(error(json_errc::wrong_type, where_ + "." + std::string(key) + ": " + std::string(what)));
}

void json_fields::take(const json_fields& nested) {
    if (nested.failed()) fail(nested.failure());
}

const nlohmann::json* json_fields::find(std::string_view key) {
    if (!object_->is_object()) return nullptr;
    auto field = object_->find(std::string(key));
    return field == object_->end() || field->is_null() ? nullptr : &*field;
}

const nlohmann::json* json_fields::required(std::string_view key) {
    auto* field = find(key);
    if (!field) fail(error(json_errc::missing, where_ + "." + std::string(key)));
    return field;
}

std::string json_fields::text(std::string_view key) {
    required(key);
    return text_or_empty(key);
}

std::string json_fields::text_or_empty(std::string_view key) {
    auto* field = find(key);
    if (!field) return {};
    if (field->is_string()) return field->get<std::string>();
    fail(key, "not a text");
    return {};
}

std::uint64_t json_fields::number(std::string_view key) {
    required(key);
    return number_or_none(key).value_or(0);
}

std::optional<std::uint64_t> json_fields::number_or_none(std::string_view key) {
    auto* field = find(key);
    if (!field) return std::nullopt;
    // A JSON value made in C++ from an int is signed, also when it is not negative.
    if (field->is_number_integer() && *field >= 0) return field->get<std::uint64_t>();
    fail(key, "not a whole number from 0 on");
    return std::nullopt;
}

std::int64_t json_fields::integer(std::string_view key) {
    auto* field = required(key);
    if (!field) return 0;
    if (field->is_number_integer()) return field->get<std::int64_t>();
    fail(key, "not a whole number");
    return 0;
}

bool json_fields::boolean(std::string_view key) {
    auto* field = required(key);
    if (!field) return false;
    if (field->is_boolean()) return field->get<bool>();
    fail(key, "neither true nor false");
    return false;
}

std::vector<std::string> json_fields::texts(std::string_view key) {
    std::vector<std::string> out;
    for (const auto& item : array(key)) {
        if (!item.is_string()) {
            fail(key, "not an array of texts");
            return {};
        }
        out.push_back(item.get<std::string>());
    }
    return out;
}

const nlohmann::json& json_fields::array(std::string_view key, std::size_t most) {
    static const nlohmann::json none = nlohmann::json::array();
    auto* field = required(key);
    if (!field) return none;
    if (field->is_array() && field->size() <= most) return *field;
    fail(key, field->is_array() ? "too many elements" : "not an array");
    return none;
}

}  // namespace landscaper
