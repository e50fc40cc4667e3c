#include "landscaper/engine/patch.hpp"

#include <nlohmann/json.hpp>
#include <algorithm>
#include <charconv>
#include <optional>
#include <span>

#include "landscaper/base/printable.hpp"
#include "landscaper/engine/value.hpp"

namespace landscaper::engine {

using nlohmann::json;

const char* describe(patch_errc code) {
    switch (code) {
        case patch_errc::malformed: return "not a JSON Patch (RFC 6902)";
        case patch_errc::no_such_place: return "the patch names a place that does not exist";
        case patch_errc::test_failed: return "the patch expects another value";
    }
    return "unknown error";
}

namespace {

error missing(std::string_view pointer) {
    return error(patch_errc::no_such_place, "\"" + text::printable(pointer, 200) + "\"");
}

result<std::string> unescaped(std::string_view token) {
    std::string out;
    for (std::size_t i = 0; i < token.size(); ++i) {
        if (token[i] != '~') {
            out += token[i];
            continue;
        }
        ++i;
        if (i == token.size() || (token[i] != '0' && token[i] != '1')) return error(patch_errc::malformed);
        out += token[i] == '0' ? '~' : '/';
    }
    return out;
}

// An array index as RFC 6901 writes it: digits without leading zeros, at most `largest`.
std::optional<std::size_t> index_in(const std::string& token, std::size_t largest) {
    std::size_t index = 0;
    auto end = token.data() + token.size();
    auto [stopped, failure] = std::from_chars(token.data(), end, index);
    bool is_number = failure == std::errc() && stopped == end && (token.size() == 1 || token[0] != '0');
    if (!is_number || index > largest) return std::nullopt;
    return index;
}

json* child_of(json& parent, const std::string& token) {
    if (parent.is_object()) {
        auto found = parent.find(token);
        return found == parent.end() ? nullptr : &*found;
    }
    if (!parent.is_array() || parent.empty()) return nullptr;
    auto index = index_in(token, parent.size() - 1);
    return index ? &parent[*index] : nullptr;
}

// The value that `names` lead to; null when there is none.
json* walk(json& document, std::span<const std::string> names) {
    auto* at = &document;
    for (const auto& name : names) {
        at = child_of(*at, name);
        if (!at) return nullptr;
    }
    return at;
}

// RFC 6902 4.1: adds to an object, inserts into an array.
result<void> add(json& document, std::string_view pointer, json what) {
    TRY(auto names, pointer_names(pointer));
    if (names.empty()) {
        document = std::move(what);
        return {};
    }
    auto* parent = walk(document, std::span(names).first(names.size() - 1));
    if (!parent) return missing(pointer);
    if (parent->is_object()) {
        (*parent)[names.back()] = std::move(what);
        return {};
    }
    if (!parent->is_array()) return missing(pointer);
    auto index = names.back() == "-" ? parent->size() : index_in(names.back(), parent->size());
    if (!index) return missing(pointer);
    parent->insert(parent->begin() + static_cast<json::difference_type>(*index), std::move(what));
    return {};
}

result<json> take(json& document, std::string_view pointer) {
    TRY(auto names, pointer_names(pointer));
    auto* found = walk(document, names);
    if (!found) return missing(pointer);
    json out = std::move(*found);
    if (names.empty()) return out;
    auto* parent = walk(document, std::span(names).first(names.size() - 1));
    if (parent->is_object()) {
        parent->erase(names.back());
    } else {
        parent->erase(static_cast<std::size_t>(found - &parent->front()));
    }
    return out;
}

result<json*> find(json& document, std::string_view pointer) {
    TRY(auto names, pointer_names(pointer));
    auto* found = walk(document, names);
    if (!found) return missing(pointer);
    return found;
}

result<std::string> text_of(const json& operation, const char* key) {
    auto found = operation.find(key);
    if (found == operation.end() || !found->is_string()) return error(patch_errc::malformed, key);
    return found->get<std::string>();
}

result<json> value_of(const json& operation) {
    auto found = operation.find("value");
    if (found == operation.end()) return error(patch_errc::malformed, "value");
    return *found;
}

// `move` and `copy` can make documents grow exponentially and nest without end; no writer of states uses
// them. Counts down what a document may hold; false when it is more.
bool is_modest(const json& document, std::size_t levels, std::size_t& nodes) {
    if (levels == 0 || nodes < document.size() + 1) return false;
    nodes -= 1;
    if (!document.is_structured()) return true;
    return std::all_of(document.begin(), document.end(),
                       [&](const json& child) { return is_modest(child, levels - 1, nodes); });
}

result<void> check_modest(const json& document) {
    std::size_t nodes = 1'000'000;
    if (!is_modest(document, 512, nodes)) return error(patch_errc::malformed, "grows without bounds");
    return {};
}

result<void> move_or_copy(json& document, const json& operation, bool moves, const std::string& to) {
    TRY(auto from, text_of(operation, "from"));
    TRY(auto* source, find(document, from));
    auto copy = *source;
    if (moves) {
        if (to.starts_with(from + "/")) return error(patch_errc::malformed, "moves a value into itself");
        TRY_VOID(take(document, from));
    }
    TRY_VOID(add(document, to, std::move(copy)));
    return check_modest(document);
}

result<void> apply_one(json& document, const json& operation) {
    if (!operation.is_object()) return error(patch_errc::malformed);
    TRY(auto op, text_of(operation, "op"));
    TRY(auto at, text_of(operation, "path"));
    if (op == "remove") {
        TRY_VOID(take(document, at));
        return {};
    }
    if (op == "move" || op == "copy") return move_or_copy(document, operation, op == "move", at);
    TRY(auto what, value_of(operation));
    if (op == "add") return add(document, at, std::move(what));
    if (op != "replace" && op != "test") return error(patch_errc::malformed, text::printable(op, 40));
    TRY(auto* found, find(document, at));
    if (op == "replace") {
        *found = std::move(what);
        return {};
    }
    if (!is_same(*found, what)) return error(patch_errc::test_failed, text::printable(at, 200));
    return {};
}

}  // namespace

result<std::vector<std::string>> pointer_names(std::string_view pointer) {
    std::vector<std::string> out;
    if (pointer.empty()) return out;
    if (pointer.front() != '/') return error(patch_errc::malformed, text::printable(pointer, 200));
    while (!pointer.empty()) {
        pointer.remove_prefix(1);
        auto end = std::min(pointer.find('/'), pointer.size());
        TRY(auto name, unescaped(pointer.substr(0, end)));
        out.push_back(std::move(name));
        pointer.remove_prefix(end);
        if (out.size() > 256) return error(patch_errc::malformed, "a path of more than 256 names");
    }
    return out;
}

std::string pointer_text(const std::vector<std::string>& names) {
    std::string out;
    for (const auto& name : names) {
        out += '/';
        for (char c : name) {
            if (c == '~')
                out += "~0";
            else if (c == '/')
                out += "~1";
            else
                out += c;
        }
    }
    return out;
}

result<void> put_at(json& document, std::string_view pointer, json what) {
    TRY(auto names, pointer_names(pointer));
    if (auto* found = walk(document, names)) {
        *found = std::move(what);
        return {};
    }
    return add(document, pointer, std::move(what));
}

result<void> apply_patch(json& document, const json& patch) {
    if (!patch.is_array()) return error(patch_errc::malformed);
    for (const auto& operation : patch) {
        TRY_VOID(apply_one(document, operation));
    }
    return {};
}

}  // namespace landscaper::engine
