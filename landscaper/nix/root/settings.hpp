// What a member says beside NixOps4's own fields, in `landscaper = { .. }`: how the engine treats it. NixOps4
// reads named fields only, so the same root works there. Pure.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "landscaper/engine/resource.hpp"
#include "landscaper/nix/root/answer.hpp"

namespace landscaper::nix::root {

// One field for each setting; none where the member does not say it.
struct settings {
    std::optional<bool> protect;
    std::set<std::string> replace_on;
    std::optional<bool> create_before_destroy;
    std::set<std::string> sensitive;
    std::optional<bool> repair;
    std::optional<bool> import;
    std::optional<engine::duration> deadline;  // without progress
    std::optional<unsigned> retries;
    std::vector<engine::path> after;
    std::optional<engine::path> moved_from;
    std::map<std::string, std::string>
        places;  // "nixops4.nix:12:7: ", where each is written, if that is known
    friend bool operator==(const settings&, const settings&) = default;
};

// Of what the expression says of a resource (its head). An error is for the operator: where it is written,
// the member, what is wrong and what would be right.
result<settings> read_settings(const path& at, const nlohmann::json& head);

// Upon what holds for the member's type; `holds_data`: whether the type does. Empty, or why they cannot hold.
std::string apply(const settings& own, engine::member& to, bool holds_data);

// Empty, or which setting names an input or output that the member does not have.
std::string check_names(const settings& own, const engine::member& of);

// The heads in an answer say where settings are written as Nix does; here as the operator calls the files.
void name_places(answer& said, const own_files& own);

}  // namespace landscaper::nix::root
