// What members of a root expression say for our engine alone, by hand and evaluated by Nix; roots of
// NixOps4's library are in mkroot_test.cpp.
#include "root_rack.hpp"

using namespace landscaper;

namespace {

const std::string helpers = R"(
      dir = toString ./.;
      also = landscaper: component: { resource = component.resource // { inherit landscaper; }; };
      kept = value: stateful [ "store" ] (memo value);
      store = local "state_file" { name = dir + "/deployment.json"; } [ ];
)";

std::string root(const std::string& members) {
    return root_by_hand("inherit store;\n" + members, helpers);
}

const engine::member& declared(rack& r, const char* name) {
    const auto* found = r.engine->members().find(at(name));
    REQUIRE_MESSAGE(found, name);
    return *found;
}

std::string destroyed(rack& r, const char* name, bool even_protected = false) {
    r.engine->destroy({at(name)}, even_protected);
    r.until_settled();
    return r.status(name);
}

}  // namespace

TEST_CASE("settings of a root by hand reach the engine, above those of the member's type") {
    WITH_NIX
    rack r;
    r.write("nixops4.nix", root(R"(
      plain = kept 1;
      open = also { protect = false; sensitive = [ "initialize_with" "value" ]; retries = 2; } (kept 2);
      late = also { after = [ [ "open" ] ]; deadline = "10m"; repair = true; } (file "${dir}/late" "late");
    )"));
    r.start();
    r.until([&] { return r.status("late") == "done" && r.status("plain") == "done"; }, "late");
    r.until_settled();
    CHECK(r.problems.empty());
    CHECK(declared(r, "plain").is_protected);
    CHECK(declared(r, "store").is_protected);
    CHECK(!declared(r, "open").is_protected);
    CHECK(declared(r, "open").policy.retries == 2);
    CHECK(declared(r, "late").policy.silence == 10min);
    CHECK(declared(r, "late").policy.repairs == true);
    CHECK(r.engine->members().needs(at("late")).contains(at("open")));
    auto kept = engine::read_state(r.own.network() + "/deployment.json").value();
    CHECK(kept.find(at("plain"))->extra->value("protect", false));
    CHECK(!kept.find(at("open"))->extra->contains("protect"));
    CHECK(kept.find(at("open"))->extra->at("sensitive").dump() == R"(["initialize_with","value"])");
}

TEST_CASE(
    "what holds data stays when it is taken out, unless its protection was lifted before or that is said") {
    WITH_NIX
    rack r;
    r.write("nixops4.nix", root("a = kept 1; b = kept 2; c = kept 3;"));
    r.start();
    r.until([&] { return r.status("a") == "done" && r.status("b") == "done" && r.status("c") == "done"; },
            "abc");
    auto recorded = [&](const char* name) { return r.engine->state().at(at(name)).extra->dump(); };
    CHECK(recorded("b").find("\"protect\":true") != std::string::npos);
    // Lifting it changes nothing else: it is recorded, and nothing is run.
    r.write("nixops4.nix", root("a = kept 1; b = also { protect = false; } (kept 2); c = kept 3;"));
    r.until([&] { return recorded("b").find("protect") == std::string::npos; }, "lifted");
    r.until_settled();
    CHECK(r.plan() == "store=unchanged a=unchanged b=unchanged c=unchanged ");
    r.write("nixops4.nix", root("c = kept 3;"));
    r.until([&] { return r.status("a") == "orphan" && r.status("b") == "orphan"; }, "orphans");
    CHECK(destroyed(r, "b") == "nothing");
    CHECK(destroyed(r, "a") == "orphan");
    CHECK(r.engine->view(at("a"))->sentence.find("--even-protected") != std::string::npos);
    CHECK(destroyed(r, "a", true) == "nothing");
    CHECK(r.status("c") == "done");
}

TEST_CASE("a plan hashes what the member calls sensitive") {
    WITH_NIX
    rack r;
    r.write("nixops4.nix", root(R"(a = also { sensitive = [ "initialize_with" ]; } (kept "hunter2");)"));
    r.start();
    r.until([&] { return r.status("a") == "done"; }, "a");
    r.write("nixops4.nix", root(R"(a = also { sensitive = [ "initialize_with" ]; } (kept "hunter3");)"));
    r.until([&] { return r.status("a") == "person"; }, "a changes");
    r.until_settled();
    auto items = run_on(r.context, r.root->plan({})).value();
    auto text = engine::to_json(items).dump();
    CHECK(text.find("sha256:") != std::string::npos);
    CHECK(text.find("hunter") == std::string::npos);
}

TEST_CASE("replace_on replaces what is not protected, and what moved keeps what it has") {
    WITH_NIX
    rack r;
    auto text = [](const std::string& settings, const std::string& name, int number) {
        return root(name + " = also { protect = false; " + settings + " } (kept " + std::to_string(number) +
                    ");");
    };
    r.write("nixops4.nix", text("replace_on = [ \"initialize_with\" ];", "a", 1));
    r.start();
    r.until([&] { return r.status("a") == "done"; }, "a");
    CHECK(r.output("a", "value") == 1);
    r.write("nixops4.nix", text("replace_on = [ \"initialize_with\" ];", "a", 2));
    r.until([&] { return r.status("a") == "person"; }, "a is to be replaced");
    r.until_settled();
    CHECK(r.plan() == "store=unchanged a=replace ");
    r.engine->confirm({});
    r.until([&] { return r.status("a") == "done"; }, "a again");
    CHECK(r.output("a", "value") == 2);  // an update of a memo keeps the old one
    r.write("nixops4.nix", text("moved_from = [ \"a\" ];", "b", 2));
    r.until([&] { return r.status("b") == "done"; }, "b");
    CHECK(r.output("b", "value") == 2);
    CHECK(r.status("a") == "nothing");
}

TEST_CASE("a wrong setting names its line, the member and what would be right, and stops that member alone") {
    WITH_NIX
    rack r;
    r.write("nixops4.nix", R"({ _type = "nixops4Component"; rootFunction = { ... }: { members = {
  good.resource = { provider = { executable = "landscaper"; args = [ "provider" "local" ]; type = "stdio"; };
    type = "exec"; inputs = { executable = "/bin/echo"; args = [ "x" ]; }; outputsSkeleton.stdout = { }; state = null; };
  typo.resource = { provider = { executable = "landscaper"; args = [ "provider" "local" ]; type = "stdio"; };
    type = "exec"; inputs.executable = "/bin/false"; outputsSkeleton = { }; state = null;
    landscaper = {
      retrys = 3;
    }; };
  type.resource = { provider = { executable = "landscaper"; args = [ "provider" "local" ]; type = "stdio"; };
    type = "exec"; inputs.executable = "/bin/false"; outputsSkeleton = { }; state = null;
    landscaper.protect = "yes"; };
  name.resource = { provider = { executable = "landscaper"; args = [ "provider" "local" ]; type = "stdio"; };
    type = "exec"; inputs.executable = "/bin/false"; outputsSkeleton = { }; state = null;
    landscaper.sensitive = [ "executble" ]; };
  what.resource = { provider = { executable = "landscaper"; args = [ "provider" "local" ]; type = "stdio"; };
    type = "exec"; inputs.executable = "/bin/false"; outputsSkeleton = { }; state = null;
    landscaper.after = x: x; };
}; }; })");
    r.start();
    r.until([&] { return r.problems.size() == 4 && r.status("good") == "done"; }, "four problems");
    std::string all;
    for (const auto& p : r.problems) all += p + "\n";
    CAPTURE(all);
    CHECK(all.find(
              "nixops4.nix:7:7: typo.landscaper.retrys: there is no such setting; did you mean retries?") !=
          std::string::npos);
    CHECK(all.find("nixops4.nix:11:5: type.landscaper.protect: \"yes\" is wrong here; write true or false") !=
          std::string::npos);
    CHECK(all.find("nixops4.nix:14:5: name.landscaper.sensitive: there is no \"executble\"; did you mean "
                   "\"executable\"?") != std::string::npos);
    CHECK(all.find("nixops4.nix:17:24: what: cannot convert a function to JSON") != std::string::npos);
    for (const auto* name : {"typo", "type", "name"}) CHECK(r.status(name) == "failed");
}

TEST_CASE(
    "a foreign provider is sent nothing of it, is tried again as declared, and stopped when it is silent") {
    WITH_NIX
    rack r;
    r.types.set_foreign(engine::foreign_providers({r.own.network(), 100ms, 5s}));
    r.write("provider",
            "#!/bin/sh\nread line\necho \"$line\" >> asked\n"
            "case \"$line\" in *patient*) exec sleep 600; esac\n"
            "test $(wc -l < asked) -ge 3 || { echo '{\"errorResponse\":{\"message\":\"not yet\"}}'; exit; }\n"
            "echo '{\"createResourceResponse\":{\"outputProperties\":{}}}'\n");
    std::filesystem::permissions(r.own.network() + "/provider", std::filesystem::perms::owner_all);
    auto foreign = [](const std::string& type, const std::string& settings) {
        return "{ resource = { provider = { executable = toString ./provider; args = [ ]; type = \"stdio\"; "
               "}; type = \"" +
               type + "\"; inputs = { }; outputsSkeleton = { }; state = null; landscaper = { " + settings +
               " }; }; }";
    };
    r.write("nixops4.nix", root("flaky = " + foreign("thing", "retries = 2;") + ";"));
    r.start();
    r.until([&] { return r.status("flaky") == "done"; }, "flaky");
    auto asked = text_of(r.own.network() + "/asked");
    CHECK(std::count(asked.begin(), asked.end(), '\n') == 3);
    CHECK(asked.find("landscaper") == std::string::npos);
    r.write("nixops4.nix", root("silent = " + foreign("patient", "deadline = \"1s\";") + ";"));
    r.until([&] { return r.status("silent") == "failed"; }, "silent");
    CHECK(r.engine->view(at("silent"))->sentence == "said nothing for 1 s and was stopped");
}
