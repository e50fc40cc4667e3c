#include "landscaper/control/snapshot.hpp"

#include <nlohmann/json.hpp>

#include "landscaper/base/json_in.hpp"
#include "tests/support/result.hpp"

using namespace landscaper;
using namespace landscaper::control;

static host_view full_host() {
    host_view h;
    h.name = "px01";
    h.host_id = "00112233445566778899aabbccddeeff";
    h.mac = {"52:54:00:0a:00:01", "52:54:00:0a:00:02"};
    h.ip = "10.0.0.11";
    h.role = "proxmox";
    h.firmware = "uefi";
    h.phase = "copy";
    h.condition = "run";
    h.sentence = "copies the system";
    h.seen = "fetched";
    h.last_seen = 1;
    h.attempt = 2;
    h.attempt_started = 3;
    h.phase_started = 4;
    h.progress = {"bytes", 5, 6, 7, 8};
    h.permanent_key = "SHA256:new";
    h.temporary_key = "SHA256:old";
    h.generation = 9;
    h.toplevel = "/nix/store/x";
    h.phases = {{"waiting", 10, 11}};
    h.steps = {{"installation", "facts", 12, 13, "one disk"}};
    h.resources = {{"hosts.px01.nixos", "nixos.system", "waiting", "later"}};
    h.log = {"a line"};
    return h;
}

static snapshot full() {
    snapshot s;
    s.site = "rack-a";
    s.rack = "ff00";
    s.version = "0.1.0";
    s.number = 14;
    s.now = 15;
    s.started = 16;
    s.inventory_file = "/r/inventory.yaml";
    s.inventory_problems = {"inventory.yaml:3: no"};
    s.bootd = "not connected";
    s.warnings = {"not a tmpfs"};
    s.alarms = {{22, 23, 24, "px01", "two_machines", "seen"}};
    s.dhcp_servers = {"10.0.0.1"};
    s.counters = {{"tftp_transfers", 17}};
    s.hosts = {full_host()};
    s.resources = {{"apps.page",
                    "local.file",
                    "running",
                    "writes",
                    "foo",
                    "update",
                    {"bytes", 25, 26, 27, 28},
                    29,
                    "create"}};
    s.evaluation = "evaluates nixops4.nix";
    s.deployments = {{"foo",
                      "Foo University",
                      "ops@foo.example",
                      false,
                      "unmanaged",
                      "is kept",
                      {{"orphan", 2}},
                      {"deployments/foo.nix:1:1: no"},
                      "evaluates",
                      true}};
    s.unknown = {{"a0:36:9f:11:22:33", "UEFI x64", 18, 19, 20}};
    s.log = {{21, "px01", "said \xc3\xa4"}};
    return s;
}

TEST_CASE("every field of a snapshot survives the way through JSON text") {
    auto parsed = json_in(json_text(to_json(full())));
    REQUIRE(parsed);
    auto back = snapshot_from_json(*parsed);
    REQUIRE(back);
    CHECK(*back == full());
}

TEST_CASE("no field of the views was forgotten in JSON: none of the full ones has its default") {
    auto all = to_json(full());
    auto nothing = to_json(snapshot{});
    auto host = to_json(full_host());
    auto no_host = to_json(host_view{});
    auto deployment = to_json(full())["deployments"][0];
    snapshot shot;
    shot.deployments.emplace_back();
    auto no_deployment = to_json(shot)["deployments"][0];
    for (const auto& [name, value] : deployment.items()) CHECK_MESSAGE(value != no_deployment[name], name);
    CHECK(deployment.size() == 10);
    for (const auto& [name, value] : all.items()) CHECK_MESSAGE(value != nothing[name], name);
    for (const auto& [name, value] : host.items()) CHECK_MESSAGE(value != no_host[name], name);
    CHECK(all.size() == 19);
    CHECK(host.size() == 23);
}

TEST_CASE("fields that are missing keep their defaults, unknown ones are passed over") {
    auto shot = snapshot_from_json({{"site", "rack-a"},
                                    {"of_next_year", {{"x", 1}}},
                                    {"hosts", {{{"name", "px01"}, {"colour", "blue"}}}}});
    REQUIRE(shot);
    CHECK(shot->site == "rack-a");
    REQUIRE(shot->hosts.size() == 1);
    CHECK(shot->hosts[0].name == "px01");
    CHECK(shot->hosts[0].progress == progress_view{});
}

TEST_CASE("a field of another type is an error, not an exception") {
    for (const char* text :
         {R"({"site":5})", R"({"hosts":[{"mac":"52:54"}]})", R"({"hosts":{"a":{}}})", R"({"hosts":["px01"]})",
          R"({"counters":{"x":"many"}})", R"({"log":[{"at":"now"}]})", R"([])", R"("x")", R"(null)"}) {
        auto parsed = json_in(text);
        REQUIRE(parsed);
        CHECK_FALSE_MESSAGE(snapshot_from_json(*parsed), text);
    }
}
