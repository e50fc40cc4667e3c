#include "landscaper/nix/root/complaint.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace landscaper::nix::root;
using nlohmann::json;

namespace {

own_files rack(std::map<std::string, std::string> files) {
    return {"/rack", [files](const std::string& name) -> std::optional<std::string> {
                auto found = files.find(name);
                return found == files.end() ? std::nullopt : std::optional(found->second);
            }};
}

}  // namespace

TEST_CASE("an error of Nix 2.8 is read with its places, without its colours") {
    auto line = json::parse(R"({"action":"msg","column":33,"file":"/rack/nixops4.nix","level":0,"line":12,
        "msg":"long","raw_msg":"cannot convert \u001b[35;1ma function\u001b[0m to JSON",
        "trace":[{"column":1,"file":"/state/root.nix","line":39,"raw_msg":"while evaluating"},
                 {"raw_msg":"from call site"}]})");
    auto said = complaint_in(line);
    REQUIRE(said);
    CHECK(said->message == "cannot convert a function to JSON");
    CHECK(said->places == std::vector<place>{{"/rack/nixops4.nix", 12, 33}, {"/state/root.nix", 39, 1}});
    CHECK(sentence(*said, rack({{"nixops4.nix", ""}})) ==
          "nixops4.nix:12:33: cannot convert a function to JSON");
}

TEST_CASE("other log lines are no errors") {
    CHECK(!complaint_in(json::parse(R"({"action":"msg","level":0,"msg":"trace: x"})")));
    CHECK(!complaint_in(json::parse(R"({"action":"start","level":0,"raw_msg":"x"})")));
    CHECK(!complaint_in(json::parse(R"({"action":"msg","level":1,"raw_msg":"warning"})")));
    CHECK(!complaint_in(json::parse(R"(["msg"])")));
}

TEST_CASE("the operator's file comes first, though Nix was elsewhere") {
    complaint said{"boom", {{"/nix/store/abc-lib/lib/modules.nix", 5, 1}, {"/rack/hosts.nix", 3, 4}}};
    CHECK(sentence(said, rack({{"hosts.nix", ""}})) == "hosts.nix:3:4: boom");
    CHECK(sentence(said, rack({})) == "boom");
}

TEST_CASE("a flake's copy in the store is the file that it was copied from") {
    complaint said{"boom", {{"/nix/store/abc-source/sub/root.nix", 3, 0}}};
    CHECK(sentence(said, rack({{"sub/root.nix", ""}})) == "sub/root.nix:3: boom");
    said.places[0].file = "/private/nix/store/abc-source/sub/root.nix";
    CHECK(sentence(said, rack({{"sub/root.nix", ""}})) == "sub/root.nix:3: boom");
    said.places[0].file = "/nix/store/abc-lib/sub/root.nix";
    CHECK(sentence(said, rack({{"sub/root.nix", ""}})) == "boom");
}

// nixpkgs' module system throws without a position.
TEST_CASE("an option error finds its line by the option's name, if just one line has it") {
    complaint said{
        "The option `members.typo.inputs.exectable' does not exist. Definition values:\n- In "
        "`<unknown-file>': \"x\"",
        {{"/lib/modules.nix", 402, 1}}};
    CHECK(own_place(said, rack({{"nixops4.nix", "a\nb\n  inputs.exectable = 1;\n"}})) ==
          place{"nixops4.nix", 3, 0});
    CHECK(own_place(said, rack({{"nixops4.nix", "exectable\nexectable"}})) == place{"nixops4.nix", 0, 0});
    CHECK(own_place(said, rack({{"nixops4.nix", "exectables"}})) == place{"nixops4.nix", 0, 0});
    said.message = "A definition for option `members.a' is bad:\n- In `/rack/apps.nix': 12";
    CHECK(own_place(said, rack({{"apps.nix", "\na = 12;"}})) == place{"apps.nix", 2, 0});
}

TEST_CASE("an error without a place is said with the root's name, and the one line that names the member") {
    auto own = rack({{"roots/bar.nix", "{\n  web = 1;\n  db = web;\n}"}});
    own.root = "roots/bar.nix";
    CHECK(sentence({"boom", {}}, own) == "roots/bar.nix: boom");
    CHECK(sentence({"boom", {}}, own, "db") == "roots/bar.nix:3: boom");
    CHECK(sentence({"boom", {}}, own, "web") == "roots/bar.nix: boom");
    CHECK(sentence({"stack overflow (possible infinite recursion)", {}}, own).find("leads back to itself") !=
          std::string::npos);
}
