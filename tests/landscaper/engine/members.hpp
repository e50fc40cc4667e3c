// Short ways to declare members in tests.
#pragma once

#include <nlohmann/json.hpp>

#include "landscaper/engine/resource.hpp"

namespace landscaper::engine {

// A stateful resource of type "t" that needs the output "out" of each of `needs`.
inline member resource(const std::string& name, const std::vector<std::string>& needs = {}, int number = 0) {
    member out;
    out.at = path::parse(name).value();
    out.provider.name = "test";
    out.type = "t";
    out.outputs = {"out"};
    out.policy.create_is_idempotent = true;
    out.inputs["number"] = literal(number);
    for (const auto& need : needs) out.inputs["from " + need] = reference(path::parse(need).value(), "out");
    return out;
}

inline path at(const char* text) {
    return path::parse(text).value();
}

}  // namespace landscaper::engine
