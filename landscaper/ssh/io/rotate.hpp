// Runs the rotation table against a host, from the first step whose proof is missing. Writes no ledger
// itself: the caller's functions do, and what they return is durable when they return.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>

#include "landscaper/ssh/io/client.hpp"
#include "landscaper/ssh/rotation.hpp"

namespace landscaper::ssh {

struct rotation_record {
    std::function<task<>(std::string step)> intend;
    std::function<task<>(std::string step, std::string proof)> prove;
};

struct rotated {
    public_key key;                         // the permanent one
    std::unique_ptr<host_session> session;  // under that key; none where only the refusal was left to prove
};

// Goes on after the steps in `proven`; plan.pending must hold what the ledger has as pending. Returns once
// the permanent key answers and the temporary one is refused. `kept` is a session under the temporary key
// where one is open. Transient failures are returned, not retried: call again.
task<rotated> rotate(client_config config, endpoint host, rotation_plan plan, std::set<std::string> proven,
                     rotation_record record, std::unique_ptr<host_session> kept = {});

}  // namespace landscaper::ssh
