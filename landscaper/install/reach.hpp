// Whether a host can pull from the rack's cache: asked on the host, directly before it pulls, since what lies
// between (a firewall, a proxy, another subnet) is seen from there only.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "landscaper/base/error.hpp"

namespace landscaper::install {

// Shell text that ends the script with 0 and the proof `no_cache WHY` unless the cache answers within ten
// seconds. Needs bash and coreutils alone. `cache_url`: "http://10.0.0.2:8069/cache",
// "http://[fd00::2]:8069/cache"; with anything else the text says so in the same proof.
std::string unless_cache_answers(std::string_view cache_url);

// no_cache when that proof is among these.
result<void> check_cache_answered(const std::vector<std::pair<std::string, std::string>>& proofs);

}  // namespace landscaper::install
