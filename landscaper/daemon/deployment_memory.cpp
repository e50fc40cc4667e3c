#include "landscaper/daemon/deployment_memory.hpp"

#include <nlohmann/json.hpp>

#include "landscaper/async/file.hpp"
#include "landscaper/base/json_fields.hpp"
#include "landscaper/base/json_in.hpp"

namespace landscaper::daemon {

namespace {

nlohmann::json to_json(const engine::member& m) {
    auto inputs = nlohmann::json::object();
    for (const auto& [name, given] : m.inputs) inputs[name] = *given.literal;
    return {{"path", m.at.names()},    {"provider", m.provider.name},
            {"args", m.provider.args}, {"foreign", m.provider.is_foreign},
            {"type", m.type},          {"inputs", std::move(inputs)}};
}

result<engine::member> member_in(const nlohmann::json& from) {
    json_fields fields(from, "a state resource");
    engine::member out;
    out.at = engine::path(fields.texts("path"));
    out.provider = {fields.text("provider"), fields.texts("args"), false};
    out.type = fields.text("type");
    const auto* foreign = fields.find("foreign");
    out.provider.is_foreign = foreign && *foreign == true;
    const auto* inputs = fields.find("inputs");
    if (!inputs || !inputs->is_object()) fields.fail("inputs", "is no object");
    if (fields.failed()) return fields.failure();
    for (const auto& [name, given] : inputs->items()) out.inputs[name] = engine::literal(given);
    out.is_stateful = false;
    return out;
}

}  // namespace

result<deployment_memory> read_memory(const std::string& file) {
    deployment_memory out;
    auto text = read_file(file);
    if (!text && text.error().code() == boost::system::errc::no_such_file_or_directory) return out;
    if (!text) return text.error();
    TRY(auto json, json_in(*text));
    json_fields fields(json, file);
    out.folder = fields.text("folder");
    out.run_for = fields.text_or_empty("run_for");
    const auto* states = fields.find("states");
    if (!states || !states->is_array()) fields.fail("states", "is no list");
    if (fields.failed()) return fields.failure();
    for (const auto& one : *states) {
        TRY(auto m, member_in(one));
        out.states.push_back(std::move(m));
    }
    return out;
}

result<void> write_memory(const std::string& file, const deployment_memory& what) {
    nlohmann::json out{{"folder", what.folder}, {"run_for", what.run_for}};
    out["states"] = nlohmann::json::array();
    for (const auto& m : what.states) out["states"].push_back(to_json(m));
    return write_file_atomically(file, json_text(out) + "\n", 0600);
}

}  // namespace landscaper::daemon
