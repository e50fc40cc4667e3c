#include "landscaper/daemon/systems.hpp"

#include <algorithm>

#include "landscaper/nix/command.hpp"

namespace landscaper::daemon {

// Systems are made before anybody has seen the server: a disk that the inventory does not name has a name
// that only says which of the layout's it is.
static std::vector<std::string> disks_of(const inventory::disk_wish& wanted) {
    if (!wanted.devices.empty()) return wanted.devices;
    std::vector<std::string> out{"/dev/landscaper/main"};
    std::size_t least = inventory::is_mirror(wanted.layout) ? 2 : 1;
    auto count = std::max(least, wanted.serials.size());
    while (out.size() < count) out.push_back("/dev/landscaper/disk" + std::to_string(out.size()));
    return out;
}

result<nix::system_source> system_source_of(const inventory::rack& declared, const inventory::host& host) {
    auto found = declared.systems.find(host.role);
    if (found == declared.systems.end()) {
        return error(nix::nix_errc::bad_system,
                     "role " + host.role + " of " + host.name + " has no entry under `systems:`");
    }
    if (auto* pair = std::get_if<inventory::store_system>(&found->second)) {
        return nix::system_source(nix::system_paths{pair->base, pair->toplevel});
    }
    TRY(auto attribute,
        nix::parse_flake_attribute(std::get<inventory::flake_system>(found->second).reference));
    return nix::system_source(attribute);
}

nix::system_argument system_argument_of(const inventory::host& host, const system_surroundings& context) {
    nix::system_argument out;
    out.name = host.name;
    out.ip = host.ip ? host.ip->text() : "dhcp";
    out.gateway = host.gateway ? host.gateway->text() : "";
    out.firmware = inventory::word(host.firmware);
    out.host_id = context.host_id.substr(0, 8);
    for (const auto& mac : host.mac) out.mac.push_back(mac.text());
    for (const auto& server : host.nameservers) out.nameservers.push_back(server.text());
    out.disko = host.disko;
    bool is_bios = host.firmware == inventory::firmware_kind::bios;
    out.layout = nix::layout_request{.layout = std::string(inventory::word(host.disk.layout)),
                                     .disko = {},
                                     .devices = disks_of(host.disk),
                                     .bios = is_bios,
                                     .esp_size = host.disk.esp_size};
    out.client_key = context.client_key;
    out.cache_url = context.cache_url;
    out.cache_key = context.cache_key;
    out.data = host.data;
    return out;
}

}  // namespace landscaper::daemon
