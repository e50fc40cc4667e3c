#include "landscaper/ledger/change.hpp"

#include <algorithm>

#include "landscaper/base/overloaded.hpp"

namespace landscaper::ledger {

static step& step_of(host& of, const std::string& resource, const std::string& name) {
    auto found = std::find_if(of.steps.begin(), of.steps.end(), [&](const step& s) {
        return s.attempt == of.attempt && s.resource == resource && s.name == name;
    });
    if (found != of.steps.end()) return *found;
    auto& added = of.steps.emplace_back();
    added.attempt = of.attempt;
    added.resource = resource;
    added.name = name;
    return added;
}

static void add_host(model& to, const host_added& c) {
    auto& added = to.hosts[c.id];
    added.id = c.id;
    added.name = c.name;
    added.mac = c.mac;
    added.driver = c.driver;
    added.path = c.path;
}

static void change_host(host& of, const host_renamed& c) {
    of.name = c.name;
    of.path = c.path;
}
static void change_host(host& of, const host_macs& c) {
    of.mac = c.mac;
}
static void change_host(host& of, const host_managed& c) {
    of.managed = c.managed;
}
static void change_host(host& of, const host_held& c) {
    of.held = c.held;
}
static void change_host(host& of, const host_address& c) {
    of.address = c.address;
}
static void change_host(host& of, const host_esp& c) {
    of.esp = c.guid;
}
static void change_host(host& of, const attempt_started& c) {
    ++of.attempt;
    of.nonce = c.nonce;
    of.attempt_started = c.at;
}
static void change_host(host& of, const payload_withdrawn& c) {
    if (!of.payloads.empty() && !of.payloads.back().withdrawn) of.payloads.back().withdrawn = c.at;
}
static void change_host(host& of, const rescue_begun&) {
    of.rescue = true;
}
static void change_host(host& of, const rescue_ended& c) {
    of.rescue = false;
    if (!c.is_over) return;
    change_host(of, payload_withdrawn{c.id, c.at});
    of.pins.temporary = c.temporary;
}
static void change_host(host& of, const attempt_dropped& c) {
    std::erase_if(of.steps, [&](const step& s) { return s.attempt == of.attempt; });
    change_host(of, payload_withdrawn{c.id, c.at});
    of.pins.temporary.clear();
    of.nonce = c.nonce;
    --of.attempt;
    of.attempt_started = of.steps.empty() ? 0 : of.steps.front().intent;
    for (const auto& s : of.steps) {
        if (s.attempt == of.attempt) of.attempt_started = std::min(of.attempt_started, s.intent);
    }
}
static void change_host(host& of, const payload_made& c) {
    change_host(of, payload_withdrawn{c.id, c.at});
    of.payloads.push_back({of.payloads.size() + 1, of.attempt, c.token, c.public_key, c.at, 0});
    of.pins.temporary = c.public_key;
}
static void change_host(host& of, const step_intent& c) {
    auto& row = step_of(of, c.resource, c.name);
    row.intent = c.at;
    row.proof = 0;
    row.proof_text.clear();
}
static void change_host(host& of, const step_proof& c) {
    auto& row = step_of(of, c.resource, c.name);
    if (!row.intent) row.intent = c.at;
    row.proof = c.at;
    row.proof_text = c.text;
}
static void change_host(host& of, const pin_pending& c) {
    of.pins.pending = c.public_key;
}
static void change_host(host& of, const pin_promoted&) {
    of.pins.permanent = of.pins.pending;
    of.pins.pending.clear();
    of.pins.temporary.clear();
}
static void change_host(host& of, const marker_written& c) {
    std::erase_if(of.markers, [&](const marker& m) { return m.disk == c.marker.disk; });
    of.markers.push_back(c.marker);
}
static void change_host(host& of, const generation_proven& c) {
    std::erase_if(of.generations, [&](const generation& g) { return g.number == c.generation.number; });
    of.generations.push_back(c.generation);
}

void apply(model& to, const change& what) {
    std::visit(overloaded{
                   [&](const host_added& c) { add_host(to, c); },
                   [&](const host_retired& c) { to.hosts.erase(c.id); },
                   [](const audit&) {},
                   [&](const auto& c) {
                       auto found = to.hosts.find(c.id);
                       if (found != to.hosts.end()) change_host(found->second, c);
                   },
               },
               what);
}

}  // namespace landscaper::ledger
