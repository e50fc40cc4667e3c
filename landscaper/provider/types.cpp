#include "landscaper/provider/types.hpp"

#include <nlohmann/json.hpp>
#include <algorithm>
#include <array>

#include "landscaper/base/nearest.hpp"
#include "landscaper/base/printable.hpp"
#include "landscaper/provider/provider.hpp"

namespace landscaper::provider {

namespace {

type_info of_host(std::string_view name, std::vector<input_info> inputs,
                  std::vector<std::string_view> outputs, bool is_readable = false) {
    // Views on the host job: create attaches to the step, so it may be sent any number of times.
    return {.name = name,
            .inputs = std::move(inputs),
            .outputs = std::move(outputs),
            .create_is_idempotent = true,
            .is_readable = is_readable};
}

// One row per type. The names left of the dot are families, `landscaper provider FAMILY`.
std::vector<type_info> make_types() {
    return {
        of_host("ssh.keypair", {{"host"}, {"attempt"}}, {"public_key", "private_key_file"}),
        of_host("pxe.nbp", {{"host"}, {"attempt"}, {"public_key"}}, {"entry"}),
        // `entry` is only an order: a root expression has no other way to say that the NBP comes first.
        of_host("host.install", {{"host"}, {"attempt"}, {"disk"}, {"base"}, {"entry", false}},
                {"installation_id", "address"}),
        of_host("ssh.host_key", {{"host"}, {"installation_id"}}, {"public_key"}),
        {.name = "ssh.exec",
         .inputs = {{"address"},
                    {"public_key"},
                    {"command"},
                    {"user", false},
                    {"port", false},
                    {"stdin", false},
                    {"once", false}},
         .outputs = {"stdout"},
         .is_stateful = false},
        of_host("nixos.system", {{"host"}, {"public_key"}, {"toplevel"}}, {"generation", "toplevel"}, true),
        {.name = "local.file",
         .inputs = {{"name"}, {"contents"}},
         .outputs = {},
         .is_stateful = false,
         .create_is_idempotent = true,
         .is_readable = true},
        {.name = "local.exec",
         .inputs = {{"executable"}, {"args", false}, {"stdin", false}, {"once", false}},
         .outputs = {"stdout"},
         .is_stateful = false},
        {.name = "local.memo",
         .inputs = {{"initialize_with"}},
         .outputs = {"value"},
         .needs_state = true,
         .create_is_idempotent = true,
         .is_readable = true,
         .is_protected = true},
        {.name = "local.state_file",
         .inputs = {{"name"}},
         .outputs = {},
         .is_stateful = false,
         .create_is_idempotent = true,
         .is_readable = true,
         .is_protected = true},
    };
}

}  // namespace

bool type_info::takes(std::string_view input) const {
    return std::any_of(inputs.begin(), inputs.end(),
                       [&](const input_info& one) { return one.name == input; });
}

std::span<const type_info> types() {
    static const auto table = make_types();
    return table;
}

const type_info* find_type(std::string_view dotted_name) {
    auto all = types();
    auto found =
        std::find_if(all.begin(), all.end(), [&](const type_info& t) { return t.name == dotted_name; });
    return found == all.end() ? nullptr : &*found;
}

void take_type(engine::member& to, const type_info& type) {
    to.is_protected = to.is_protected || type.is_protected;
    to.policy.retries = type.retries;
    to.policy.create_is_idempotent = to.policy.create_is_idempotent || type.create_is_idempotent;
    to.policy.is_readable = type.is_readable;
    for (const auto& one : type.inputs) {
        if (one.is_sensitive) to.sensitive.emplace(one.name);
    }
}

engine::member member_of(std::string_view dotted_name, engine::path at,
                         std::map<std::string, engine::input> inputs) {
    const auto* type = find_type(dotted_name);
    if (!type) throw std::invalid_argument("no resource type " + std::string(dotted_name));
    engine::member out;
    out.at = std::move(at);
    out.provider.name = type->family();
    out.type = type->type();
    out.inputs = std::move(inputs);
    out.outputs.assign(type->outputs.begin(), type->outputs.end());
    out.is_stateful = type->is_stateful;
    take_type(out, *type);
    return out;
}

repair_objection objection_to_repair(const std::string& dotted_name) {
    const auto* type = find_type(dotted_name);
    auto name = '"' + text::printable(dotted_name, 80) + '"';
    std::vector<std::string> may_be;
    std::string list;
    for (const auto& one : types()) {
        if (!one.is_readable || one.is_protected) continue;
        may_be.emplace_back(one.name);
        list += (list.empty() ? "" : ", ") + may_be.back();
    }
    if (!type) {
        auto meant = did_you_mean(dotted_name, may_be);
        auto remedy = meant.empty() ? "there is: " + list : meant;
        return {name + " is no resource type that can be repaired", remedy};
    }
    auto remedy = "leave it out; what can be repaired: " + list;
    if (type->is_protected) return {name + " holds data and is never repaired by itself", remedy};
    if (!type->is_readable) return {name + " is not put right by itself", remedy};
    return {};
}

result<void> check_inputs(const type_info& type, const engine::value& inputs) {
    auto bad = [&](const std::string& what) {
        return error(provider_errc::bad_input, std::string(type.name) + ": " + what);
    };
    for (const auto& wanted : type.inputs) {
        if (wanted.is_required && !inputs->contains(wanted.name)) {
            return bad("input \"" + std::string(wanted.name) + "\" is missing");
        }
    }
    for (const auto& [name, given] : inputs->items()) {
        if (!type.takes(name)) return bad("there is no input \"" + name + "\"");
    }
    return {};
}

}  // namespace landscaper::provider
