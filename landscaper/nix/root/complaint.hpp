// Nix's errors, for the operator: their own file and line first, then what is wrong, then where Nix was.
// Pure.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "landscaper/base/error.hpp"

namespace landscaper::nix::root {

struct place {
    std::string file;
    unsigned line = 0, column = 0;  // 0 = not known
    friend bool operator==(const place&, const place&) = default;
};

struct complaint {
    std::string message;        // Nix's, without colours
    std::vector<place> places;  // where it happened, then who asked for it
    friend bool operator==(const complaint&, const complaint&) = default;
};

// {"file":..,"line":..,"column":..}; none without a file.
std::optional<place> place_in(const nlohmann::json& from);

// An error message of `--log-format internal-json`; none for any other one.
std::optional<complaint> complaint_in(const nlohmann::json& log_line);

// The folder whose files are the operator's own, and how to read one of them (none when there is none).
struct own_files {
    std::string folder;
    std::function<std::optional<std::string>(const std::string& name)> read;
    // The deployment's root in the folder, or how else it is called: nixops4.nix, .#foo. May be empty.
    std::string root = {};
};

// The first place in one of the operator's own files, whose name is then relative to the folder; a flake's
// copy in the store counts as the file it was copied from. When Nix names no such place, the line that has
// the option's name, if just one has it.
std::optional<place> own_place(const complaint& what, const own_files& own);

// "nixops4.nix:12:33: cannot convert a function to JSON". Without a place in one of the operator's files it
// begins with the root's name, and the line there that alone has `name`. At most 2000 bytes.
std::string sentence(const complaint& what, const own_files& own, const std::string& name = {});

}  // namespace landscaper::nix::root
