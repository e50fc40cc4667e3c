// What a request line asks for. Pure text work: opens nothing, knows no host.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace pxe::http {

// An object that the proxy's decision names: "b/TOKEN/OBJECT", "local.efi", "snponly.efi", or a file of a
// served folder.
struct artefact {
    std::string name;
    friend bool operator==(const artefact&, const artefact&) = default;
};
// A file beneath the Nix cache's folder.
struct cache_file {
    std::string name;
    friend bool operator==(const cache_file&, const cache_file&) = default;
};
// PUT /here/TOKEN: an installer tells its address.
struct announcement {
    std::string token;
    friend bool operator==(const announcement&, const announcement&) = default;
};
// Refused before anything is looked up: 400, 404 or 405, never 401 (EDK2 would ask for a password).
struct refusal {
    unsigned status = 404;
    std::string allow;  // the methods, for 405
    friend bool operator==(const refusal&, const refusal&) = default;
};
using route = std::variant<artefact, cache_file, announcement, refusal>;

// The path without query, host part and empty or "." components, percent-decoded, without a leading slash.
// None for
// ".." components, NUL, control characters, a bad escape, or nothing left.
std::optional<std::string> path_of(std::string_view target);

route route_of(std::string_view method, std::string_view target);

// By the end of the name; UEFI HTTP Boot needs application/efi, or a name that ends in .efi.
std::string_view content_type_of(std::string_view name);

}  // namespace pxe::http
