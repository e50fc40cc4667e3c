#include "pxe/bootd/served.hpp"

#include <algorithm>

namespace pxe::bootd {

served::served(proxy::shared_objects generic, std::vector<std::string> interfaces, std::uint16_t http_port)
    : generic_(std::move(generic)), own_interfaces_(std::move(interfaces)) {
    network_.interfaces = own_interfaces_;
    network_.http_port = http_port;
    network_.shared = generic_;
}

void served::start_with(const local_hosts& known) {
    network_.mode = known.mode;
    if (own_interfaces_.empty()) network_.interfaces = known.interfaces;
    for (auto mac : known.mac) {
        boot_entry entry;
        entry.mac = {mac};
        entry.stage = stage::local;
        table_.set(std::move(entry));
    }
}

void served::use(link::use_network change) {
    ++local_version_;
    auto port = network_.http_port;
    network_ = std::move(change.network.settings);
    network_.http_port = port;
    network_.shared.insert(generic_.begin(), generic_.end());
    cache_ = std::move(change.network.cache);
}

// A payload whose token is no longer served: who still asks for it is worth an alarm.
void served::withdraw(const boot_entry& old) {
    if (old.token.empty() || old.stage != stage::install) return;
    const auto* now = table_.find_token(old.token);
    if (!now) watch_.withdraw(old.token, old.mac.front());
}

void served::use(link::use_table change) {
    ++local_version_;
    auto old = table_.entries();
    auto count = change.entries.size();
    table_.begin(change.generation);
    for (auto& entry : change.entries) table_.set(std::move(entry));
    table_.end(count);
    for (const auto& entry : old) withdraw(*entry);
}

void served::use(link::put_entry change) {
    std::vector<boot_table::entry_ptr> old;
    for (auto mac : change.entry.mac) {
        auto before = table_.share(mac);
        if (before && std::ranges::find(old, before) == old.end()) old.push_back(std::move(before));
    }
    auto is_local = [](const auto& entry) { return entry->stage == stage::local; };
    if (change.entry.stage == stage::local || std::ranges::any_of(old, is_local)) ++local_version_;
    table_.set(std::move(change.entry));
    for (const auto& entry : old) withdraw(*entry);
}

void served::use(const link::drop_entry& change) {
    auto old = table_.share(change.mac);
    table_.drop(change.mac);
    if (!old) return;
    if (old->stage == stage::local) ++local_version_;
    withdraw(*old);
}

local_hosts served::local() const {
    local_hosts out{network_.mode, network_.interfaces, {}};
    for (const auto& entry : table_.entries()) {
        if (entry->stage == stage::local) out.mac.insert(out.mac.end(), entry->mac.begin(), entry->mac.end());
    }
    std::ranges::sort(out.mac);
    return out;
}

}  // namespace pxe::bootd
