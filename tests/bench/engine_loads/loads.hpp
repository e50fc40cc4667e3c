// What is done to the engine, and to the plain calls that it is compared with.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace bench {

// A provider process per operation, and the same program spawned by hand with one line each way, in turns:
// {ours, theirs}, medians in microseconds.
nlohmann::json one_shot(unsigned count);
// The same with 500 MiB of heap in use and without, in turns: {ours, theirs}.
nlohmann::json heap(unsigned count);
// Creates of an in-process type: {operations, applied}, each per second; `applied` through a whole apply.
nlohmann::json operations(unsigned count);
// An apply of resources that are recorded as declared: {seconds}, from opening the state file to settled.
nlohmann::json unchanged(unsigned count);
// The same with members of a root expression that the real nix evaluates, in one round: {seconds}.
nlohmann::json full_round(unsigned count);
// What `count` settled resources take: {bytes} of each.
nlohmann::json memory(unsigned count);

}  // namespace bench
