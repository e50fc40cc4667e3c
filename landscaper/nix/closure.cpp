#include "landscaper/nix/closure.hpp"

#include <nlohmann/json.hpp>

#include "landscaper/base/json_fields.hpp"
#include "landscaper/nix/command.hpp"

namespace landscaper::nix {

std::uint64_t closure::nar_size() const {
    std::uint64_t out = 0;
    for (const auto& [path, size] : sizes) out += size;
    return out;
}

namespace {

result<void> add(closure& to, const std::string& path, const nlohmann::json& info) {
    json_fields fields(info, path);
    auto size = fields.number("narSize");
    if (fields.failed()) return error(nix_errc::bad_output, fields.failure().message());
    if (!is_store_path(path)) return error(nix_errc::bad_output, "path-info: " + path);
    to.sizes[path] = size;
    return {};
}

}  // namespace

result<closure> parse_path_info(std::string_view text) {
    auto document = json_in(text, std::size_t{256} << 20, 16);
    if (!document) return error(nix_errc::bad_output, document.error().message());
    closure out;
    if (document->is_array()) {
        for (const auto& item : *document) {
            json_fields fields(item, "path-info");
            auto path = fields.text("path");
            if (fields.failed()) return error(nix_errc::bad_output, fields.failure().message());
            TRY_VOID(add(out, path, item));
        }
    } else if (document->is_object()) {
        for (const auto& [path, info] : document->items()) {
            TRY_VOID(add(out, path, info));
        }
    }
    if (out.sizes.empty()) return error(nix_errc::bad_output, "path-info names no path");
    return out;
}

}  // namespace landscaper::nix
