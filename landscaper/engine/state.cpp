#include "landscaper/engine/state.hpp"

#include <nlohmann/json.hpp>
#include <algorithm>

#include "landscaper/base/json_in.hpp"
#include "landscaper/engine/patch.hpp"

namespace landscaper::engine {

using nlohmann::json;

const char* describe(state_errc code) {
    switch (code) {
        case state_errc::not_a_state_file:
            return "this is not a NixOps4 state file; name another file or move it away";
        case state_errc::bad_event:
            return "an event in the state file cannot be read; restore a copy of the file";
        case state_errc::bad_document: return "the state does not have NixOps4's form";
    }
    return "unknown error";
}

namespace {

// NixOps4's CLI writes the first, its manual shows the second.
constexpr const char* inputs_keys[] = {"input_properties", "inputProperties"};
constexpr const char* outputs_keys[] = {"output_properties", "outputProperties"};

const json* first_of(const json& entry, const char* const (&keys)[2]) {
    for (const auto* key : keys) {
        auto found = entry.find(key);
        if (found != entry.end()) return &*found;
    }
    return nullptr;
}

json extra_of(const json& entry) {
    json out = entry;
    out.erase("type");
    for (const auto* key : inputs_keys) out.erase(key);
    for (const auto* key : outputs_keys) out.erase(key);
    return out;
}

result<resource_entry> entry_in(const json& from, const path& at) {
    auto bad = [&](const char* what) { return error(state_errc::bad_document, at.text() + ": " + what); };
    if (!from.is_object()) return bad("is no object");
    auto type = from.find("type");
    if (type == from.end() || !type->is_string()) return bad("has no type");
    const auto* inputs = first_of(from, inputs_keys);
    const auto* outputs = first_of(from, outputs_keys);
    if (!inputs || !inputs->is_object()) return bad("has no input_properties");
    if (outputs && !outputs->is_object() && !outputs->is_null()) return bad("has bad output_properties");
    auto known = outputs && outputs->is_object() ? *outputs : json::object();
    return resource_entry{type->get<std::string>(), value(*inputs), value(std::move(known)),
                          value(extra_of(from))};
}

json to_json(const resource_entry& entry) {
    json out = entry.extra.json().is_object() ? entry.extra.json() : json::object();
    out["type"] = entry.type;
    out["input_properties"] = entry.inputs.json();
    out["output_properties"] = entry.outputs.json();
    return out;
}

// /deployments/a/deployments/b/resources/c for a.b.c
std::vector<std::string> place_of(const path& at) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i + 1 < at.names().size(); ++i) {
        out.push_back("deployments");
        out.push_back(at.names()[i]);
    }
    out.push_back("resources");
    out.push_back(at.name());
    return out;
}

const json* look_up(const json& document, const std::vector<std::string>& names) {
    const auto* at = &document;
    for (const auto& name : names) {
        if (!at->is_object()) return nullptr;
        auto found = at->find(name);
        if (found == at->end()) return nullptr;
        at = &*found;
    }
    return at;
}

void operation(json& patch, const char* op, const std::vector<std::string>& names, json what) {
    patch.push_back({{"op", op}, {"path", pointer_text(names)}, {"value", std::move(what)}});
}

// Adds the objects on the way to an entry that are not there yet, each with both of its keys.
void add_parents(json& patch, const json& document, const std::vector<std::string>& place) {
    std::vector<std::string> at;
    bool exists = true;
    for (std::size_t i = 0; i + 1 < place.size(); ++i) {
        at.push_back(place[i]);
        exists = exists && look_up(document, at);
        if (exists) continue;
        bool is_composite = i % 2 == 1;
        if (is_composite)
            operation(patch, "add", at, {{"resources", json::object()}, {"deployments", json::object()}});
        // A composite just added has its keys; an older one may lack one of them.
        else if (i == 0 || look_up(document, {at.begin(), at.end() - 1}))
            operation(patch, "add", at, json::object());
    }
}

// Changed fields of an entry that exists; fields of others stay.
void replace_fields(json& patch, const json& before, const json& after,
                    const std::vector<std::string>& place) {
    for (const auto& [key, what] : after.items()) {
        auto found = before.find(key);
        if (found != before.end() && is_same(*found, what)) continue;
        auto at = place;
        at.push_back(key);
        operation(patch, found == before.end() ? "add" : "replace", at, what);
    }
    for (const auto* key : {inputs_keys[1], outputs_keys[1]}) {
        if (!before.contains(key)) continue;
        auto at = place;
        at.push_back(key);
        patch.push_back({{"op", "remove"}, {"path", pointer_text(at)}});
    }
}

result<void> collect(const json& composite, const path& at, std::map<path, resource_entry>& into) {
    auto bad = [&](const char* what) {
        return error(state_errc::bad_document, (at.is_root() ? "the root" : at.text()) + ": " + what);
    };
    if (!composite.is_object()) return bad("is no object");
    auto resources = composite.find("resources");
    if (resources != composite.end()) {
        if (!resources->is_object()) return bad("resources is no object");
        for (const auto& [name, entry] : resources->items()) {
            TRY(auto read, entry_in(entry, at / name));
            into.emplace(at / name, std::move(read));
        }
    }
    auto children = composite.find("deployments");
    if (children == composite.end()) return {};
    if (!children->is_object()) return bad("deployments is no object");
    for (const auto& [name, child] : children->items()) {
        TRY_VOID(collect(child, at / name, into));
    }
    return {};
}

}  // namespace

state_document::state_document() : state_document(json::object()) {}
state_document::state_document(json raw) : raw_(std::make_unique<json>(std::move(raw))) {}
state_document::state_document(const state_document& other) : state_document(*other.raw_) {}
state_document::state_document(state_document&&) noexcept = default;
state_document& state_document::operator=(state_document other) {
    raw_ = std::move(other.raw_);
    return *this;
}
state_document::~state_document() = default;

bool state_document::is_empty() const {
    return raw_->empty();
}

std::optional<resource_entry> state_document::find(const path& at) const {
    if (at.is_root()) return std::nullopt;
    const auto* found = look_up(*raw_, place_of(at));
    if (!found) return std::nullopt;
    auto read = entry_in(*found, at);
    if (!read) return std::nullopt;
    return std::move(*read);
}

result<std::map<path, resource_entry>> state_document::resources() const {
    std::map<path, resource_entry> out;
    if (is_empty()) return out;
    TRY_VOID(collect(*raw_, {}, out));
    return out;
}

json state_document::patch_for(const state_change& change) const {
    json patch = json::array();
    auto place = place_of(change.at);
    const auto* before = look_up(*raw_, place);
    if (!change.entry) {
        if (before) patch.push_back({{"op", "remove"}, {"path", pointer_text(place)}});
        return patch;
    }
    auto after = to_json(*change.entry);
    if (before && before->is_object()) {
        replace_fields(patch, *before, after, place);
        return patch;
    }
    add_parents(patch, *raw_, place);
    operation(patch, "add", place, std::move(after));
    return patch;
}

result<void> state_document::apply(const json& patch) {
    return apply_patch(*raw_, patch);
}

json empty_state() {
    return {{"_type", "nixopsState"}, {"resources", json::object()}, {"deployments", json::object()}};
}

}  // namespace landscaper::engine
