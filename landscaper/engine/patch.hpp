// JSON Patch (RFC 6902) on documents that were written by others: every misfit is an error, where nlohmann's
// own would throw or abort.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "landscaper/base/error.hpp"

namespace landscaper::engine {

enum class patch_errc {
    malformed = 1,  // not an array of operations with op and path as RFC 6902 says
    no_such_place,  // a path that does not exist in the document
    test_failed,    // a `test` operation that does not hold
};
const char* describe(patch_errc code);

// Names of an RFC 6901 pointer, unescaped; "" has none. Malformed when it does not start with "/".
result<std::vector<std::string>> pointer_names(std::string_view pointer);
std::string pointer_text(const std::vector<std::string>& names);

// Puts `what` at a place; parents must exist, the place itself need not.
result<void> put_at(nlohmann::json& document, std::string_view pointer, nlohmann::json what);

// Applies all operations in order. After an error the document is spoilt: drop it.
result<void> apply_patch(nlohmann::json& document, const nlohmann::json& patch);

}  // namespace landscaper::engine

LANDSCAPER_ERROR_ENUM(landscaper::engine, patch_errc, "patch")
