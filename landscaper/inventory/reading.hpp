// How the tree's texts become values: the list of problems, one reader per kind of value, and reading a
// section from its table of rows. Used by the tables alone.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "landscaper/base/nearest.hpp"
#include "landscaper/inventory/rack.hpp"
#include "landscaper/inventory/schema.hpp"
#include "landscaper/inventory/words.hpp"
#include "landscaper/inventory/yaml_tree.hpp"

namespace landscaper::inventory {

// Collects problems; `path` is the dotted name of the key.
class reading {
  public:
    explicit reading(std::string_view file) : file_(file) {}
    void bad(position at, std::string what, std::string remedy);
    // "PATH: \"written\" is not WANTED; REMEDY"
    void bad_value(const yaml_node& value, const std::string& path, std::string_view wanted,
                   std::string remedy);

    problems list;

  private:
    std::string file_;
};

// A text of one line; none (and a problem) for lists, maps and nothing.
std::optional<std::string> read_text(reading& in, const yaml_node& value, const std::string& path,
                                     std::string_view wanted);

// One value or a list of them.
template <class Reader>
void for_each_item(reading& in, const yaml_node& value, const std::string& path, Reader&& read) {
    if (value.is != yaml_node::kind::list) return read(value);
    if (value.items.empty())
        in.bad(value.at, path + ": an empty list", "leave the key out, or name something");
    for (const auto& item : value.items) read(item);
}

template <class Enum>
void read_word(reading& in, const yaml_node& value, const std::string& path, Enum& target) {
    auto written = read_text(in, value, path, "one word");
    if (!written) return;
    std::vector<std::string> known;
    for (const auto& [name, meaning] : words_of(Enum{})) {
        if (name == *written) {
            target = meaning;
            return;
        }
        known.emplace_back(name);
    }
    auto meant = nearest(*written, known);
    in.bad_value(value, path, "known here",
                 meant.empty() ? "write one of: " + joined(known, ", ") : "did you mean \"" + meant + "\"?");
}

void read_ip(reading& in, const yaml_node& value, const std::string& path, std::optional<ip_address>& target);
void read_ips(reading& in, const yaml_node& value, const std::string& path, std::vector<ip_address>& target);
// ADDR/LEN of a machine, or the word `dhcp`, which is none.
void read_prefix_or_dhcp(reading& in, const yaml_node& value, const std::string& path,
                         std::optional<ip_prefix>& target);
// The network's own address (all host bits 0) or its broadcast (all 1; IPv4 only), which no machine can have.
bool is_reserved(const ip_prefix& ip);
void read_macs(reading& in, const yaml_node& value, const std::string& path,
               std::vector<mac_address>& target);
void read_store_path(reading& in, const yaml_node& value, const std::string& path, std::string& target);
// "512M", "1G": bytes.
void read_size(reading& in, const yaml_node& value, const std::string& path, std::uint64_t& target);
// Labels with dots between them, 253 characters at most.
void read_domain(reading& in, const yaml_node& value, const std::string& path, std::string& target);
// Bytes, from what IPv4 asks of every host (576).
void read_mtu(reading& in, const yaml_node& value, const std::string& path, std::uint16_t& target);
// A map passed on verbatim, as one line of JSON.
void read_verbatim(reading& in, const yaml_node& value, const std::string& path, std::string& target);
// Lists of paths, phase after phase; no path in two of them.
void read_launch(reading& in, const yaml_node& value, const std::string& path, launch_phases& target);
void read_deployments(reading& in, const yaml_node& value, const std::string& path,
                      std::map<std::string, deployment>& target);
// The sub-sections disk and boot.
void read_disk(reading& in, const yaml_node& value, const std::string& path, disk_wish& target);
void read_boot(reading& in, const yaml_node& value, const std::string& path, host& target);

// Lower-case letters, digits and hyphens, 1 to 63, no hyphen at the ends (RFC 1123, 2.1).
bool is_label(std::string_view name);

// One key of a section: what the reference page says about it, and how it is read.
template <class T>
struct row {
    std::string_view name, values, fallback, text;
    void (*read)(reading&, const yaml_node& value, const std::string& path, T& target);
};

// What to write instead of the unknown key `name` of `section`.
std::string remedy_for_unknown(std::string_view name, const std::vector<std::string>& known);

// Reads every key by its row; unknown and missing keys are problems. False when `section` is no map.
template <class T>
bool read_section(reading& in, const yaml_node& section, const std::string& path,
                  std::span<const row<T>> rows, T& target) {
    auto prefix = path.empty() ? std::string() : path + ".";
    auto shown = path.empty() ? std::string() : path + ": ";
    if (section.is == yaml_node::kind::null) return true;
    if (section.is != yaml_node::kind::map) {
        in.bad(section.at, shown + "a map of keys is wanted here", "write it as `key: value`, one per line");
        return false;
    }
    for (const auto& entry : section.entries) {
        if (entry.key.is != yaml_node::kind::scalar) continue;  // is a problem already
        auto found =
            std::find_if(rows.begin(), rows.end(), [&](const auto& r) { return r.name == entry.key.text; });
        if (found != rows.end()) {
            found->read(in, entry.value, prefix + entry.key.text, target);
            continue;
        }
        std::vector<std::string> known;
        for (const auto& r : rows) known.emplace_back(r.name);
        in.bad(entry.key.at, shown + "unknown key " + quoted(entry.key.text),
               remedy_for_unknown(entry.key.text, known));
    }
    return true;
}

// The tables.
std::span<const row<rack>> rack_rows();
std::span<const row<network>> network_rows();
std::span<const row<store_system>> system_rows();
std::span<const row<reconcile>> reconcile_rows();
std::span<const row<host>> default_rows();
std::span<const row<host>> host_rows();
std::span<const row<disk_wish>> disk_rows();
std::span<const row<host>> boot_rows();
std::span<const row<deployment>> deployment_rows();
std::span<const row<operator_contact>> operator_rows();

}  // namespace landscaper::inventory
