// The ledger of one host, px01, in its first attempt: where the tests of a host's life begin.
#pragma once

#include "landscaper/ledger/change.hpp"

namespace landscaper::job {

inline const ledger::id128 id{1}, nonce{7};

inline ledger::model fresh_host() {
    ledger::model m;
    apply(m, ledger::host_added{id, "px01", {}, "inventory", "hosts.px01"});
    apply(m, ledger::attempt_started{id, nonce, 100});
    return m;
}

}  // namespace landscaper::job
