// Disk layouts: how the layout expression is called, and what comes back as script text. The expression is
// disko's own library behind a thin wrapper, or one file with the same interface:
//   { layout, devices, bios, esp_size, ... }: { destroy, format, mount, unmount: bash texts; esp: block
//   devices of the ESPs }
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "landscaper/base/error.hpp"

namespace landscaper::nix {

struct layout_request {
    std::string layout = "single-ext4";
    std::string disko;                 // JSON text of a verbatim disko spec, or empty; needs disko
    std::vector<std::string> devices;  // stable paths on the host, in the layout's order
    bool bios = false;                 // a BIOS boot partition in the place of the ESP
    std::uint64_t esp_size = std::uint64_t{512} << 20;  // bytes, whole MiB
    friend bool operator==(const layout_request&, const layout_request&) = default;
};

// Where layouts come from.
struct layout_source {
    std::string disko;        // folder of disko, with nixpkgs_lib; empty = none
    std::string nixpkgs_lib;  // folder of nixpkgs' lib
    std::string file;         // a layout expression of one's own
};

// The disko spec that a named layout stands for, as a Nix expression of a set with `disk`, `mdadm` and the
// like; needs neither disko nor nixpkgs. bad_layout as below.
result<std::string> spec_expression(const layout_request& request);

// `nix-instantiate` to JSON. no_layout when there is no source for this request; bad_layout when the layout's
// name or a device has bytes that no layout has.
result<std::vector<std::string>> evaluate_layout(const layout_source& source, const layout_request& request);
// "disko at /nix/store/..", "tests/.../layout.nix": what evaluate_layout() used, for people.
std::string describe(const layout_source& source);

struct layout_result {
    std::string destroy, format, mount, unmount;  // bash
    std::vector<std::string> esp;                 // block devices of the boot partitions
    std::string source;                           // which expression, for people
    friend bool operator==(const layout_result&, const layout_result&) = default;
};
result<layout_result> parse_layout(std::string_view json, std::string source);

}  // namespace landscaper::nix
