// What is declared (member) and what is recorded (resource_entry) of one resource. Values only: knows no
// provider, no file and no Nix.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "landscaper/engine/path.hpp"
#include "landscaper/engine/value.hpp"

namespace landscaper::engine {

using time_point = std::chrono::steady_clock::time_point;
using duration = std::chrono::steady_clock::duration;

// An output of another resource.
struct output_ref {
    path resource;
    std::string output;
    friend auto operator<=>(const output_ref&, const output_ref&) = default;
};

// A place in an input's JSON that an output fills.
struct hole {
    std::string pointer;  // RFC 6901 within the input; "" is the whole input
    output_ref from;
    friend bool operator==(const hole&, const hole&) = default;
};

// An output as it was when a source computed something from it. Should it become another, what was computed
// holds no longer, and the resource waits until the source declares it again.
struct seen_output {
    output_ref from;
    value seen;
    friend bool operator==(const seen_output&, const seen_output&) = default;
};

// One input: JSON with holes. `unknown_until` names outputs without which the source cannot even say the JSON
// (a Nix expression that computes with them): the resource waits until the source declares it again.
struct input {
    value literal;
    std::vector<hole> holes;
    std::vector<output_ref> unknown_until;
    std::vector<seen_output> computed_from;
    bool is_unknown = false;  // the source cannot say it yet, whatever is done: member::pending says why
    friend bool operator==(const input&, const input&) = default;
};
input literal(nlohmann::json json);
input reference(path resource, std::string output);
input with_holes(nlohmann::json json, std::vector<hole> holes);

// Who carries out the operations: one of our families by name ("ssh"), or a foreign program.
struct provider_ref {
    std::string name;               // "ssh"; for a foreign one its executable
    std::vector<std::string> args;  // of a foreign program
    bool is_foreign = false;
    friend auto operator<=>(const provider_ref&, const provider_ref&) = default;
};

// How failures and crashes of a resource's operations are dealt with. Retries happen only after errors that
// the provider declares retryable; the pause doubles from `pause` to `longest_pause`.
struct policy {
    unsigned retries = 0;
    bool retries_failures = false;  // the member itself declares every failure of the provider's retryable
    duration pause = std::chrono::seconds(1);
    duration longest_pause = std::chrono::minutes(1);
    bool create_is_idempotent = false;  // a create that a crash cut off is sent again, else a person decides
    bool is_readable = false;           // the provider can say what is there: asked before a person is
    // What others changed or removed is put right without asking; none = as is said for its type.
    std::optional<bool> repairs;
    duration silence{};  // an operation that says nothing for so long is stopped; 0 = never
    friend bool operator==(const policy&, const policy&) = default;
};

// Which text of its source declared a member. No part of what is declared: the same member from a new text
// is the same, while one that changes under one text is only better known.
struct revision {
    std::uint64_t number = 0;  // 0 = the source has none
    bool is_of(const revision& other) const { return number != 0 && number == other.number; }
    friend bool operator==(const revision&, const revision&) { return true; }
};

struct member {
    path at;
    provider_ref provider;
    std::string type;  // the part behind the dot: "keypair"
    std::map<std::string, input> inputs;
    std::vector<std::string> outputs;  // names; a provider may return more
    bool is_stateful = true;           // recorded in the state file; else created again by every run
    bool is_protected = false;         // never replaced or destroyed
    std::set<std::string> replace_on;  // inputs whose change replaces instead of updating
    // A replacement is made first, used by dependants, and only then the old one destroyed: for types whose
    // inputs, not whose path, say which thing it is.
    bool creates_before_destroying = false;
    bool imports = false;  // before the first create the provider is asked whether it exists already
    std::set<std::string> sensitive;  // inputs and outputs that are shown as hashes
    std::optional<path> moved_from;   // what is recorded there is this one: a rename
    std::vector<path> after;          // resources that must be done first, without an output being used
    engine::policy policy;
    std::optional<path> state;  // the state resource that keeps its entry; none = the deployment's file
    std::vector<seen_output> holds_while;  // what its very existence, type or provider were computed from
    std::string pending;                   // why its source cannot say everything yet ("builds ..")
    std::string broken;                    // why its source never will, until it is corrected
    engine::revision revision;
    friend bool operator==(const member&, const member&) = default;
};

// Everything that a member needs: the resources in its holes, unknown_until, computed_from, after .., each
// once.
std::set<path> needs_of(const member& m);

// What the state file says of a resource: NixOps4's `type`, `input_properties`, `output_properties`. Keys
// that are not ours stay in `extra`; ours beside NixOps4's are `provider` (argv), `needs` (paths), `protect`,
// `sensitive` (names) and `deposed` (replaced ones that are still to be destroyed, oldest first).
struct resource_entry {
    std::string type;
    value inputs;
    value outputs;
    value extra;
    friend bool operator==(const resource_entry&, const resource_entry&) = default;
};

}  // namespace landscaper::engine
