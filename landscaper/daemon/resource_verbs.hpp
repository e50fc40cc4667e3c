// What a person asks of single resources: destroy, move, import, refresh, read. Words in, words out; the
// engine does it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <functional>
#include <string>
#include <vector>

#include "landscaper/control/error.hpp"
#include "landscaper/engine/io/runner.hpp"

namespace landscaper::daemon {

// Dotted texts; bad_request names the one that is no path.
result<std::vector<engine::path>> paths_of(const std::vector<std::string>& texts);
// not_found when nothing within `at` is declared, recorded, or may yet be.
result<void> check_known(const engine::runner& runner, const engine::path& at);

// {sentence}, and for read what is there. Nothing declared is destroyed; what could not be is named and kept.
task<nlohmann::json> act_on(engine::runner& runner, std::string verb, std::vector<std::string> paths);

// An operation of the resource's type: read and refresh, which all have, or one of its own; "" lists them.
// JSON of the operation's own making.
task<nlohmann::json> run_operation(engine::runner& runner, std::string path, std::string operation,
                                   nlohmann::json arguments, std::function<void(const std::string&)> say);

// An apply that somebody asked for.
struct confirmation {
    std::string who;
    std::vector<engine::path> roots;
    engine::time_point at;
};

// What is being done within `roots` right now, and upon whose word: one line each, for whom the next apply
// waits. `before`: oldest first.
std::string at_work(const engine::runner& runner, const std::vector<engine::path>& roots,
                    const std::vector<confirmation>& before = {});

}  // namespace landscaper::daemon
