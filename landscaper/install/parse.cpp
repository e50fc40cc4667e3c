#include "landscaper/install/parse.hpp"

#include <nlohmann/json.hpp>
#include <algorithm>

#include "landscaper/base/printable.hpp"

namespace landscaper::install {

namespace {

constexpr std::size_t longest = 200;

bool is_path_byte(char c) {
    return c > ' ' && c < 0x7f && std::string_view("'\"\\$`;&|<>()*?[]{}!").find(c) == std::string_view::npos;
}

}  // namespace

bool is_device_path(std::string_view text) {
    return text.starts_with("/dev/") && text.size() > 5 && text.size() <= longest &&
           text.find("..") == text.npos && std::ranges::all_of(text, is_path_byte);
}

std::string device_path(json_fields& fields, std::string_view key) {
    auto text = fields.text(key);
    if (!is_device_path(text)) fields.fail(key, "'" + text::printable(text, 80) + "' is no device path");
    return text;
}

std::vector<std::string> device_paths(json_fields& fields, std::string_view key) {
    auto out = fields.texts(key);
    for (const auto& path : out) {
        if (!is_device_path(path)) fields.fail(key, "'" + text::printable(path, 80) + "' is no device path");
    }
    return out;
}

std::string short_text(json_fields& fields, std::string_view key) {
    return text::printable(fields.text_or_empty(key), longest);
}

std::vector<signature> parse_signatures(json_fields& of, std::string_view key) {
    std::vector<signature> out;
    for (const auto& item : of.array(key)) {
        json_fields fields(item, std::string(key) + "[" + std::to_string(out.size()) + "]");
        signature found;
        found.device = device_path(fields, "device");
        found.offset = fields.number("offset");
        found.type = short_text(fields, "type");
        found.label = short_text(fields, "label");
        found.set = short_text(fields, "set");
        of.take(fields);
        out.push_back(std::move(found));
    }
    return out;
}

proof_lines proofs_in(std::string_view output) {
    constexpr std::string_view mark = "landscaper-proof ";
    proof_lines out;
    while (!output.empty()) {
        auto line = output.substr(0, output.find('\n'));
        output.remove_prefix(std::min(output.size(), line.size() + 1));
        if (!line.starts_with(mark)) continue;
        line.remove_prefix(mark.size());
        auto blank = std::min(line.find(' '), line.size());
        out.emplace_back(line.substr(0, blank), line.substr(std::min(blank + 1, line.size())));
    }
    return out;
}

result<std::string> proof(const proof_lines& lines, std::string_view key) {
    const std::string* found = nullptr;
    for (const auto& [name, value] : lines) {
        if (name != key) continue;
        if (found) return error(install_errc::bad_proof, std::string(key) + " twice");
        found = &value;
    }
    if (!found) return error(install_errc::bad_proof, "no " + std::string(key));
    return *found;
}

}  // namespace landscaper::install
