// Our own resource types in a root expression: NixOps4 starts them as `landscaper provider NAME`, the daemon
// uses what that program would ask it for. Pure.
#pragma once

#include <string>

#include "landscaper/engine/resource.hpp"

namespace landscaper::daemon {

// When the member's provider is a program called landscaper with the arguments `provider NAME`, makes it our
// family NAME, with the policy of its type.
void use_own_provider(engine::member& m);

// The host that a resource of our host types is about: the value of its input `host`, if that is known; else
// empty.
std::string host_claimed_by(const engine::member& m);

}  // namespace landscaper::daemon
