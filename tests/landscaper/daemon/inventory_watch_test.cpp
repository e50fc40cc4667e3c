#include "landscaper/daemon/inventory_watch.hpp"

#include <doctest/doctest.h>

#include "../engine/io/folder.hpp"
#include "landscaper/async/file.hpp"

using namespace landscaper;

TEST_CASE(
    "reconcile names types that can be repaired; any other is said with its line and what would be right") {
    auto problem = [](const std::string& text) {
        auto read = daemon::parse_inventory("site: a\n" + text + "\n", "inventory.yaml");
        return read ? "" : inventory::text(read.error());
    };
    auto read = daemon::parse_inventory("reconcile: { every: 10m, repair: [local.file] }", "inventory.yaml");
    REQUIRE(read.has_value());
    CHECK(read->reconcile.every == std::chrono::minutes(10));
    REQUIRE(read->reconcile.repair.size() == 1);
    CHECK(read->reconcile.repair[0].name == "local.file");
    CHECK(daemon::parse_inventory("site: a", "x")->reconcile == inventory::reconcile{});
    CHECK(problem("reconcile: { repair: [local.flie] }") ==
          "inventory.yaml:2:23: reconcile.repair: \"local.flie\" is no resource type that can be repaired; "
          "did you "
          "mean \"local.file\"?\n");
    CHECK(problem("reconcile: { repair: local.memo }").find("holds data and is never repaired by itself") !=
          std::string::npos);
    CHECK(problem("reconcile: { repair: [host.install] }").find("is not put right by itself") !=
          std::string::npos);
    CHECK(problem("reconcile: { evry: 1h }").find("did you mean \"every\"?") != std::string::npos);
    for (const auto* bad : {"1", "10s", "8d", "soon", "[1h]"}) {
        CAPTURE(std::string(bad));
        CHECK(problem(std::string("reconcile: { every: ") + bad + " }").find("reconcile.every") !=
              std::string::npos);
    }
}

TEST_CASE("launch phases name hosts and resources that there are; any other is said with its line") {
    const std::string hosts =
        "hosts: { px01: { mac: 52:54:00:00:00:01, ip: dhcp, role: a }, px02: { mac: 52:54:00:00:00:02, ip: "
        "dhcp, role: a, managed_by: nixops4 } }\n";
    auto problem = [&](const std::string& text) {
        auto read = daemon::parse_inventory("systems: { a: .#a }\n" + hosts + text + "\n", "inventory.yaml");
        return read ? "" : inventory::text(read.error());
    };
    CHECK(problem("launch: [[hosts.px01], [hosts.px02]]") == "");
    CHECK(problem("launch: [[hosts.px01.nixos], [hosts.px02.whatever]]") == "");
    CHECK(problem("launch: [[hosts], [apps]]") == "");
    CHECK(problem("launch: [[hosts.px01], [hosts.px22]]") ==
          "inventory.yaml:3:25: launch: there is no host px22; did you mean \"px02\"?\n");
    CHECK(problem("launch: [[hosts.server-nine]]") ==
          "inventory.yaml:3:11: launch: there is no host server-nine; there is: px01, px02\n");
    CHECK(problem("deployments: { foo: { launch: [[hosts.px99], [db]] } }") ==
          "inventory.yaml:3:33: deployments.foo.launch: there is no host px99; there is: px01, px02\n");
    CHECK(problem("launch: [[hosts.px01.nixxos]]") ==
          "inventory.yaml:3:11: launch: there is no resource hosts.px01.nixxos; did you mean \"nixos\"?\n");
    CHECK(problem("launch: [[hosts.px01.nixos.system]]").find("there is no resource") != std::string::npos);
}

TEST_CASE("a file that was cut short or cannot be read is refused with what to do, never taken as no hosts") {
    test_folder folder;
    auto path = folder / "inventory.yaml";
    auto said = [&] {
        auto read = daemon::read_inventory(folder.name);
        return read ? "" : inventory::text(read.error());
    };
    CHECK(said() == path +
                        ": No such file or directory; make one with `landscaper init`, or name its folder "
                        "with --network\n");
    for (const auto* nothing : {"", "\n", " \r\n\t\n"}) {
        REQUIRE(write_file_atomically(path, nothing, 0644).has_value());
        CHECK(said() == path +
                            ":1:1: the file is empty; write it again; an inventory without hosts says "
                            "`hosts:`\n");
    }
    REQUIRE(write_file_atomically(path, "hosts:\n", 0644).has_value());
    CHECK(said() == "");
    REQUIRE(write_file_atomically(path, std::string(9 << 20, '#'), 0644).has_value());
    CHECK(said() == path + ": File too large; is this the right file? 8 MiB is the most that is read\n");
}
