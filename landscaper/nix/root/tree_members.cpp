// From what is known of a root expression to the engine's members.
#include <nlohmann/json.hpp>
#include <algorithm>

#include "landscaper/base/json_fields.hpp"
#include "landscaper/nix/command.hpp"
#include "landscaper/nix/root/settings.hpp"
#include "landscaper/nix/root/tree.hpp"

namespace landscaper::nix::root {

result<resource_head> read_head(const value& said) {
    json_fields fields(said.json(), "the resource");
    resource_head out;
    const auto* provider = fields.find("provider");
    if (!provider || !provider->is_object()) return error(nix_errc::bad_output, "its provider is no set");
    json_fields program(*provider, "provider");
    out.executable = program.text("executable");
    out.args = program.texts("args");
    auto kind = program.text("type");
    if (!program.failed() && kind != "stdio") program.fail("type", "can only be stdio, not " + kind);
    fields.take(program);
    out.type = fields.text("type");
    out.outputs = fields.texts("outputs");
    if (fields.find("state")) out.state = path(fields.texts("state"));
    if (fields.failed()) return error(nix_errc::bad_output, fields.failure().message());
    return out;
}

std::map<std::string, std::set<std::string>> tree::to_build() const {
    std::map<std::string, std::set<std::string>> out;
    for (const auto& [what, known] : facts_) {
        if (!known.value) continue;
        for (const auto& [derivation, outputs] : known.value->derivations) {
            if (built_.contains(derivation) || not_built_.contains(derivation)) continue;
            auto [place, is_new] = out.emplace(derivation, outputs);
            // Nothing named means all of them.
            if (is_new || place->second.empty()) continue;
            if (outputs.empty()) place->second.clear();
            place->second.insert(outputs.begin(), outputs.end());
        }
    }
    return out;
}

void tree::built(const std::string& derivation) {
    ++changes_;
    built_.insert(derivation);
}
void tree::not_built(const std::string& derivation, std::string sentence) {
    ++changes_;
    not_built_.emplace(derivation, std::move(sentence));
}

std::set<path> tree::state_resources() const {
    std::set<path> out;
    for (const auto& [what, known] : facts_) {
        if (what.part != part::head || known.status != status::known) continue;
        auto head = read_head(known.value->said);
        if (head && head->state && !head->state->is_root()) out.insert(*head->state);
    }
    return out;
}

std::vector<std::string> tree::problems() const {
    std::set<std::string> out;
    for (const auto& [what, known] : facts_) {
        if (known.status == status::broken) out.insert(known.error);
    }
    for (const auto& [derivation, sentence] : not_built_) out.insert(sentence);
    return {out.begin(), out.end()};
}

namespace {

std::vector<engine::seen_output> seen_of(const output_values& used) {
    std::vector<engine::seen_output> out;
    for (const auto& [ref, seen] : used) out.push_back({ref, seen});
    return out;
}

std::vector<std::string> names_in(const told& value) {
    std::vector<std::string> out;
    for (const auto& name : *value.said) out.push_back(name.get<std::string>());
    return out;
}

}  // namespace

// Why a value cannot be used yet; empty when it can.
std::string tree::trouble_of(const told& value) const {
    for (const auto& [derivation, outputs] : value.derivations) {
        if (!built_.contains(derivation)) return "builds " + derivation;
    }
    return {};
}

engine::unexplored tree::unexplored(const path& where, const fact& why) const {
    engine::unexplored out{where, {why.needs.begin(), why.needs.end()}, {}, {}};
    if (why.status == status::broken) out.sentence = why.error;
    return out;
}

void tree::add_input(engine::member& to, const std::string& name, const fact& known,
                     bool must_be_built) const {
    auto& given = to.inputs[name];
    given.is_unknown = known.status != status::known;
    given.computed_from = seen_of(known.used);
    if (known.status == status::broken && to.broken.empty()) to.broken = known.error;
    if (known.status == status::waiting) given.unknown_until = {known.needs.begin(), known.needs.end()};
    if (!known.value) return;
    given.literal = known.value->said;
    if (!must_be_built) return;
    auto trouble = trouble_of(*known.value);
    if (trouble.empty()) return;
    given.is_unknown = true;
    if (to.pending.empty()) to.pending = trouble;
    for (const auto& [derivation, outputs] : known.value->derivations) {
        auto failed = not_built_.find(derivation);
        if (failed != not_built_.end() && to.broken.empty()) to.broken = failed->second;
    }
}

engine::member tree::member_at(const path& where, const told& said, const making& how) const {
    auto head = read_head(said.said);
    engine::member out;
    out.at = where;
    out.revision.number = revision_;
    if (!head) return out;  // find() has checked it
    out.provider = {head->executable, head->args, true};
    out.type = head->type;
    out.outputs = head->outputs;
    // The root is no resource: `state = [ ]` is the deployment's own file.
    if (head->state && !head->state->is_root()) out.state = head->state;
    // NixOps4's rule: without state every apply creates again, so that must be harmless.
    out.is_stateful = head->state.has_value();
    out.policy.create_is_idempotent = !out.is_stateful;
    // The program itself may have to be built.
    if (how.must_be_built) out.pending = trouble_of(said);
    out.is_protected = how.keepers.contains(where);
    if (how.of_type) how.of_type(out);
    return out;
}

namespace {

// All names of inputs are known: what the settings say of them can be checked.
void take_settings(engine::member& to, const told& head, bool knows_inputs) {
    auto own = read_settings(to.at, head.said.json());
    auto wrong = own ? apply(*own, to, to.is_protected) : own.error().context();
    if (own && wrong.empty() && knows_inputs) wrong = check_names(*own, to);
    if (to.broken.empty()) to.broken = wrong;
}

}  // namespace

void tree::add_resource(engine::declaration& to, const path& where, const making& how) const {
    const auto* head = at(where, part::head);
    if (!head || head->status != status::known) {
        to.unexplored.push_back(unexplored(where, head ? *head : *at(where, part::kind)));
        return;
    }
    auto out = member_at(where, *head->value, how);
    auto holds = head->used;
    const auto* names = at(where, part::inputs);
    if (names) holds.insert(names->used.begin(), names->used.end());
    for (const auto& what : above({where, part::head, {}})) {
        auto found = facts_.find(what);
        if (found != facts_.end()) holds.insert(found->second.used.begin(), found->second.used.end());
    }
    out.holds_while = seen_of(holds);
    bool knows_inputs = names && names->status == status::known;
    if (knows_inputs) {
        for (const auto& name : names_in(*names->value)) {
            auto found = facts_.find(item{where, part::input, name});
            add_input(out, name, found == facts_.end() ? fact() : found->second, how.must_be_built);
        }
    } else {
        add_input(out, "*", names ? *names : fact(), how.must_be_built);
    }
    take_settings(out, *head->value, knows_inputs);
    to.members.push_back(std::move(out));
}

engine::declaration tree::declaration(bool must_be_built, const type_defaults& of_type) const {
    engine::declaration out;
    making how{must_be_built, of_type, state_resources()};
    for (const auto& [what, known] : facts_) {
        if (what.part != part::kind) continue;
        if (known.status != status::known) {
            out.unexplored.push_back(unexplored(what.at, known));
        } else if (known.value->said.json() == "resource") {
            add_resource(out, what.at, how);
        } else if (const auto* names = at(what.at, part::members); !names || names->status != status::known) {
            out.unexplored.push_back(unexplored(what.at, names ? *names : known));
        }
    }
    return out;
}

}  // namespace landscaper::nix::root
