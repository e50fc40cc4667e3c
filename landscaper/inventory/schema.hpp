// Every key that inventory.yaml may hold, as one table: unknown keys and "did you mean", the reference page
// and shell completion come from the same rows that read the values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace landscaper::inventory {

struct key_info {
    std::string_view section;  // "", "network", "defaults", "hosts.NAME", "hosts.NAME.disk", ...
    std::string_view name;
    std::string_view values;    // "uefi | bios", "ADDR/LEN or dhcp"
    std::string_view fallback;  // what holds without the key; "required"; empty: nothing
    std::string_view text;      // one sentence
};

std::vector<key_info> schema();

// The reference page in Markdown: one table per section.
std::string reference_page();

// Names of `section` that begin with `prefix`.
std::vector<std::string> completions(std::string_view section, std::string_view prefix);

}  // namespace landscaper::inventory
