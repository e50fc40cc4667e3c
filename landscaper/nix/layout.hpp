// Disk layouts: the argument of the layout expression and what comes back as script text. The expression is
// disko's library, or the rehearsal's own with the same interface (iso/ and tests/ say where).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "landscaper/base/error.hpp"

namespace landscaper::nix {

struct layout_request {
    std::string layout = "single-ext4";  // or the name of another one; empty when `disko` is given
    std::string disko;                   // JSON text of a verbatim disko spec, or empty
    std::vector<std::string> devices;    // stable paths on the host, in the layout's order
    bool bios = false;
    friend bool operator==(const layout_request&, const layout_request&) = default;
};

// The one argument of the expression, as JSON text: {"bios":..,"devices":[..],"disko":..,"layout":".."}.
std::string to_json(const layout_request& request);

struct layout_result {
    std::string destroy, format, mount, unmount;  // bash
    std::string source;                           // which expression, for people
    friend bool operator==(const layout_result&, const layout_result&) = default;
};
// {"destroy":"..","format":"..","mount":"..","unmount":".."}; all four are needed.
result<layout_result> parse_layout(std::string_view json, std::string source);

}  // namespace landscaper::nix
