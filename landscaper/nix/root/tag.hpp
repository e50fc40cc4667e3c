// An item as the expression names it in answers and traces.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "landscaper/nix/root/question.hpp"

namespace landscaper::nix::root {

nlohmann::json tag_of(const item& what);
result<item> item_of(const nlohmann::json& tag);
// {"path":[..],"output":".."}
result<output_ref> ref_of(const nlohmann::json& need);

}  // namespace landscaper::nix::root
