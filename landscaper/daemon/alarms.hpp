// What may be an attack on the boot path (contract 2): a payload on two machines, one MAC at two addresses, a
// fetch after rotation. Told, never acted upon: a stolen temporary key opens nothing once it is rotated.
#pragma once

#include <deque>
#include <vector>

#include "landscaper/control/snapshot.hpp"
#include "landscaper/ledger/model.hpp"
#include "pxe/link/event.hpp"

namespace landscaper::daemon {

class alarms {
  public:
    // Takes bootd's alarms, and knows by itself the tokens of all payloads that were withdrawn, also those
    // that this bootd never served. The alarm, when it is new or has not been told for a minute.
    std::optional<control::alarm_view> on(const ledger::model& ledger, const pxe::link::event& seen,
                                          control::unix_ms now);
    // Those of hosts that have not begun another attempt since.
    std::vector<control::alarm_view> current(const ledger::model& ledger) const;

  private:
    struct entry {
        ledger::id128 host{};
        std::string key;
        control::alarm_view view;
    };
    std::optional<control::alarm_view> add(const ledger::host& whose, const pxe::link::event& seen,
                                           const std::string& what, std::string text, control::unix_ms now);

    std::deque<entry> entries_;
};

}  // namespace landscaper::daemon
