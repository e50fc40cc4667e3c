// What one step on a host is: a row of a plan table. A step has an intent, written to the ledger before it
// starts, and a proof, read from what the host printed and written when it ended. Rows are data; running them
// is the host job's business.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>

#include "landscaper/base/error.hpp"

namespace landscaper::ssh {

enum class run_as {
    session,   // in the connection; short, may take secrets on stdin
    detached,  // see detached.hpp; survives the connection
};

template <class Plan>
struct step_row {
    std::string_view name;    // the ledger's word; unique in its table, never renamed
    std::string_view phase;   // one of contract 7
    std::string_view intent;  // a sentence for people, present tense
    run_as how = run_as::session;
    std::chrono::seconds quiet{60};  // longest silence before the step counts as stalled
    // Shell text. Never holds a secret.
    std::string (*script)(const Plan&);
    // stdin of the script, may hold secrets; null = empty. Only for sessions.
    std::string (*input)(const Plan&) = nullptr;
    // What the host proved, as one line of JSON for the ledger; an error when it proved nothing.
    result<std::string> (*prove)(const Plan&, std::string_view output);
    // Takes a proof (just made, or from the ledger after a restart) into the plan; null = nothing to take.
    result<void> (*learn)(Plan&, std::string_view proof) = nullptr;
};

template <class Plan>
const step_row<Plan>* find_step(std::span<const step_row<Plan>> table, std::string_view name) {
    for (const auto& row : table) {
        if (row.name == name) return &row;
    }
    return nullptr;
}

}  // namespace landscaper::ssh
