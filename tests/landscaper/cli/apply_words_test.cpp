#include "landscaper/cli/apply_words.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace landscaper;
using namespace landscaper::cli;
using nlohmann::json;

static apply_event running() {
    return {apply_event::kind::resource, "web", "local.file", "create", "running", "copies",
            {"paths", 5, 10, 0, -1},     false};
}

TEST_CASE("a line of an apply has operation, name and status in the columns of a plan") {
    CHECK(line_of(running(), 6) == "create    web     running   50%, 5 paths of 10 paths: copies");
    apply_event done = running();
    done.status = "done";
    done.sentence.clear();
    done.progress = {};
    CHECK(line_of(done, 0) == "create    web  done");
    CHECK(line_of({apply_event::kind::evaluation, "", "", "", "", "evaluates nixops4.nix", {}, false}, 6) ==
          "          evaluates nixops4.nix");
}

TEST_CASE("an event in JSON says whose it is") {
    CHECK(json_of(running(), "") == json::parse(R"({"event":"resource","deployment":"rack","resource":"web",
        "type":"local.file","operation":"create","status":"running","sentence":"copies",
        "progress":{"done":5,"total":10,"unit":"paths"}})"));
    apply_event host{apply_event::kind::host, "px01", "", "host", "gate HOLD", "two disks", {}, false};
    CHECK(json_of(host, "foo") ==
          json::parse(R"({"event":"host","deployment":"foo","host":"px01","phase":"gate",
        "condition":"HOLD","sentence":"two disks"})"));
    host.status = "ok";
    CHECK(json_of(host, "")["condition"] == "run");
}

TEST_CASE("the last line counts what was done before what was not") {
    apply_summary came;
    CHECK(line_of(came) == "nothing is declared");
    came.count = {{"blocked", 2}, {"created", 3},    {"failed", 1},
                  {"person", 1},  {"unchanged", 40}, {"updated", 1}};
    CHECK(line_of(came) == "3 created, 1 updated, 40 unchanged, 1 failed, 1 waiting for a person, 2 blocked");
}

TEST_CASE("what failed is said with its log and where more of it stands; a person is told what waits") {
    apply_summary came;
    came.problems = {"inventory.yaml:3: no"};
    came.failed = {{"web", false, "failed", "exit status 3", {"it is bad"}},
                   {"px01", true, "FAILED", "mkfs failed", {}}};
    came.waiting = {{"list", false, "person", "is to be updated", {}}};
    CHECK(reasons_of(came) == std::vector<std::string>{"inventory.yaml:3: no", "web: exit status 3",
                                                       "  | it is bad", "  its log: landscaper watch --plain",
                                                       "px01: mkfs failed", "  its log: landscaper host px01",
                                                       "list: is to be updated"});
    auto said = json_of(came, "", 1);
    CHECK(said["event"] == "summary");
    CHECK(said["reason"] == "failed");
    CHECK(said["exit"] == 1);
    CHECK(said["failed"][1]["host"] == "px01");
    CHECK(said["failed"][0]["log"] == json::array({"it is bad"}));
    CHECK(said["waiting"][0]["resource"] == "list");
    CHECK(json_of(came, "", 3)["reason"] == "waits for a person");
    CHECK(json_of(came, "", 0)["reason"] == "done");
}

TEST_CASE("of a thousand that failed the first are said, and how many there are") {
    apply_summary came;
    came.failed.assign(1000, {"web", false, "cancelled", "no", {}});
    auto said = reasons_of(came);
    CHECK(said.size() == 21);
    CHECK(said.back().starts_with("and 980 more"));
}
