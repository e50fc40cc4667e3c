#include "landscaper/daemon/own_provider.hpp"

#include <nlohmann/json.hpp>
#include <algorithm>
#include <filesystem>

#include "landscaper/provider/types.hpp"

namespace landscaper::daemon {

void use_own_provider(engine::member& m) {
    const auto& program = m.provider.name;
    auto base = program.substr(program.rfind('/') + 1);
    const auto& args = m.provider.args;
    if (!m.provider.is_foreign || base != "landscaper" || args.size() != 2 || args[0] != "provider") return;
    m.provider = {args[1], {}, false};
    const auto* type = provider::find_type(m.provider.name + "." + m.type);
    if (!type) return;  // starting it says which types there are
    provider::take_type(m, *type);
}

std::string host_claimed_by(const engine::member& m) {
    const auto& family = m.provider.name;
    bool is_of_host = family == "ssh" || family == "pxe" || family == "host" || family == "nixos";
    auto host = m.inputs.find("host");
    if (m.provider.is_foreign || !is_of_host || host == m.inputs.end()) return {};
    const auto& name = host->second.literal.json();
    return name.is_string() ? name.get<std::string>() : std::string();
}

std::string objection_to_driving(const engine::member& m) {
    return m.at.text() + ": deployments read what hosts are and never change one; declare it in the rack's " +
           "own root, nixops4.nix beside inventory.yaml";
}

std::string state_file_of(const engine::member& m, const std::string& folder) {
    auto name = m.inputs.find("name");
    bool is_state_file = m.provider.name == "local" && !m.provider.is_foreign && m.type == "state_file";
    if (!is_state_file || name == m.inputs.end() || !name->second.literal.json().is_string()) return {};
    auto file = std::filesystem::path(folder) / name->second.literal.json().get<std::string>();
    return file.lexically_normal().string();
}

}  // namespace landscaper::daemon
