// Roots made by NixOps4's own library, with nixpkgs' lib, both from folders named in the environment.
#include <cstdlib>

#include "root_rack.hpp"

using namespace landscaper;

namespace {

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

bool has_nixops4() {
    if (!has_nix()) {
        MESSAGE("skipped: no nix-instantiate in PATH");
        return false;
    }
    for (const auto* name : {"NIXPKGS_LIB", "LANDSCAPER_NIXOPS4"}) {
        if (!variable(name).empty()) continue;
        MESSAGE("skipped: " << std::string(name)
                            << " is not set; NIXPKGS_LIB is a folder with nixpkgs' lib (its default.nix), "
                               "LANDSCAPER_NIXOPS4 a checkout of nixops4");
        return false;
    }
    return true;
}

// A root with NixOps4's local provider, carried out by ours.
std::string made_root(const std::string& module) {
    return "let\n  lib = import " + variable("NIXPKGS_LIB") +
           ";\n  nixops4 = " + variable("LANDSCAPER_NIXOPS4") +
           R"(;
  lib4 = import (nixops4 + "/nix/lib/lib.nix") { inherit lib; self = { }; selfWithSystem = _: throw "no"; };
  local = import (nixops4 + "/nix/providers/local.nix") { withSystem = _: f: f { config.packages.nixops4-resources-local-release = "/none"; }; };
in lib4.mkRoot { modules = [
  )" + from_source("nixos-module") +
           R"(/component.nix
  ({ lib, ... }: { providers.local = {
      imports = [ local ];
      executable = lib.mkForce "landscaper";
      args = [ "provider" "local" ];
      _module.args.withSystem = _: f: f { };
  }; })
  (
)" + module +
           R"(
  )
]; }
)";
}

}  // namespace

TEST_CASE("a root made by mkRoot: outputs, nesting, state, structure and kind that depend on outputs") {
    if (!has_nixops4()) return;
    rack r;
    r.write("nixops4.nix", made_root(R"(
  { members, providers, config, ... }: {
    members.store = { type = providers.local.state_file; inputs.name = "deployment.json"; };
    members.names = { type = providers.local.exec; inputs = { executable = "/bin/echo"; args = [ "-n" "blue green" ]; }; };
    members.first = {
      type = providers.local.memo;
      state = members.store;
      inputs.initialize_with = { from = members.names.outputs.stdout; number = 1.5; };
    };
    members.apps = { members = lib.genAttrs (lib.splitString " " members.first.outputs.value.from) (name:
      { members, ... }: {
        members.secret = { type = providers.local.memo; state = config.members.store; inputs.initialize_with = "secret of ${name}"; };
        members.page = { type = providers.local.file; inputs = { name = "${name}.txt"; contents = members.secret.outputs.value; }; };
      }); };
    # What it is depends on an output as well.
    members.which = if members.names.outputs.stdout == "" then { members = { }; } else
      { type = providers.local.exec; inputs = { executable = "/bin/echo"; args = [ "-n" "a resource" ]; }; };
  }
)"));
    // As serve does: relative names start at the rack's folder.
    auto before = std::filesystem::current_path();
    std::filesystem::current_path(r.own.network());
    r.start();
    r.until([&] { return r.status("apps.green.page") == "done" && r.status("which") == "done"; }, "pages");
    r.until_settled();
    CHECK(r.problems.empty());
    CHECK(text_of(r.own.network() + "/green.txt") == "secret of green");
    CHECK(r.output("first", "value").dump() == R"({"from":"blue green","number":1.5})");
    CHECK(r.output("which", "stdout") == "a resource");
    CHECK(r.root->rounds() <= 8);
    auto kept = engine::read_state(r.own.network() + "/deployment.json").value();
    CHECK(kept.find(at("apps.blue.secret")).has_value());
    r.stop();
    std::filesystem::current_path(before);
}

TEST_CASE("errors of the module system begin with the operator's file") {
    if (!has_nixops4()) return;
    rack r;
    r.write("apps.nix", R"({ members, providers, ... }: {
  members.typed.type = providers.local.exec;
  members.typed.inputs.executable =
    12;
  members.typo = { type = providers.local.exec;
    inputs.exectable = "x"; };
  members.stateless = { type = providers.local.memo; inputs.initialize_with = 1; };
  members.good = { type = providers.local.exec; inputs = { executable = "/bin/echo"; args = [ ]; }; };
})");
    r.write("nixops4.nix", made_root("./apps.nix"));
    r.start();
    r.until([&] { return r.status("good") == "done"; }, "good");
    r.until_settled();
    std::string all;
    for (const auto& p : r.problems) all += p + "\n";
    CAPTURE(all);
    CHECK(all.find("apps.nix:6: typo.inputs") != std::string::npos);
    CHECK(all.find("exectable' does not exist") != std::string::npos);
    CHECK(all.find("apps.nix: typed.inputs.executable") != std::string::npos);
    CHECK(all.find("is not of type `string") != std::string::npos);
    CHECK(r.status("good") == "done");
    CHECK(r.status("typed") == "failed");
}

TEST_CASE(
    "members of a root made by mkRoot have the option landscaper, which NixOps4's own fields do not feel") {
    if (!has_nixops4()) return;
    rack r;
    r.write("nixops4.nix", made_root(R"(
  { members, providers, config, ... }: {
    providers.local.landscaper.deadline = "5m";
    providers.local.landscaper.retries = 1;
    providers.local.resourceTypes.memo.landscaper.retries = 4;
    members.store = { type = providers.local.state_file; inputs.name = "deployment.json"; };
    members.plain = { type = providers.local.memo; state = members.store; inputs.initialize_with = 1; };
    members.apps = { members.db = {
      type = providers.local.memo;
      state = config.members.store;
      inputs.initialize_with = "hunter2";
      landscaper = {
        protect = false;
        sensitive = [ "initialize_with" "value" ];
        replace_on = [ "initialize_with" ];
        deadline = "10m";
        retries = 2;
        after = [ config.members.plain [ "store" ] ];
        moved_from = [ "old" "db" ];
      };
    }; };
  }
)"));
    auto before = std::filesystem::current_path();
    std::filesystem::current_path(r.own.network());
    r.start();
    r.until([&] { return r.status("apps.db") == "done"; }, "db");
    r.until_settled();
    CHECK(r.problems.empty());
    const auto* plain = r.engine->members().find(at("plain"));
    const auto* db = r.engine->members().find(at("apps.db"));
    REQUIRE((plain && db));
    CHECK(plain->is_protected);
    // Its type's, and of what that leaves open its provider's.
    CHECK(plain->policy.retries == 4);
    CHECK(plain->policy.silence == 5min);
    CHECK(r.engine->members().find(at("store"))->policy.retries == 1);
    CHECK(!db->is_protected);
    CHECK(db->sensitive == std::set<std::string>{"initialize_with", "value"});
    CHECK(db->replace_on == std::set<std::string>{"initialize_with"});
    CHECK(db->policy.silence == 10min);
    CHECK(db->policy.retries == 2);
    CHECK(db->after == std::vector<path>{at("plain"), at("store")});
    CHECK(db->moved_from == at("old.db"));
    CHECK(r.output("apps.db", "value") == "hunter2");
    r.stop();
    std::filesystem::current_path(before);
}

TEST_CASE("a wrong setting in a root made by mkRoot begins with the operator's file") {
    if (!has_nixops4()) return;
    rack r;
    r.write("apps.nix", R"({ members, providers, ... }: {
  members.typo = { type = providers.local.exec; inputs.executable = "/bin/echo";
    landscaper.protct = true; };
  members.type = { type = providers.local.exec; inputs.executable = "/bin/echo";
    landscaper.retries = "three"; };
  members.late = { type = providers.local.exec; inputs.executable = "/bin/echo";
    landscaper.deadline =
      "10 minutes"; };
  members.name = { type = providers.local.exec; inputs.executable = "/bin/echo";
    landscaper.sensitive = [ "stdot" ]; };
  members.good = { type = providers.local.exec; inputs = { executable = "/bin/echo"; args = [ ]; }; };
})");
    r.write("nixops4.nix", made_root("./apps.nix"));
    r.start();
    r.until([&] { return r.status("good") == "done" && r.problems.size() == 4; }, "four problems");
    std::string all;
    for (const auto& p : r.problems) all += p + "\n";
    CAPTURE(all);
    CHECK(all.find("apps.nix:3: typo") != std::string::npos);
    CHECK(all.find("landscaper.protct' does not exist") != std::string::npos);
    CHECK(all.find("apps.nix:5: type") != std::string::npos);
    CHECK(all.find("landscaper.retries' is not of type") != std::string::npos);
    CHECK(all.find("apps.nix:7:5: late.landscaper.deadline: \"10 minutes\" is wrong here; write a time") !=
          std::string::npos);
    CHECK(all.find("apps.nix:10:5: name.landscaper.sensitive: there is no \"stdot\"; did you mean "
                   "\"stdin\"?") == std::string::npos);
    CHECK(all.find("did you mean \"stdout\"?") != std::string::npos);
}

TEST_CASE("a wrong value among the defaults of a provider or of a type is said with its own line") {
    if (!has_nixops4()) return;
    rack r;
    r.write("apps.nix", R"({ members, providers, ... }: {
  providers.local.landscaper = {
    deadline = "an hour";
  };
  providers.local.resourceTypes.exec.landscaper.sensitive =
    [ "stdot" ];
  members.a = { type = providers.local.exec; inputs.executable = "/bin/echo"; };
  members.b = { type = providers.local.exec; inputs.executable = "/bin/echo"; landscaper.deadline = "1h"; };
  members.c = { type = providers.local.exec; inputs.executable = "/bin/echo";
    landscaper = { deadline = "1h"; sensitive = [ ]; }; };
})");
    r.write("nixops4.nix", made_root("./apps.nix"));
    r.start();
    r.until([&] { return r.status("c") == "done" && r.problems.size() == 2; }, "two problems");
    std::string all;
    for (const auto& p : r.problems) all += p + "\n";
    CAPTURE(all);
    CHECK(all.find("apps.nix:3:5: a.landscaper.deadline: \"an hour\" is wrong here; write a time") !=
          std::string::npos);
    CHECK(all.find("apps.nix:5:3: b.landscaper.sensitive: there is no \"stdot\"; did you mean \"stdout\"?") !=
          std::string::npos);
}
