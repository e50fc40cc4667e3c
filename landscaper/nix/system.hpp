// `systems.ROLE` of the inventory: a pair of store paths, or a flake attribute that is a function of the host
// (contract 5).
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "landscaper/base/error.hpp"
#include "landscaper/nix/layout.hpp"

namespace landscaper::nix {

// The two closures of a host.
struct system_paths {
    std::string base, toplevel;  // store paths
    friend bool operator==(const system_paths&, const system_paths&) = default;
};

struct flake_attribute {
    std::string flake;      // "." or "path:..", "github:.."
    std::string attribute;  // "proxmox"
    friend bool operator==(const flake_attribute&, const flake_attribute&) = default;
};

using system_source = std::variant<system_paths, flake_attribute>;

// ".#proxmox". bad_system when there is no '#', or an attribute with other bytes than [A-Za-z0-9_.-].
result<flake_attribute> parse_flake_attribute(std::string_view text);

// What a system function is called with.
struct system_argument {
    std::string name, ip, gateway, firmware, host_id;
    std::vector<std::string> mac, nameservers;
    std::string disko;                     // the verbatim spec, JSON text; or empty:
    std::optional<layout_request> layout;  // the named layout, whose spec the function then gets
    std::string client_key, cache_url, cache_key;
    std::string data;  // JSON text, or empty
};
// As a Nix expression: JSON, and the spec of a named layout as `disko.devices`. bad_layout as
// spec_expression().
result<std::string> to_nix(const system_argument& argument);

// `nix build --json` of both closures; `argument` as of to_nix(). `flake_folder` is the network folder;
// relative flakes are read as path:.
std::vector<std::string> build_system(const flake_attribute& system, const std::string& flake_folder,
                                      const std::string& argument);
// {"base":"/nix/store/..","toplevel":"/nix/store/.."} as the build prints it.
result<system_paths> parse_built(std::string_view json);

}  // namespace landscaper::nix
