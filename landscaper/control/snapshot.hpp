// What every console shows: one value that `serve` publishes and the TUI, --json and metrics render. Plain
// data; texts are already printable.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "landscaper/base/error.hpp"

namespace landscaper::control {

// Milliseconds since the Unix epoch; 0 = never.
using unix_ms = std::int64_t;

// Progress in numbers of the step that runs. `total` 0 = not known.
struct progress_view {
    std::string unit;  // "bytes", "paths"; empty = no progress in numbers
    std::uint64_t done = 0;
    std::uint64_t total = 0;
    std::uint64_t per_second = 0;
    std::int64_t eta_seconds = -1;  // -1 = not known
    friend bool operator==(const progress_view&, const progress_view&) = default;
};

// One phase of the present attempt that has begun; `ended` 0 while it lasts.
struct phase_view {
    std::string phase;
    unix_ms started = 0;
    unix_ms ended = 0;
    friend bool operator==(const phase_view&, const phase_view&) = default;
};

// One step: named, with when its intent and its proof were written.
struct step_view {
    std::string resource;  // installation, nixos, ...
    std::string step;
    unix_ms intent = 0;
    unix_ms proof = 0;
    std::string proof_text;  // what the host answered, short
    friend bool operator==(const step_view&, const step_view&) = default;
};

struct resource_view {
    std::string path;   // hosts.px01.installation
    std::string type;   // host.install
    std::string state;  // waiting, running, done, failed, ...
    std::string note;
    std::string deployment = {};  // empty: the rack's own
    // create, update, replace, destroy, import, clean up: what is under way, waits or failed; empty = nothing
    std::string operation = {};
    progress_view progress = {};  // of what is under way
    std::uint64_t change = 0;     // rises with whatever changed it since serve started; 0 = nothing
    std::string changed_by = {};  // the operation that did
    friend bool operator==(const resource_view&, const resource_view&) = default;
};

struct host_view {
    std::string name;
    std::string host_id;
    std::vector<std::string> mac;
    std::string ip;  // inventory's, or the announced one
    std::string role;
    std::string firmware;
    std::string
        phase;  // contract words: waiting installer gate format copy loader reboot rotate system ok unmanaged
    std::string condition;  // run person HOLD FAILED
    std::string sentence;   // what it does, waits for, or what is wrong and the remedy
    std::string seen;       // dhcp, nbp, fetched; empty = not seen in this attempt
    unix_ms last_seen = 0;
    std::uint64_t attempt = 0;
    unix_ms attempt_started = 0;
    unix_ms phase_started = 0;
    progress_view progress;
    std::string permanent_key;  // SHA256:... fingerprint, empty before rotation
    std::string temporary_key;  // of the payload in force
    std::int64_t generation = 0;
    std::string toplevel;
    std::vector<phase_view> phases;
    std::vector<step_view> steps;
    std::vector<resource_view> resources;
    std::vector<std::string> log;  // the last lines of the step that runs or failed
    friend bool operator==(const host_view&, const host_view&) = default;
};

// A MAC that asked for a boot file and is not in the inventory.
struct unknown_view {
    std::string mac;
    std::string client;  // "UEFI x64", "BIOS", ...
    unix_ms first_seen = 0;
    unix_ms last_seen = 0;
    std::uint64_t count = 0;
    friend bool operator==(const unknown_view&, const unknown_view&) = default;
};

// Something that may be an attack: told until the host begins another attempt.
struct alarm_view {
    unix_ms first = 0;
    unix_ms last = 0;
    std::uint64_t count = 0;
    std::string host;  // name
    std::string what;  // two_machines, two_addresses, withdrawn; of contract 2
    std::string text;  // what was seen, and what to do
    friend bool operator==(const alarm_view&, const alarm_view&) = default;
};

// A tree of members with a state of its own.
struct deployment_view {
    std::string name;       // rack: the rack's own
    std::string run_for;    // the operator's name, or empty
    std::string contact;    // who is written to or called
    bool managed = true;    // false: no longer in the inventory; what is recorded is kept
    std::string condition;  // ok, run, wait, person, FAILED, unmanaged
    std::string sentence;   // what it does or waits for, what is wrong and the remedy
    std::map<std::string, std::uint64_t> count;  // resources by state
    std::vector<std::string> problems;           // file:line: text
    std::string evaluation;  // what its root expression is at: "evaluates .."; empty = nothing
    bool refused = false;    // its root expression as a whole: what it said before is in force
    friend bool operator==(const deployment_view&, const deployment_view&) = default;
};

struct log_line {
    unix_ms at = 0;
    std::string host;  // name, MAC or empty
    std::string text;
    friend bool operator==(const log_line&, const log_line&) = default;
};

struct snapshot {
    std::string site;
    std::string rack;  // rack id, hex
    std::string version;
    std::uint64_t number = 0;  // rises with each publication
    unix_ms now = 0;
    unix_ms started = 0;
    std::string inventory_file;
    // file:line: text, of the inventory and of the root expression; the last good ones stay in force
    std::vector<std::string> inventory_problems;
    std::string bootd;                      // empty = connected and acknowledged; else what is wrong
    std::vector<std::string> warnings;      // of the whole rack: runtime folder not a tmpfs, ...
    std::vector<alarm_view> alarms;         // newest last
    std::vector<std::string> dhcp_servers;  // others seen on the segment
    std::map<std::string, std::uint64_t>
        counters;  // bytes_out_per_second, tftp_transfers, http_transfers, ...
    std::vector<host_view> hosts;
    std::vector<resource_view>
        resources;  // of root expressions, and of nobody any more; hosts' own are theirs
    std::string
        evaluation;  // what the rack's root expression is at: "evaluates nixops4.nix"; empty = nothing
    std::vector<deployment_view> deployments;  // the rack's own first, when there is another one
    std::vector<unknown_view> unknown;
    std::vector<log_line> log;  // newest last, at most 200
    friend bool operator==(const snapshot&, const snapshot&) = default;
};

nlohmann::json to_json(const snapshot& value);
nlohmann::json to_json(const host_view& value);
// Reads what to_json wrote; missing fields keep their defaults, so that an older console shows a newer
// daemon.
result<snapshot> snapshot_from_json(const nlohmann::json& value);

}  // namespace landscaper::control
