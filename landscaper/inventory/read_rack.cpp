#include "landscaper/base/duration_text.hpp"
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

void read_every(reading& in, const yaml_node& v, const std::string& p, reconcile& to) {
    auto written = read_text(in, v, p, "a time");
    if (!written) return;
    auto span = parse_duration(*written);
    if (!span || *span < std::chrono::minutes(1) || *span > std::chrono::days(7)) {
        return in.bad_value(v, p, "a time from one minute to a week", "write it like 10m, 1h or 1d");
    }
    to.every = *span;
}

// Whether there are such types is known to whoever knows them.
void read_repair(reading& in, const yaml_node& v, const std::string& p, reconcile& to) {
    if (v.is == yaml_node::kind::list && v.items.empty()) return;
    for_each_item(in, v, p, [&](const yaml_node& item) {
        auto written = read_text(in, item, p, "a resource type");
        if (written) to.repair.push_back({*written, item.at.line, item.at.column});
    });
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
    {"reconcile", "section", "", "Looking again and again at what others changed.",
     [](reading& in, const yaml_node& v, const std::string& p, rack& r) {
         read_section(in, v, p, reconcile_rows(), r.reconcile);
     }},
    {"deployments", "map: name to section", "",
     "Trees of members with a state of their own, one per operator. `rack` is this rack's own and needs no "
     "line.",
     [](reading& in, const yaml_node& v, const std::string& p, rack& r) {
         read_deployments(in, v, p, r.deployments);
     }},
    {"launch", "list of lists of paths", "",
     "Phases in which the rack's own members are begun, hosts among them; see deployments.NAME.launch.",
     [](reading& in, const yaml_node& v, const std::string& p, rack& r) { read_launch(in, v, p, r.launch); }},
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

constexpr row<reconcile> for_reconcile[] = {
    {"every", "time: 10m, 1h, 1d", "1h", "How often the providers are asked what is there.", read_every},
    {"repair", "resource type, one or a list", "nothing",
     "Types whose members are put right without asking, each at most once an hour.", read_repair},
};

}  // namespace

std::span<const row<reconcile>> reconcile_rows() {
    return for_reconcile;
}
std::span<const row<rack>> rack_rows() {
    return for_rack;
}
std::span<const row<network>> network_rows() {
    return for_network;
}
std::span<const row<store_system>> system_rows() {
    return for_system;
}

}  // namespace landscaper::inventory
