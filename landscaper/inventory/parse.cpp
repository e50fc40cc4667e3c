#include "landscaper/inventory/parse.hpp"

#include <algorithm>
#include <tuple>

#include "landscaper/base/printable.hpp"
#include "landscaper/inventory/reading.hpp"

namespace landscaper::inventory {

namespace {

void read_version(reading& in, const yaml_node& v, const std::string& p, rack&) {
    auto written = read_text(in, v, p, "a number");
    if (written && *written != "1")
        in.bad_value(v, p, "a version that is read here", "write 1, or leave the key out");
}

void read_site(reading& in, const yaml_node& v, const std::string& p, rack& r) {
    auto written = read_text(in, v, p, "a name");
    if (!written) return;
    if (written->size() > 63) return in.bad_value(v, p, "a short name", "write at most 63 characters");
    r.site = *written;
}

void read_interfaces(reading& in, const yaml_node& v, const std::string& p, network& n) {
    n.interfaces.clear();
    for_each_item(in, v, p, [&](const yaml_node& item) {
        auto written = read_text(in, item, p, "an interface's name");
        if (!written || (*written == "auto" && v.is == yaml_node::kind::scalar)) return;
        // Linux: 15 characters, neither blanks nor slashes (net/core/dev.c, dev_valid_name).
        if (written->size() > 15 || written->find_first_of(" /:\t") != written->npos || *written == "auto") {
            return in.bad_value(item, p, "an interface's name",
                                "write a name that `ip link` shows, or `auto` alone");
        }
        n.interfaces.push_back(*written);
    });
}

void read_system(reading& in, const yaml_node& v, const std::string& p, system_source& target) {
    if (v.is == yaml_node::kind::map) {
        store_system pair;
        read_section(in, v, p, system_rows(), pair);
        for (const auto* key : {"base", "toplevel"}) {
            if (!v.find(key))
                in.bad(v.at, p + ": \"" + key + "\" is missing", "write both base and toplevel");
        }
        target = std::move(pair);
        return;
    }
    auto written = read_text(in, v, p, "a flake attribute");
    if (!written) return;
    auto hash = written->find('#');
    bool is_good = hash != written->npos && hash > 0 && hash + 1 < written->size() &&
                   written->find(' ') == written->npos;
    if (!is_good) {
        in.bad_value(v, p, "a flake attribute",
                     "write FLAKE#ATTRIBUTE like .#proxmox, or { base: PATH, toplevel: PATH }");
        return;
    }
    target = flake_system{*written};
}

void read_systems(reading& in, const yaml_node& v, const std::string& p, rack& r) {
    if (v.is == yaml_node::kind::null) return;
    if (v.is != yaml_node::kind::map) {
        return in.bad(v.at, p + ": a map of roles is wanted here", "write it like `proxmox: .#proxmox`");
    }
    for (const auto& entry : v.entries) {
        if (entry.key.is != yaml_node::kind::scalar) continue;
        read_system(in, entry.value, p + "." + text::printable(entry.key.text, 80),
                    r.systems[entry.key.text]);
    }
}

// Read in an order of their own by parse().
void read_later(reading&, const yaml_node&, const std::string&, rack&) {}

constexpr row<rack> for_rack[] = {
    {"version", "1", "1", "The version of this file's keys.", read_version},
    {"site", "text", "rack", "The rack's name on the screen.", read_site},
    {"network", "section", "", "The appliance's own side of the provisioning network.",
     [](reading& in, const yaml_node& v, const std::string& p, rack& r) {
         read_section(in, v, p, network_rows(), r.network);
     }},
    {"systems", "map: role to FLAKE#ATTRIBUTE or { base, toplevel }", "",
     "What hosts of a role become: a flake attribute that is a function of the host, or two store paths.",
     read_systems},
    {"defaults", "section", "", "What holds for every host that does not say otherwise.", read_later},
    {"hosts", "map: name to section", "", "The servers. A name is lower-case letters, digits and hyphens.",
     read_later},
    {"deployments", "map", "", "Operators and their services.",
     [](reading& in, const yaml_node& v, const std::string& p, rack& r) {
         read_verbatim(in, v, p, r.deployments);
     }},
};

constexpr row<network> for_network[] = {
    {"interface", "auto | name, one or a list", "auto", "Where servers ask for an address.", read_interfaces},
    {"address", "ADDR/LEN | dhcp", "dhcp", "The appliance's own address on it.",
     [](reading& in, const yaml_node& v, const std::string& p, network& n) {
         read_prefix_or_dhcp(in, v, p, n.address);
     }},
    {"dhcp", "proxy | reservations | off", "proxy",
     "proxy: the site has a DHCP server; reservations: landscaper gives hosts their addresses; off: no "
     "answers.",
     [](reading& in, const yaml_node& v, const std::string& p, network& n) { read_word(in, v, p, n.dhcp); }},
};

constexpr row<store_system> for_system[] = {
    {"base", "store path", "required", "The closure that the installer writes.",
     [](reading& in, const yaml_node& v, const std::string& p, store_system& s) {
         read_store_path(in, v, p, s.base);
     }},
    {"toplevel", "store path", "required", "The final system.",
     [](reading& in, const yaml_node& v, const std::string& p, store_system& s) {
         read_store_path(in, v, p, s.toplevel);
     }},
};

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
        auto meant = nearest(h.role, known);
        in.bad(where(entry, "role"), path + ".role: " + quoted(h.role) + " is not in `systems`",
               meant.empty() ? "write one of: " + joined(known, ", ") : "did you mean \"" + meant + "\"?");
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

std::span<const row<rack>> rack_rows() {
    return for_rack;
}
std::span<const row<network>> network_rows() {
    return for_network;
}
std::span<const row<store_system>> system_rows() {
    return for_system;
}

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
