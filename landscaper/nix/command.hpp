// Command lines for Nix 2.8 and newer: no flake of the caller's folder, no substituter but what is named, no
// daemon assumed. Never runs anything.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "landscaper/base/error.hpp"

namespace landscaper::nix {

enum class nix_errc {
    missing = 1,   // no nix in PATH; the message says how to get it
    too_old,       // older than 2.8
    failed,        // nix ended with an error; the context has its last words
    bad_output,    // nix printed something else than expected
    bad_path,      // not a store path
    bad_system,    // a system is neither a pair of store paths nor a flake attribute
    no_layout,     // no expression for disk layouts was found
    bad_layout,    // a layout name or device path that no layout has
    not_admitted,  // a system that would not accept landscaper\'s client key
};
const char* describe(nix_errc code);

// "2.8.0" from `nix --version` ("nix (Nix) 2.8.0"); too_old below 2.8, bad_output when it is not Nix.
result<std::string> parse_version(std::string_view output);

// /nix/store/HASH-NAME, without anything behind it.
bool is_store_path(std::string_view path);
// The HASH part, which names the path's .narinfo in a cache.
std::string hash_part(std::string_view path);

// `choom` and `nice` in front, so that an evaluation is the first to go when memory ends, and the last to get
// CPU.
std::vector<std::string> kindly(std::vector<std::string> argv);

std::vector<std::string> make_cache_key(const std::string& name, const std::string& secret_file,
                                        const std::string& public_file);
// Copies the closures into a binary cache folder, signed and compressed.
std::vector<std::string> copy_to_cache(const std::string& folder, const std::string& secret_file,
                                       const std::vector<std::string>& paths);
// Pushes a closure over SSH into the store below `root` ("" = the host's own). The connection is what
// NIX_SSHOPTS says; the URL's host name is never looked up.
std::vector<std::string> copy_to_host(const std::string& path, const std::string& root);
// The closures of `paths` with NAR sizes, as JSON.
std::vector<std::string> path_info(const std::vector<std::string>& paths);

}  // namespace landscaper::nix

LANDSCAPER_ERROR_ENUM(landscaper::nix, nix_errc, "nix")
