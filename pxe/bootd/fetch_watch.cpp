#include "pxe/bootd/fetch_watch.hpp"

#include <algorithm>
#include <sstream>
#include <utility>

namespace pxe::bootd {

using landscaper::mac_address;

std::optional<mac_address> fetch_watch::fetched(const std::string& token, mac_address machine,
                                                const std::vector<mac_address>& own) {
    if (!own.empty() && std::ranges::find(own, machine) != own.end()) machine = own.front();
    auto [at, is_first] = machine_.try_emplace(token, machine);
    if (is_first || at->second == machine) return std::nullopt;
    // From now on the later one, so that each change is told once.
    return std::exchange(at->second, machine);
}

std::optional<std::string> fetch_watch::moved(const std::string& token, mac_address machine,
                                              const std::string& address) {
    auto [at, is_first] = place_.try_emplace(token, place{machine, address});
    if (is_first) return std::nullopt;
    auto before = std::exchange(at->second, place{machine, address});
    if (before.machine != machine || before.address == address) return std::nullopt;
    return before.address;
}

void fetch_watch::withdraw(const std::string& token, mac_address host) {
    machine_.erase(token);
    place_.erase(token);
    if (!withdrawn_.try_emplace(token, host).second) return;
    order_.push_back(token);
    if (order_.size() <= remembered) return;
    withdrawn_.erase(order_.front());
    order_.pop_front();
}

std::optional<mac_address> fetch_watch::withdrawn(std::string_view token) const {
    auto at = withdrawn_.find(std::string(token));
    if (at == withdrawn_.end()) return std::nullopt;
    return at->second;
}

// "IP address  HW type  Flags  HW address  Mask  Device"; flag 0x2 is "complete" (linux/if_arp.h ATF_COM).
std::optional<mac_address> neighbour_in(std::string_view arp, std::string_view address) {
    std::istringstream lines{std::string(arp)};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields(line);
        std::string ip, type, flags, mac;
        fields >> ip >> type >> flags >> mac;
        if (ip != address || flags == "0x0") continue;
        auto parsed = mac_address::parse(mac);
        if (parsed && parsed->is_unicast()) return parsed;
    }
    return std::nullopt;
}

}  // namespace pxe::bootd
