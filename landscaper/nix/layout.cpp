#include "landscaper/nix/layout.hpp"

#include <nlohmann/json.hpp>

#include "landscaper/base/json_in.hpp"
#include "landscaper/nix/command.hpp"

namespace landscaper::nix {

std::string to_json(const layout_request& request) {
    nlohmann::json out;
    out["layout"] = request.layout;
    out["devices"] = request.devices;
    out["bios"] = request.bios;
    auto disko =
        request.disko.empty() ? nlohmann::json() : nlohmann::json::parse(request.disko, nullptr, false);
    out["disko"] = disko.is_discarded() ? nlohmann::json() : disko;
    return json_text(out);
}

static result<std::string> script_of(const nlohmann::json& from, const char* name) {
    auto found = from.find(name);
    if (found == from.end() || !found->is_string()) {
        return error(nix_errc::bad_output,
                     std::string("the layout expression gave no `") + name + "` script");
    }
    return found->get<std::string>();
}

result<layout_result> parse_layout(std::string_view text, std::string source) {
    TRY(auto json, json_in(text, std::size_t{4} << 20, 16));
    if (!json.is_object()) return error(nix_errc::bad_output, "the layout expression gave no attribute set");
    layout_result out;
    TRY(out.destroy, script_of(json, "destroy"));
    TRY(out.format, script_of(json, "format"));
    TRY(out.mount, script_of(json, "mount"));
    TRY(out.unmount, script_of(json, "unmount"));
    out.source = std::move(source);
    return out;
}

}  // namespace landscaper::nix
