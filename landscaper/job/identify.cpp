#include "landscaper/job/identify.hpp"

#include <set>

namespace landscaper::job {

static const ledger::host* known_by_mac(const ledger::model& ledger, const inventory::host& declared) {
    for (const auto& mac : declared.mac) {
        if (auto* found = ledger.find_mac(mac)) return found;
    }
    return nullptr;
}

static void meet_again(const ledger::host& known, const inventory::host& declared, identified& out) {
    if (known.name != declared.name)
        out.changes.push_back(ledger::host_renamed{known.id, declared.name, "hosts." + declared.name});
    if (known.mac != declared.mac) out.changes.push_back(ledger::host_macs{known.id, declared.mac});
    if (!known.managed) out.changes.push_back(ledger::host_managed{known.id, true});
}

static std::string replaced_nic(const inventory::host& declared) {
    return "NIC replaced? the ledger knows " + declared.name +
           " with other MACs; if it is the same server: landscaper adopt " + declared.mac.front().text() +
           " --replace " + declared.name + "; if it is another one, give it another name";
}

identified identify(const ledger::model& ledger, const inventory::rack& declared,
                    const std::function<ledger::id128()>& new_id, ledger::unix_ms now) {
    identified out;
    std::set<ledger::id128> present;
    std::vector<ledger::id128> added;
    for (const auto& [name, host] : declared.hosts) {
        if (auto* known = known_by_mac(ledger, host)) {
            present.insert(known->id);
            meet_again(*known, host, out);
        } else if (auto* namesake = ledger.find_name(name)) {
            present.insert(namesake->id);
            out.held_back[name] = replaced_nic(host);
        } else {
            added.push_back(new_id());
            out.changes.push_back(
                ledger::host_added{added.back(), name, host.mac, "inventory", "hosts." + name});
            present.insert(added.back());
        }
    }
    for (const auto& [id, known] : ledger.hosts) {
        if (known.managed && !present.contains(id)) out.changes.push_back(ledger::host_managed{id, false});
    }
    for (const auto& id : added) out.changes.push_back(ledger::attempt_started{id, new_id(), now});
    return out;
}

}  // namespace landscaper::job
