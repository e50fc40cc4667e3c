#include "pxe/proxy/names.hpp"

#include <algorithm>
#include <vector>

namespace pxe::proxy {

static constexpr std::size_t token_length = 32;

static std::optional<std::vector<std::string_view>> components_of(std::string_view name) {
    std::vector<std::string_view> parts;
    while (!name.empty()) {
        auto part = name.substr(0, name.find_first_of("/\\"));
        name.remove_prefix(std::min(name.size(), part.size() + 1));
        if (part.empty() || part == ".") continue;
        if (part == "..") return std::nullopt;
        parts.push_back(part);
    }
    return parts;
}

static bool is_token(std::string_view text) {
    auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    return text.size() == token_length && std::ranges::all_of(text, is_digit);
}

std::optional<object_name> parse_name(std::string_view name) {
    auto last = name.find_last_not_of(" \xff");
    auto parts = components_of(name.substr(0, last + 1));
    if (!parts || parts->empty() || name.find('\0') != name.npos) return std::nullopt;
    if (parts->front() == "b") {
        if (parts->size() != 3 || !is_token((*parts)[1])) return std::nullopt;
        return object_name{std::string((*parts)[1]), std::string((*parts)[2])};
    }
    object_name shared;
    for (auto part : *parts) {
        if (!shared.object.empty()) shared.object += '/';
        shared.object += part;
    }
    return shared;
}

std::string host_name(std::string_view token, std::string_view object) {
    if (token.empty()) return std::string(object);
    return "b/" + std::string(token) + "/" + std::string(object);
}

}  // namespace pxe::proxy
