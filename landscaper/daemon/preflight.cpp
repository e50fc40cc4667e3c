#include "landscaper/daemon/preflight.hpp"

#include <net/if.h>
#include <unistd.h>

#include <algorithm>

#include "landscaper/daemon/addresses.hpp"

namespace landscaper::daemon {

static std::string interface_names() {
    std::string out;
    auto* list = ::if_nameindex();
    for (auto* entry = list; entry && entry->if_name; ++entry) {
        if (std::string(entry->if_name) != "lo")
            out += (out.empty() ? "" : ", ") + std::string(entry->if_name);
    }
    if (list) ::if_freenameindex(list);
    return out.empty() ? "none" : out;
}

std::optional<obstacle> look_at_machine(const options& opts, const inventory::rack& declared) {
    if (opts.with_bootd && ::geteuid() != 0) {
        return obstacle{
            1,
            "--with-bootd needs root for the ports 67, 69 and 4011; run it with sudo, or let systemd "
            "start landscaper-bootd and leave --with-bootd out"};
    }
    for (const auto& name : declared.network.interfaces) {
        if (::if_nametoindex(name.c_str()) == 0) {
            return obstacle{1, "network.interface: this machine has no interface " + name + "; it has " +
                                   interface_names() + "; correct " + opts.network + "/inventory.yaml"};
        }
    }
    auto own = own_addresses();
    bool reachable = declared.network.address ||
                     std::any_of(own.begin(), own.end(), [](const auto& a) { return a.interface != "lo"; });
    if (!reachable) {
        return obstacle{
            1,
            "this machine has no address but loopback; connect it to the rack's network, or give it "
            "one (ip address add ADDR/LEN dev IF)"};
    }
    return std::nullopt;
}

std::string objection_to_address(const inventory::host& host, const inventory::network& network,
                                 const std::vector<interface_address>& own) {
    if (!host.ip) return {};
    std::vector<ip_prefix> here;
    if (network.address) here.push_back(*network.address);
    for (const auto& one : own) {
        if (one.interface != "lo") here.push_back(one.address);
    }
    std::string shown;
    for (const auto& one : here) {
        if (one.address.v6 != host.ip->address.v6) continue;
        if (one.contains(host.ip->address) && one.length != host.ip->length) {
            return host.ip->text() + " is on the network of this machine's " + one.text() +
                   ", with another prefix length; correct one of the two";
        }
        if (host.ip->contains(one.address)) return {};
        if (shown.find(one.text()) == shown.npos) shown += (shown.empty() ? "" : ", ") + one.text();
    }
    if (host.gateway) return {};
    return "no way from " + host.ip->text() + " to this machine (" + (shown.empty() ? "no address" : shown) +
           "); write `gateway:`, or correct the address";
}

}  // namespace landscaper::daemon
