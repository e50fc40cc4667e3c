#include "pxe/proxy/table.hpp"

#include <algorithm>

namespace pxe {

using landscaper::mac_address;

void boot_table::index::insert(entry_ptr entry) {
    for (auto mac : entry->mac) by_mac[mac] = entry;
    if (!entry->token.empty()) by_token[entry->token] = entry;
    ++count;
}

void boot_table::index::erase(const entry_ptr& entry) {
    for (auto mac : entry->mac) {
        auto at = by_mac.find(mac);
        if (at != by_mac.end() && at->second == entry) by_mac.erase(at);
    }
    auto at = by_token.find(entry->token);
    if (at != by_token.end() && at->second == entry) by_token.erase(at);
    --count;
}

void boot_table::begin(std::uint64_t generation) {
    building_ = std::make_unique<index>();
    building_generation_ = generation;
}

bool boot_table::end(std::size_t count) {
    if (!building_) return false;
    auto built = std::move(building_);
    if (built->count != count) return false;
    live_ = std::move(*built);
    generation_ = building_generation_;
    return true;
}

// What is left of a host after some of its MACs went to another one.
static boot_entry without(const boot_entry& old, const std::vector<mac_address>& macs) {
    auto rest = old;
    std::erase_if(rest.mac, [&](auto mac) { return std::ranges::find(macs, mac) != macs.end(); });
    return rest;
}

void boot_table::set(boot_entry entry) {
    auto& into = target();
    for (auto mac : entry.mac) {
        auto at = into.by_mac.find(mac);
        if (at == into.by_mac.end()) continue;
        auto old = at->second;
        auto rest = without(*old, entry.mac);
        into.erase(old);
        if (!rest.mac.empty()) into.insert(std::make_shared<const boot_entry>(std::move(rest)));
    }
    if (!entry.mac.empty()) into.insert(std::make_shared<const boot_entry>(std::move(entry)));
}

bool boot_table::drop(mac_address mac) {
    auto& from = target();
    auto at = from.by_mac.find(mac);
    if (at == from.by_mac.end()) return false;
    auto entry = at->second;
    from.erase(entry);
    return true;
}

const boot_entry* boot_table::find(mac_address mac) const {
    auto at = live_.by_mac.find(mac);
    return at == live_.by_mac.end() ? nullptr : at->second.get();
}

const boot_entry* boot_table::find_token(std::string_view token) const {
    auto at = live_.by_token.find(token);
    return at == live_.by_token.end() ? nullptr : at->second.get();
}

boot_table::entry_ptr boot_table::share(mac_address mac) const {
    auto at = live_.by_mac.find(mac);
    return at == live_.by_mac.end() ? nullptr : at->second;
}

std::vector<boot_table::entry_ptr> boot_table::entries() const {
    std::vector<entry_ptr> all;
    all.reserve(live_.count);
    for (const auto& [mac, entry] : live_.by_mac) {
        if (entry->mac.front() == mac) all.push_back(entry);
    }
    return all;
}

}  // namespace pxe
