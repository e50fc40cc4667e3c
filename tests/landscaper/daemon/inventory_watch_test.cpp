#include "landscaper/daemon/inventory_watch.hpp"

#include <doctest/doctest.h>

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
    CHECK(daemon::parse_inventory("", "x")->reconcile == inventory::reconcile{});
    CHECK(problem("reconcile: { repair: [local.flie] }") ==
          "inventory.yaml:2:23: reconcile.repair: \"local.flie\" is no resource type that can be repaired; "
          "did you "
          "mean \"local.file\"?\n");
    CHECK(problem("reconcile: { repair: local.memo }").find("holds data and is never repaired by itself") !=
          std::string::npos);
    CHECK(problem("reconcile: { repair: [host.install] }").find("cannot say what is there") !=
          std::string::npos);
    CHECK(problem("reconcile: { evry: 1h }").find("did you mean \"every\"?") != std::string::npos);
    for (const auto* bad : {"1", "10s", "8d", "soon", "[1h]"}) {
        CAPTURE(std::string(bad));
        CHECK(problem(std::string("reconcile: { every: ") + bad + " }").find("reconcile.every") !=
              std::string::npos);
    }
}
