#include "landscaper/inventory/parse.hpp"

#include <algorithm>
#include <tuple>

#include "landscaper/base/printable.hpp"
#include "landscaper/inventory/reading.hpp"

namespace landscaper::inventory {

namespace {

// Which lines a host's keys stand in; a key of the defaults counts where the host is silent.
source_lines lines_of(const yaml_entry& host, const yaml_node* defaults) {
    source_lines lines;
    if (defaults) {
        for (const auto& entry : defaults->entries) lines.by_key[entry.key.text] = entry.key.at.line;
    }
    for (const auto& entry : host.value.entries) lines.by_key[entry.key.text] = entry.key.at.line;
    lines.by_key[""] = host.key.at.line;
    return lines;
}

// Where to point for `key` of a host: its value, else the host's name.
position where(const yaml_entry& host, std::string_view key) {
    const auto* entry = host.value.find(key);
    return entry ? entry->value.at : host.key.at;
}

void settle_role(reading& in, const yaml_entry& entry, const std::string& path, const rack& r, host& h) {
    if (h.role.empty() && r.systems.size() == 1) h.role = r.systems.begin()->first;
    if (r.systems.count(h.role)) return;
    std::vector<std::string> known;
    for (const auto& system : r.systems) known.push_back(system.first);
    if (known.empty()) {
        in.bad(entry.key.at, path + ": no system to install",
               "add `systems:` with one line like `proxmox: .#proxmox` at the left margin");
    } else if (h.role.empty()) {
        in.bad(entry.key.at, path + ": no role, and there are several systems",
               "write role: here or in defaults, one of " + joined(known, ", "));
    } else {
        auto meant = did_you_mean(h.role, known);
        in.bad(where(entry, "role"), path + ".role: " + quoted(h.role) + " is not in `systems`",
               meant.empty() ? "write one of: " + joined(known, ", ") : meant);
    }
}

// The default gateway serves the hosts of its family; one that a host's own prefix does not hold is an error.
void settle_gateway(reading& in, const yaml_entry& entry, const std::string& path, host& h) {
    bool is_own = entry.value.find("gateway") != nullptr;
    if (!h.gateway) return;
    if (!h.ip || (!is_own && h.gateway->v6 != h.ip->address.v6)) {
        if (is_own && entry.value.find("ip")) {
            in.bad(where(entry, "gateway"), path + ".gateway: a gateway for an address by DHCP",
                   "leave it out, DHCP names the gateway; or write the address in `ip`");
        }
        h.gateway.reset();
        return;
    }
    std::string name = is_own ? ".gateway: " : ".ip: the default gateway ";
    if (!h.ip->contains(*h.gateway)) {
        in.bad(where(entry, is_own ? "gateway" : "ip"),
               path + name + h.gateway->text() + " is not in " + h.ip->text() + ", the host's network",
               is_own ? "correct one of the two" : "correct the address, or write `gateway:` for this host");
    } else if (is_reserved({*h.gateway, h.ip->length})) {
        in.bad(where(entry, is_own ? "gateway" : "ip"),
               path + name + h.gateway->text() + " is no machine of " + h.ip->text() + " but the network",
               "write the router's address");
    } else if (*h.gateway == h.ip->address) {
        in.bad(where(entry, is_own ? "gateway" : "ip"),
               path + name + h.gateway->text() + " is the host itself", "write the router's address");
    }
}

host read_one_host(reading& in, const yaml_entry& entry, const rack& r, const host& defaults) {
    host h = defaults;
    h.name = entry.key.text;
    auto path = "hosts." + text::printable(h.name, 80);
    if (!is_label(h.name)) {
        in.bad(entry.key.at, quoted(h.name) + " is not a host name",
               "write 1 to 63 lower-case letters, digits and hyphens, no hyphen at the ends");
    }
    if (!read_section(in, entry.value, path, host_rows(), h)) return h;
    for (const auto* key : {"mac", "ip"}) {
        if (entry.value.find(key)) continue;
        in.bad(entry.key.at, path + ": \"" + key + "\" is missing",
               key == std::string_view("mac")
                   ? "write the address of the server's network card, mac: 52:54:00:0a:00:01"
                   : "write the server's address, ip: 10.0.0.11/24, or ip: dhcp");
    }
    settle_role(in, entry, path, r, h);
    settle_gateway(in, entry, path, h);
    if (!h.ip && r.network.dhcp == dhcp_mode::reservations && entry.value.find("ip")) {
        in.bad(where(entry, "ip"),
               path + ".ip: no address, and `network.dhcp: reservations` gives only known ones",
               "write the host's address, or `dhcp: proxy` beside a DHCP server");
    }
    const auto* disk = entry.value.find("disk");
    if (!h.disko.empty() && disk && disk->value.find("layout")) {
        in.bad(where(entry, "disko"), path + ": both disko and disk.layout", "keep one of them");
    }
    return h;
}

// Addresses that must be one host's alone.
class taken {
  public:
    void check(reading& in, const std::string& what, const std::string& owner, const std::string& path,
               position at) {
        auto [first, is_new] = owners_.emplace(what, std::pair(owner, at.line));
        if (is_new || first->second.first == owner) return;
        in.bad(at,
               path + ": " + what + " is also that of " + first->second.first + " (line " +
                   std::to_string(first->second.second) + ")",
               "every address belongs to one host");
    }

  private:
    std::map<std::string, std::pair<std::string, int>> owners_;
};

// Points at the list's item when there is one.
position where_mac(const yaml_entry& host, const mac_address& mac) {
    const auto* entry = host.value.find("mac");
    if (!entry) return host.key.at;
    for (const auto& item : entry->value.items) {
        if (mac_address::parse(item.text) == mac) return item.at;
    }
    return entry->value.at;
}

void read_hosts(reading& in, const yaml_node& hosts, const yaml_node* defaults_node, const host& defaults,
                position appliance, rack& r) {
    if (hosts.is == yaml_node::kind::null) return;
    if (hosts.is != yaml_node::kind::map) {
        return in.bad(hosts.at, "hosts: a map of names is wanted here",
                      "write it like `px01: { mac: 52:54:00:0a:00:01, ip: 10.0.0.11/24 }`");
    }
    taken addresses;
    if (r.network.address) {
        addresses.check(in, r.network.address->address.text(), "the appliance", "network.address", appliance);
    }
    for (const auto& entry : hosts.entries) {
        if (entry.key.is != yaml_node::kind::scalar) continue;
        auto h = read_one_host(in, entry, r, defaults);
        h.lines = lines_of(entry, defaults_node);
        auto path = "hosts." + text::printable(h.name, 80);
        for (const auto& mac : h.mac)
            addresses.check(in, mac.text(), h.name, path + ".mac", where_mac(entry, mac));
        if (h.ip) addresses.check(in, h.ip->address.text(), h.name, path + ".ip", where(entry, "ip"));
        r.hosts.emplace(h.name, std::move(h));
    }
}

rack read_rack(reading& in, const yaml_node& root) {
    rack r;
    if (!read_section(in, root, "", rack_rows(), r)) return r;
    host defaults;
    const auto* defaults_entry = root.find("defaults");
    if (defaults_entry) read_section(in, defaults_entry->value, "defaults", default_rows(), defaults);
    const auto* network = root.find("network");
    const auto* address = network ? network->value.find("address") : nullptr;
    const auto* hosts = root.find("hosts");
    if (hosts)
        read_hosts(in, hosts->value, defaults_entry ? &defaults_entry->value : nullptr, defaults,
                   address ? address->value.at : position{}, r);
    return r;
}

}  // namespace

int source_lines::of(std::string_view key) const {
    auto found = by_key.find(key);
    if (found == by_key.end()) found = by_key.find("");
    return found == by_key.end() ? 0 : found->second;
}

const host* rack::find(const mac_address& mac) const {
    for (const auto& [name, h] : hosts) {
        if (std::find(h.mac.begin(), h.mac.end(), mac) != h.mac.end()) return &h;
    }
    return nullptr;
}

parsed parse(std::string_view text, std::string_view file) {
    reading in(file);
    auto root = read_yaml(text, file, in.list);
    auto value = read_rack(in, root);
    if (in.list.empty()) return value;
    std::stable_sort(in.list.begin(), in.list.end(), [](const problem& a, const problem& b) {
        return std::tie(a.line, a.column) < std::tie(b.line, b.column);
    });
    return in.list;
}

}  // namespace landscaper::inventory
