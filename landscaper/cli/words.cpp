#include "landscaper/cli/words.hpp"

namespace landscaper::cli {

int verdict_of(const control::snapshot& shot) {
    bool is_held = false;
    for (const auto& host : shot.hosts) {
        if (host.phase == "ok" || host.phase == "unmanaged") continue;
        if (host.condition == "FAILED") return 1;
        if (host.condition != "HOLD") return -1;
        is_held = true;
    }
    if (shot.hosts.empty()) return -1;
    return is_held ? 3 : 0;
}

}  // namespace landscaper::cli
