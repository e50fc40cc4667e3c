#include "landscaper/inventory/schema.hpp"

#include "landscaper/inventory/reading.hpp"

namespace landscaper::inventory {

std::vector<key_info> schema() {
    std::vector<key_info> all;
    auto add = [&](std::string_view section, auto rows) {
        for (const auto& r : rows) all.push_back({section, r.name, r.values, r.fallback, r.text});
    };
    add("", rack_rows());
    add("network", network_rows());
    add("systems.ROLE", system_rows());
    add("reconcile", reconcile_rows());
    add("defaults", default_rows());
    add("hosts.NAME", host_rows());
    add("hosts.NAME.disk", disk_rows());
    add("hosts.NAME.boot", boot_rows());
    add("deployments.NAME", deployment_rows());
    add("deployments.NAME.operator", operator_rows());
    return all;
}

// A bar would end the cell of a Markdown table.
static std::string cell(std::string_view text) {
    std::string out;
    for (char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
    return out;
}

std::string reference_page() {
    std::string out = "# Keys of inventory.yaml\n";
    std::string_view section = "?";
    for (const auto& key : schema()) {
        if (key.section != section) {
            section = key.section;
            out += "\n## " + (section.empty() ? "The file" : "`" + std::string(section) + "`") +
                   "\n\n| key | value | without it | meaning |\n|---|---|---|---|\n";
        }
        out += "| `" + std::string(key.name) + "` | " + cell(key.values) + " | " + cell(key.fallback) +
               " | " + cell(key.text) + " |\n";
    }
    return out;
}

std::vector<std::string> completions(std::string_view section, std::string_view prefix) {
    std::vector<std::string> out;
    for (const auto& key : schema()) {
        if (key.section == section && key.name.starts_with(prefix)) out.emplace_back(key.name);
    }
    return out;
}

std::string remedy_for_unknown(std::string_view name, const std::vector<std::string>& known) {
    auto meant = did_you_mean(name, known);
    if (!meant.empty()) return meant;
    for (const auto& key : schema()) {
        if (key.name != name) continue;
        return key.section.empty() ? "it belongs to the left margin"
                                   : "it belongs into " + std::string(key.section);
    }
    return "known here: " + joined(known, ", ");
}

}  // namespace landscaper::inventory
