#include "landscaper/engine/resource.hpp"

#include <nlohmann/json.hpp>

namespace landscaper::engine {

input literal(nlohmann::json json) {
    return {value(std::move(json)), {}, {}};
}

input reference(path resource, std::string output) {
    return with_holes(nullptr, {hole{"", {std::move(resource), std::move(output)}}});
}

input with_holes(nlohmann::json json, std::vector<hole> holes) {
    return {value(std::move(json)), std::move(holes), {}};
}

std::set<path> needs_of(const member& m) {
    std::set<path> out(m.after.begin(), m.after.end());
    for (const auto& [name, given] : m.inputs) {
        for (const auto& h : given.holes) out.insert(h.from.resource);
        for (const auto& ref : given.unknown_until) out.insert(ref.resource);
    }
    return out;
}

}  // namespace landscaper::engine
