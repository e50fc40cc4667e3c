// The changes of the ledger, each one row; a batch of them is one transaction. apply() is the only place that
// says what a change means.
#pragma once

#include <variant>

#include "landscaper/ledger/model.hpp"

namespace landscaper::ledger {

struct host_added {
    id128 id{};
    std::string name;
    std::vector<mac_address> mac;
    std::string driver;
    std::string path;
};
struct host_renamed {
    id128 id{};
    std::string name;
    std::string path;
};
struct host_macs {
    id128 id{};
    std::vector<mac_address> mac;
};
struct host_managed {
    id128 id{};
    bool managed = true;
};
struct host_held {
    id128 id{};
    bool held = true;
};
struct rescue_begun {
    id128 id{};
};
// `is_over`: nothing else needs the payload, so it is withdrawn, and `temporary` is the temporary pin again.
struct rescue_ended {
    id128 id{};
    bool is_over = true;
    unix_ms at = 0;
    std::string temporary = {};
};
struct host_retired {
    id128 id{};
};
struct host_address {
    id128 id{};
    std::string address;
};
struct host_esp {
    id128 id{};
    std::string guid;
};
// Raises the attempt by one: steps of the one before no longer count.
struct attempt_started {
    id128 id{};
    id128 nonce{};
    unix_ms at = 0;
};
// Takes the present attempt back, which has written nothing: its steps are forgotten, its payload withdrawn,
// and the one before counts again, whose nonce this is.
struct attempt_dropped {
    id128 id{};
    id128 nonce{};
    unix_ms at = 0;
};
struct payload_made {
    id128 id{};
    std::string token;
    std::string public_key;  // becomes the temporary pin
    unix_ms at = 0;
};
struct payload_withdrawn {
    id128 id{};
    unix_ms at = 0;
};
// Takes back an earlier proof: the step is about to run again.
struct step_intent {
    id128 id{};
    std::string resource;
    std::string name;
    unix_ms at = 0;
};
struct step_proof {
    id128 id{};
    std::string resource;
    std::string name;
    std::string text;
    unix_ms at = 0;
};
struct pin_pending {
    id128 id{};
    std::string public_key;
};
// pending becomes permanent; the temporary pin goes.
struct pin_promoted {
    id128 id{};
};
struct marker_written {
    id128 id{};
    ledger::marker marker;
};
struct generation_proven {
    id128 id{};
    ledger::generation generation;
};
// For people; changes nothing.
struct audit {
    unix_ms at = 0;
    std::string who;
    std::string what;
};

using change = std::variant<host_added, host_renamed, host_macs, host_managed, host_held, rescue_begun,
                            rescue_ended, host_retired, host_address, host_esp, attempt_started,
                            attempt_dropped, payload_made, payload_withdrawn, step_intent, step_proof,
                            pin_pending, pin_promoted, marker_written, generation_proven, audit>;

// Changes of a host that does not exist are ignored: it was retired meanwhile.
void apply(model& to, const change& what);

}  // namespace landscaper::ledger
