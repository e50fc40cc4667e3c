#include "landscaper/nix/closure.hpp"

#include <nlohmann/json.hpp>

#include "landscaper/base/json_in.hpp"
#include "landscaper/nix/command.hpp"

namespace landscaper::nix {

// Closures of a NixOS system have some thousand paths of some hundred bytes.
static constexpr std::size_t largest_report = std::size_t{64} << 20;

std::uint64_t closure::nar_size() const {
    std::uint64_t sum = 0;
    for (const auto& path : paths) sum += path.nar_size;
    return sum;
}

static result<closure_path> read_path(const std::string& path, const nlohmann::json& info) {
    if (!is_store_path(path))
        return error(nix_errc::bad_output, "path-info: not a store path: " + path.substr(0, 100));
    auto size = info.is_object() ? info.find("narSize") : info.end();
    if (!info.is_object() || size == info.end() || !size->is_number_unsigned()) {
        return error(nix_errc::bad_output, "path-info: " + path + " has no size; it is not in the store");
    }
    closure_path out;
    out.path = path;
    out.nar_size = size->get<std::uint64_t>();
    auto references = info.find("references");
    if (references == info.end() || !references->is_array()) return out;
    for (const auto& reference : *references) {
        if (reference.is_string()) out.references.push_back(reference.get<std::string>());
    }
    return out;
}

result<closure> parse_path_info(std::string_view text) {
    TRY(auto json, json_in(text, largest_report, 16));
    closure out;
    if (json.is_array()) {
        for (const auto& info : json) {
            auto path = info.is_object() ? info.find("path") : info.end();
            if (!info.is_object() || path == info.end() || !path->is_string()) {
                return error(nix_errc::bad_output, "path-info: an entry without path");
            }
            TRY(auto one, read_path(path->get<std::string>(), info));
            out.paths.push_back(std::move(one));
        }
        return out;
    }
    if (!json.is_object()) return error(nix_errc::bad_output, "path-info: neither a list nor an object");
    for (const auto& [path, info] : json.items()) {
        TRY(auto one, read_path(path, info));
        out.paths.push_back(std::move(one));
    }
    return out;
}

}  // namespace landscaper::nix
