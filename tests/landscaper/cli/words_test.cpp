#include "landscaper/cli/words.hpp"

#include <doctest/doctest.h>

using namespace landscaper;
using namespace landscaper::cli;

static control::snapshot rack(const std::vector<std::pair<const char*, const char*>>& hosts) {
    control::snapshot shot;
    for (auto [phase, condition] : hosts) {
        shot.hosts.emplace_back();
        shot.hosts.back().name = "px0" + std::to_string(shot.hosts.size());
        shot.hosts.back().phase = phase;
        shot.hosts.back().condition = condition;
    }
    return shot;
}

TEST_CASE("a rack is done when every host is ok; unmanaged ones do not count") {
    CHECK(verdict_of(rack({{"ok", "run"}, {"ok", "run"}, {"unmanaged", "run"}})) == 0);
    CHECK(verdict_of(rack({{"ok", "run"}, {"copy", "run"}})) == -1);
    CHECK(verdict_of({}) == -1);
}

TEST_CASE("one failed host ends the wait, wherever it stands in the list") {
    CHECK(verdict_of(rack({{"copy", "run"}, {"rotate", "FAILED"}})) == 1);
    CHECK(verdict_of(rack({{"rotate", "FAILED"}, {"copy", "run"}})) == 1);
}

TEST_CASE("held hosts end the wait only when nothing else runs") {
    CHECK(verdict_of(rack({{"gate", "HOLD"}, {"ok", "run"}})) == 3);
    CHECK(verdict_of(rack({{"gate", "HOLD"}, {"copy", "run"}})) == -1);
    CHECK(verdict_of(rack({{"ok", "HOLD"}})) == 3);
}

TEST_CASE("watch waits for somebody to press the power button, apply does not") {
    auto shot = rack({{"waiting", "person"}, {"ok", "run"}});
    CHECK(verdict_of(shot) == -1);
    CHECK(apply_verdict_of(shot, {}) == 3);
}

TEST_CASE("an apply of one path looks at its host only") {
    auto shot = rack({{"ok", "run"}, {"copy", "run"}});
    CHECK(apply_verdict_of(shot, {"hosts.px01.nixos"}) == 0);
    CHECK(apply_verdict_of(shot, {"hosts.px01"}) == 0);
    CHECK(apply_verdict_of(shot, {"hosts.px02"}) == -1);
    CHECK(apply_verdict_of(shot, {"hosts.px"}) == 0);
    CHECK(apply_verdict_of(shot, {"hosts"}) == -1);
    CHECK(apply_verdict_of(shot, {}) == -1);
}

TEST_CASE("an apply goes on while a resource of an ok host runs") {
    auto shot = rack({{"ok", "run"}});
    shot.hosts[0].resources = {{"hosts.px01.nixos", "nixos.system", "running", ""}};
    CHECK(apply_verdict_of(shot, {}) == -1);
    shot.hosts[0].resources[0].state = "done";
    CHECK(apply_verdict_of(shot, {}) == 0);
}

TEST_CASE("an apply of a path follows the host whose chain a root expression calls so") {
    auto shot = rack({{"ok", "run"}, {"ok", "run"}});
    shot.hosts[1].resources = {{"servers.first.system", "nixos.system", "running", ""}};
    CHECK(apply_verdict_of(shot, {"servers.first.system"}) == -1);
    CHECK(apply_verdict_of(shot, {"servers"}) == -1);
    CHECK(apply_verdict_of(shot, {"servers.second"}) == 0);
    shot.hosts[1].resources[0].state = "failed";
    shot.hosts[1].condition = "FAILED";
    CHECK(apply_verdict_of(shot, {"servers.first"}) == 1);
    CHECK(apply_verdict_of(shot, {"hosts.px01"}) == 0);
}

TEST_CASE("an apply waits for the evaluation, for siblings of what failed, and then says that it failed") {
    auto shot = rack({{"ok", "run"}});
    shot.evaluation = "evaluates nixops4.nix";
    CHECK(apply_verdict_of(shot, {}) == -1);
    shot.evaluation.clear();
    shot.resources = {{"apps.a", "local.exec", "failed", "no"}, {"apps.b", "local.exec", "running", ""}};
    CHECK(apply_verdict_of(shot, {}) == -1);
    CHECK(apply_verdict_of(shot, {"apps.a"}) == 1);
    CHECK(apply_verdict_of(shot, {"hosts"}) == 0);
    shot.resources[1].state = "person";
    CHECK(apply_verdict_of(shot, {}) == 1);
    CHECK(apply_verdict_of(shot, {"apps.b"}) == 3);
    shot.resources[0].state = "blocked";
    CHECK(apply_verdict_of(shot, {}) == 3);
}

TEST_CASE("an apply of files that were refused has not done what they say") {
    auto shot = rack({{"ok", "run"}});
    shot.inventory_problems = {"nixops4.nix:12:3: undefined variable 'x'"};
    CHECK(apply_verdict_of(shot, {}) == 1);
    CHECK(apply_verdict_of(shot, {"hosts"}) == 0);
}

TEST_CASE("a path of a root that was refused was not applied either, but for a host's") {
    auto shot = rack({{"ok", "run"}});
    shot.resources = {{"a", "local.memo", "done", ""}, {"b", "local.memo", "blocked", "needs c"}};
    CHECK(apply_verdict_of(shot, {"a"}) == 0);
    CHECK(apply_verdict_of(shot, {"b"}) == 3);
    shot.deployments.resize(2);
    shot.deployments[0].name = "rack";
    shot.deployments[1].name = "foo";
    for (auto& one : shot.deployments) one.refused = true;
    CHECK(apply_verdict_of(shot, {"a"}) == 1);
    CHECK(apply_verdict_of(shot, {"a"}, "foo") == 1);
    CHECK(apply_verdict_of(shot, {"hosts.px01"}) == 0);
    shot.deployments[0].refused = false;
    CHECK(apply_verdict_of(shot, {"a"}) == 0);
}

TEST_CASE("each log line is printed once, also when several have the same time") {
    control::snapshot shot;
    shot.log = {{5, "a", "one"}, {5, "a", "two"}, {5, "b", "three"}};
    CHECK(new_lines(shot, {}) == shot.log);
    CHECK(new_lines(shot, shot.log[1]) == std::vector<control::log_line>{shot.log[2]});
    CHECK(new_lines(shot, shot.log[2]).empty());
}

TEST_CASE("when the last printed line has left the log, all of it is new") {
    control::snapshot shot;
    shot.log = {{9, "a", "nine"}};
    CHECK(new_lines(shot, {5, "a", "five"}) == shot.log);
    CHECK(new_lines({}, {5, "a", "five"}).empty());
}

TEST_CASE("an apply of one deployment looks at its resources only, and the rack's at none of them") {
    auto shot = rack({{"copy", "run"}});
    shot.resources = {{"a", "local.memo", "done", "", "foo"}, {"b", "local.memo", "running", "", "bar"}};
    shot.deployments.resize(3);
    shot.deployments[0].name = "rack";
    shot.deployments[1].name = "foo";
    shot.deployments[2].name = "bar";
    CHECK(apply_verdict_of(shot, {}, "foo") == 0);
    CHECK(apply_verdict_of(shot, {}, "bar") == -1);
    shot.hosts[0].phase = "ok";
    CHECK(apply_verdict_of(shot, {}) == 0);
    shot.resources.push_back({"c", "local.memo", "blocked", "needs hosts.px01.installation", "foo"});
    CHECK(apply_verdict_of(shot, {}, "foo") == 3);
    CHECK(apply_verdict_of(shot, {"a"}, "foo") == 0);
    shot.deployments[1].evaluation = "evaluates deployments/foo/nixops4.nix";
    CHECK(apply_verdict_of(shot, {}, "foo") == -1);
    shot.deployments[1].evaluation.clear();
    shot.deployments[1].problems = {"deployments/foo/nixops4.nix:1:1: syntax error"};
    CHECK(apply_verdict_of(shot, {}, "foo") == 1);
    CHECK(apply_verdict_of(shot, {"a"}, "foo") == 0);
    CHECK(apply_verdict_of(shot, {}) == 0);
}
