#include "landscaper/engine/resource.hpp"

#include <nlohmann/json.hpp>

namespace landscaper::engine {

input literal(nlohmann::json json) {
    return {value(std::move(json)), {}, {}, {}, false};
}

input reference(path resource, std::string output) {
    return with_holes(nullptr, {hole{"", {std::move(resource), std::move(output)}}});
}

input with_holes(nlohmann::json json, std::vector<hole> holes) {
    return {value(std::move(json)), std::move(holes), {}, {}, false};
}

std::set<path> needs_of(const member& m) {
    std::set<path> out(m.after.begin(), m.after.end());
    if (m.state) out.insert(*m.state);
    for (const auto& used : m.holds_while) out.insert(used.from.resource);
    for (const auto& [name, given] : m.inputs) {
        for (const auto& h : given.holes) out.insert(h.from.resource);
        for (const auto& ref : given.unknown_until) out.insert(ref.resource);
        for (const auto& used : given.computed_from) out.insert(used.from.resource);
    }
    return out;
}

}  // namespace landscaper::engine
