#include <algorithm>
#include <charconv>

#include "landscaper/base/printable.hpp"
#include "landscaper/inventory/json_tree.hpp"
#include "landscaper/inventory/reading.hpp"

namespace landscaper::inventory {

void reading::bad(position at, std::string what, std::string remedy) {
    list.push_back({file_, at.line, at.column, std::move(what), std::move(remedy)});
}

void reading::bad_value(const yaml_node& value, const std::string& path, std::string_view wanted,
                        std::string remedy) {
    bad(value.at, path + ": " + quoted(value.text) + " is not " + std::string(wanted), std::move(remedy));
}

std::optional<std::string> read_text(reading& in, const yaml_node& value, const std::string& path,
                                     std::string_view wanted) {
    bool is_text = value.is == yaml_node::kind::scalar && !value.text.empty();
    // "\0" and "\e" in double quotes are control characters that no check of the file's bytes has seen.
    if (is_text && text::printable(value.text, value.text.size()) == value.text) return value.text;
    std::string seen = value.is == yaml_node::kind::list  ? "a list"
                       : value.is == yaml_node::kind::map ? "a map"
                       : is_text                          ? "several lines or control characters"
                                                          : "nothing";
    in.bad(value.at, path + ": " + seen + " where " + std::string(wanted) + " is wanted",
           seen == "nothing" ? "write it behind the colon, or leave the key out"
                             : "write one value on this line");
    return std::nullopt;
}

void read_ip(reading& in, const yaml_node& value, const std::string& path,
             std::optional<ip_address>& target) {
    auto written = read_text(in, value, path, "an IP address");
    if (!written) return;
    if (auto address = ip_address::parse(*written)) {
        target = *address;
        return;
    }
    bool has_length = ip_prefix::parse(*written).has_value();
    in.bad_value(value, path, "an IP address",
                 has_length ? "leave the prefix length out" : "write it like 10.0.0.1 or fd00::1");
}

void read_ips(reading& in, const yaml_node& value, const std::string& path, std::vector<ip_address>& target) {
    std::vector<ip_address> read;
    for_each_item(in, value, path, [&](const yaml_node& item) {
        std::optional<ip_address> address;
        read_ip(in, item, path, address);
        if (address && std::find(read.begin(), read.end(), *address) != read.end()) {
            in.bad_value(item, path, "new in this list", "write every address once");
        } else if (address) {
            read.push_back(*address);
        }
    });
    target = std::move(read);
}

bool is_reserved(const ip_prefix& ip) {
    unsigned bits = ip.address.v6 ? 128 : 32;
    if (ip.length + 1 >= bits) return false;  // RFC 3021, RFC 6164: point to point
    bool all_zeros = true, all_ones = !ip.address.v6;
    for (unsigned bit = ip.length; bit < bits; ++bit) {
        bool is_one = ip.address.octets[bit / 8] >> (7 - bit % 8) & 1;
        (is_one ? all_zeros : all_ones) = false;
    }
    return all_zeros || all_ones;
}

// A network in which nobody else is, or everybody: no host could be installed there.
static bool is_without_network(const ip_prefix& ip) {
    return ip.length == 0 || ip.length == (ip.address.v6 ? 128 : 32);
}

// Loopback, multicast, unspecified, and IPv4's class E.
static bool is_unusable(const ip_address& a) {
    if (!a.v6) return a.octets[0] == 0 || a.octets[0] == 127 || a.octets[0] >= 224;
    bool is_low = std::all_of(a.octets.begin(), a.octets.begin() + 15, [](auto o) { return o == 0; });
    return a.octets[0] == 0xff || (is_low && a.octets[15] <= 1);
}

void read_prefix_or_dhcp(reading& in, const yaml_node& value, const std::string& path,
                         std::optional<ip_prefix>& target) {
    auto written = read_text(in, value, path, "an address with prefix length, or `dhcp`,");
    if (!written) return;
    if (*written == "dhcp") {
        target.reset();
        return;
    }
    auto ip = ip_prefix::parse(*written);
    if (ip && is_unusable(ip->address)) {
        in.bad_value(value, path, "an address that a machine can have", "write the server's own address");
    } else if (ip && is_without_network(*ip)) {
        in.bad_value(value, path, "an address in a network",
                     "write the length of the network's prefix, like " + ip->address.text() +
                         (ip->address.v6 ? "/64" : "/24"));
    } else if (ip && is_reserved(*ip)) {
        in.bad_value(value, path, "an address of one machine but of the network",
                     "write the server's own address in it, like 10.0.0.11/24");
    } else if (ip) {
        target = *ip;
    } else if (ip_address::parse(*written)) {
        in.bad_value(value, path, "an address with prefix length",
                     "add the length of the network's prefix, like " + *written +
                         (written->find(':') == written->npos ? "/24" : "/64"));
    } else {
        in.bad_value(value, path, "an address with prefix length", "write it like 10.0.0.11/24, or `dhcp`");
    }
}

static bool is_domain(std::string_view name) {
    if (name.size() > 253) return false;
    for (std::size_t begin = 0;;) {
        auto end = std::min(name.find('.', begin), name.size());
        if (!is_label(name.substr(begin, end - begin))) return false;
        if (end == name.size()) return true;
        begin = end + 1;
    }
}

void read_domain(reading& in, const yaml_node& value, const std::string& path, std::string& target) {
    auto written = read_text(in, value, path, "a DNS domain");
    if (!written) return;
    if (is_domain(*written)) {
        target = *written;
    } else {
        in.bad_value(value, path, "a DNS domain",
                     "write it in lower case and without a dot at the end, like rack.example.org");
    }
}

void read_mtu(reading& in, const yaml_node& value, const std::string& path, std::uint16_t& target) {
    auto written = read_text(in, value, path, "a number of bytes");
    if (!written) return;
    std::uint16_t bytes = 0;
    const auto* last = written->data() + written->size();
    auto [end, failed] = std::from_chars(written->data(), last, bytes);
    if (failed == std::errc() && end == last && bytes >= 576) {
        target = bytes;
    } else {
        in.bad_value(value, path, "an MTU", "write bytes from 576 to 65535, like 1500 or 9000");
    }
}

void read_macs(reading& in, const yaml_node& value, const std::string& path,
               std::vector<mac_address>& target) {
    for_each_item(in, value, path, [&](const yaml_node& item) {
        auto written = read_text(in, item, path, "a MAC address");
        if (!written) return;
        auto mac = mac_address::parse(*written);
        if (!mac) {
            in.bad_value(item, path, "a MAC address",
                         "write six pairs of hexadecimal digits, like 52:54:00:0a:00:01");
        } else if (!mac->is_unicast()) {
            in.bad_value(item, path, "the address of a network card", "look it up on the card's label");
        } else if (std::find(target.begin(), target.end(), *mac) != target.end()) {
            in.bad_value(item, path, "new in this list", "write every address once");
        } else {
            target.push_back(*mac);
        }
    });
}

// /nix/store/HASH-NAME: 32 digits of Nix's base 32 (no e, o, t, u), then letters, digits and +-._?=
static bool is_store_path(std::string_view path) {
    constexpr std::string_view store = "/nix/store/", more = "+-._?=";
    if (!path.starts_with(store) || path.size() < store.size() + 34) return false;
    auto hash = path.substr(store.size(), 32), name = path.substr(store.size() + 33);
    auto is_alnum = [](char c) { return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z'); };
    return path[store.size() + 32] == '-' &&
           std::all_of(hash.begin(), hash.end(),
                       [&](char c) {
                           return (c >= '0' && c <= '9') ||
                                  (c >= 'a' && c <= 'z' &&
                                   std::string_view("eotu").find(c) == std::string_view::npos);
                       }) &&
           std::all_of(name.begin(), name.end(),
                       [&](char c) { return is_alnum(c) || more.find(c) != more.npos; });
}

void read_store_path(reading& in, const yaml_node& value, const std::string& path, std::string& target) {
    auto written = read_text(in, value, path, "a path in the Nix store");
    if (!written) return;
    if (is_store_path(*written)) {
        target = *written;
        return;
    }
    in.bad_value(value, path, "a path in the Nix store",
                 "write /nix/store/HASH-NAME, as `nix build --print-out-paths` shows it");
}

void read_size(reading& in, const yaml_node& value, const std::string& path, std::uint64_t& target) {
    auto written = read_text(in, value, path, "a size");
    if (!written) return;
    std::uint64_t number = 0;
    auto [end, failed] = std::from_chars(written->data(), written->data() + written->size(), number);
    auto unit = std::string_view(*written).substr(static_cast<std::size_t>(end - written->data()));
    int shift = unit == "M" || unit == "MiB" ? 20 : unit == "G" || unit == "GiB" ? 30 : 0;
    if (failed != std::errc{} || !shift || number == 0 || number > (std::uint64_t{1} << 20)) {
        in.bad_value(value, path, "a size", "write it like 512M or 1G");
        return;
    }
    target = number << shift;
}

void read_verbatim(reading& in, const yaml_node& value, const std::string& path, std::string& target) {
    if (value.is == yaml_node::kind::map) {
        target = json_of(value);
    } else if (value.is != yaml_node::kind::null) {
        in.bad(value.at, path + ": a map of keys is wanted here", "write it as `key: value`, one per line");
    }
}

bool is_label(std::string_view name) {
    auto is_good = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
    return !name.empty() && name.size() <= 63 && name.front() != '-' && name.back() != '-' &&
           std::all_of(name.begin(), name.end(), is_good);
}

}  // namespace landscaper::inventory
