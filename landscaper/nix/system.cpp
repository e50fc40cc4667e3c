#include "landscaper/nix/system.hpp"

#include <nlohmann/json.hpp>
#include <algorithm>

#include "landscaper/base/json_in.hpp"
#include "landscaper/nix/command.hpp"

namespace landscaper::nix {

result<flake_attribute> parse_flake_attribute(std::string_view text) {
    auto hash = text.find('#');
    if (hash == std::string_view::npos || hash == 0) return error(nix_errc::bad_system, std::string(text));
    flake_attribute out{std::string(text.substr(0, hash)), std::string(text.substr(hash + 1))};
    auto is_attribute = [](char c) {
        auto lower = static_cast<char>(c | 0x20);
        return (c >= '0' && c <= '9') || (lower >= 'a' && lower <= 'z') || c == '_' || c == '.' || c == '-';
    };
    bool good =
        !out.attribute.empty() && std::all_of(out.attribute.begin(), out.attribute.end(), is_attribute);
    if (!good) return error(nix_errc::bad_system, std::string(text));
    return out;
}

static nlohmann::json json_or_null(const std::string& text) {
    if (text.empty()) return nullptr;
    auto parsed = nlohmann::json::parse(text, nullptr, false);
    return parsed.is_discarded() ? nlohmann::json() : parsed;
}

std::string to_json(const system_argument& argument) {
    nlohmann::json out;
    out["name"] = argument.name;
    out["mac"] = argument.mac;
    out["ip"] = argument.ip;
    out["gateway"] = argument.gateway.empty() ? nlohmann::json() : nlohmann::json(argument.gateway);
    out["nameservers"] = argument.nameservers;
    out["disko"] = json_or_null(argument.disko);
    out["firmware"] = argument.firmware;
    out["hostId"] = argument.host_id;
    out["landscaper"] = {{"clientKey", argument.client_key},
                         {"cacheUrl", argument.cache_url},
                         {"cacheKey", argument.cache_key}};
    out["data"] = json_or_null(argument.data);
    return json_text(out);
}

std::vector<std::string> build_system(const flake_attribute& system, const std::string& flake_folder,
                                      const std::string& argument_json) {
    // A flake of the network folder is read as it lies there: newer Nix refuses git trees of another owner.
    auto flake =
        system.flake.starts_with(".") ? "path:" + flake_folder + system.flake.substr(1) : system.flake;
    auto quoted = json_text(nlohmann::json(argument_json));
    // ${ would begin an antiquotation in Nix's string.
    for (std::size_t at = 0; (at = quoted.find("${", at)) != std::string::npos; at += 3)
        quoted.insert(at, "\\");
    auto apply = "f: let s = f (builtins.fromJSON " + quoted +
                 "); in { base = \"${s.base}\"; toplevel = \"${s.toplevel}\"; }";
    return {"nix",
            "--extra-experimental-features",
            "nix-command flakes",
            "eval",
            "--impure",
            "--json",
            flake + "#" + system.attribute,
            "--apply",
            apply};
}

result<system_paths> parse_built(std::string_view text) {
    TRY(auto json, json_in(text, 65536, 8));
    system_paths out;
    for (auto [name, into] : {std::pair{"base", &out.base}, std::pair{"toplevel", &out.toplevel}}) {
        auto found = json.is_object() ? json.find(name) : json.end();
        if (!json.is_object() || found == json.end() || !found->is_string()) {
            return error(nix_errc::bad_output, std::string("the system's function gave no `") + name + "`");
        }
        *into = found->get<std::string>();
        if (!is_store_path(*into)) return error(nix_errc::bad_path, std::string(name) + " " + *into);
    }
    return out;
}

}  // namespace landscaper::nix
