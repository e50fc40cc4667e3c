#include "landscaper/inventory/difference.hpp"

#include <algorithm>

namespace landscaper::inventory {

static std::vector<std::string> changed_keys(const host& a, const host& b) {
    std::vector<std::string> keys;
    auto note = [&](bool differs, const char* key) {
        if (differs) keys.emplace_back(key);
    };
    note(a.style != b.style || a.nbp != b.nbp, "boot");
    note(a.data != b.data, "data");
    note(a.disk != b.disk, "disk");
    note(a.disko != b.disko, "disko");
    note(a.domain != b.domain, "domain");
    note(a.firmware != b.firmware, "firmware");
    note(a.gateway != b.gateway, "gateway");
    note(a.ip != b.ip, "ip");
    note(a.mac != b.mac, "mac");
    note(a.managed_by != b.managed_by, "managed_by");
    note(a.mtu != b.mtu, "mtu");
    note(a.nameservers != b.nameservers, "nameservers");
    note(a.ntp != b.ntp, "ntp");
    note(a.role != b.role, "role");
    note(a.trust != b.trust, "trust");
    return keys;
}

std::vector<host_change> difference(const rack& before, const rack& after) {
    std::vector<host_change> changes;
    for (const auto& [name, h] : before.hosts) {
        auto now = after.hosts.find(name);
        if (now == after.hosts.end()) {
            changes.push_back({name, change_kind::removed, {}});
        } else if (now->second != h) {
            changes.push_back({name, change_kind::changed, changed_keys(h, now->second)});
        }
    }
    for (const auto& [name, h] : after.hosts) {
        if (!before.hosts.contains(name)) changes.push_back({name, change_kind::added, {}});
    }
    std::sort(changes.begin(), changes.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return changes;
}

std::vector<std::string> changed_sections(const rack& before, const rack& after) {
    std::vector<std::string> sections;
    if (before.deployments != after.deployments) sections.emplace_back("deployments");
    if (before.launch != after.launch) sections.emplace_back("launch");
    if (before.network != after.network) sections.emplace_back("network");
    if (before.site != after.site) sections.emplace_back("site");
    if (before.systems != after.systems) sections.emplace_back("systems");
    return sections;
}

}  // namespace landscaper::inventory
