#include "landscaper/nix/system.hpp"

#include <nlohmann/json.hpp>

#include "landscaper/base/json_fields.hpp"
#include "landscaper/base/printable.hpp"
#include "landscaper/nix/command.hpp"

namespace landscaper::nix {

namespace {

bool is_attribute_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || c == '\'';
}

nlohmann::json parsed_or_null(const std::string& text) {
    if (text.empty()) return nullptr;
    auto document = json_in(text);
    return document ? *document : nlohmann::json();
}

// A relative flake is a plain folder: newer Nix refuses git trees that belong to another user.
std::string reference_of(const flake_attribute& system, const std::string& folder) {
    if (system.flake.empty() || system.flake == ".") return "path:" + folder;
    if (system.flake.starts_with("./")) return "path:" + folder + system.flake.substr(1);
    return system.flake;
}

// A Nix string literal of any text.
std::string nix_string(std::string_view text) {
    std::string out = "\"";
    for (char c : text) {
        if (c == '"' || c == '\\' || c == '$') out += '\\';
        out += c;
    }
    return out + "\"";
}

}  // namespace

result<flake_attribute> parse_flake_attribute(std::string_view text) {
    auto hash = text.find('#');
    bool plain = hash != text.npos && hash + 1 < text.size();
    for (char c : plain ? text.substr(hash + 1) : std::string_view()) plain = plain && is_attribute_byte(c);
    if (!plain) return error(nix_errc::bad_system, "'" + text::printable(text, 80) + "'");
    return flake_attribute{std::string(text.substr(0, hash)), std::string(text.substr(hash + 1))};
}

result<std::string> to_nix(const system_argument& a) {
    nlohmann::json out{
        {"name", a.name},
        {"mac", a.mac},
        {"ip", a.ip},
        {"gateway", a.gateway},
        {"nameservers", a.nameservers},
        {"firmware", a.firmware},
        {"hostId", a.host_id.substr(0, 8)},
        {"disko", parsed_or_null(a.disko)},
        {"data", parsed_or_null(a.data)},
    };
    out["landscaper"] = {{"clientKey", a.client_key}, {"cacheUrl", a.cache_url}, {"cacheKey", a.cache_key}};
    auto text = "builtins.fromJSON " + nix_string(json_text(out));
    if (!a.disko.empty() || !a.layout) return text;
    TRY(auto spec, spec_expression(*a.layout));
    return text + " // { disko.devices = " + spec + "; }";
}

std::vector<std::string> build_system(const flake_attribute& system, const std::string& flake_folder,
                                      const std::string& argument) {
    // The function's result is a set of two derivations; `nix build` of an expression that names both.
    auto expression = "let host = (builtins.getFlake " + nix_string(reference_of(system, flake_folder)) +
                      ")." + system.attribute + " (" + argument + "); in [ host.base host.toplevel ]";
    return {"nix",
            "--extra-experimental-features",
            "nix-command flakes",
            "build",
            "--impure",
            "--no-link",
            "--json",
            "--log-format",
            "internal-json",
            "--expr",
            expression};
}

result<system_paths> parse_built(std::string_view text) {
    auto document = json_in(text);
    if (!document) return error(nix_errc::bad_output, document.error().message());
    std::vector<std::string> paths;
    if (!document->is_array() || document->size() != 2)
        return error(nix_errc::bad_output, "nix build: not two systems");
    for (const auto& item : *document) {
        auto outputs = item.is_object() ? item.find("outputs") : item.end();
        if (outputs == item.end() || !outputs->is_object())
            return error(nix_errc::bad_output, "nix build: no outputs");
        json_fields fields(*outputs, "outputs");
        paths.push_back(fields.text("out"));
        if (fields.failed()) return error(nix_errc::bad_output, fields.failure().message());
        if (!is_store_path(paths.back())) return error(nix_errc::bad_path, paths.back());
    }
    return system_paths{paths[0], paths[1]};
}

}  // namespace landscaper::nix
