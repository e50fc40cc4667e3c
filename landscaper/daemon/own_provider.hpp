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

// Why a member that is about a host has no place in an operator's deployment.
std::string objection_to_driving(const engine::member& m);

// The file that this member keeps other members' state in, from `folder` when its name is relative; empty for
// every other member, and while the name is not known.
std::string state_file_of(const engine::member& m, const std::string& folder);

}  // namespace landscaper::daemon
