// Any text is an inventory or a list of problems with positions; what could be read can be adopted into.
#include <cstdlib>

#include "landscaper/inventory/adopt.hpp"
#include "landscaper/inventory/parse.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    auto read = landscaper::inventory::parse(text, "inventory.yaml");
    if (!read) {
        if (read.error().empty()) std::abort();
        for (const auto& p : read.error()) {
            if (p.message().find('\n') != std::string::npos || p.line < 0) std::abort();
        }
        return 0;
    }
    landscaper::inventory::new_host host{"zz-new", {{2, 0, 0, 0xfe, 0xfe, 0xfe}}, "dhcp", "a"};
    auto added = landscaper::inventory::adopt(text, "inventory.yaml", host);
    if (added && added->text.size() < size + added->line.size()) std::abort();
    return 0;
}
