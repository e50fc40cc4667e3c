#include "landscaper/provider/types.hpp"
#include "root_rack.hpp"

using namespace landscaper;
using engine::value;

namespace {

const std::string everything = root_by_hand(R"(
      store = local "state_file" { name = dir + "/deployment.json"; } [ ];
      names = exec "/bin/echo" [ "-n" "blue green" ];
      first = stateful [ "store" ] (memo { number = 1; from = o.names.stdout; });
      tool = stateful [ "store" ] (memo "${tool}");
      apps = { members = builtins.listToAttrs (map (name: {
        inherit name;
        value = { members = {
          page = file "${dir}/${name}.txt" "${name} of ${o.first.value.from}, ${o.apps.${name}.secret.value}";
          secret = stateful [ "store" ] (memo "secret of ${name}");
        }; };
      }) (builtins.filter builtins.isString (builtins.split " " o.first.value.from))); };
      last = exec "/bin/cat" [ "${dir}/blue.txt" o.apps.green.secret.value ];
    )",
                                            "dir = toString ./.; tool = " + buildable("tool") + ";");

}  // namespace

TEST_CASE("a root by hand: outputs, structure that depends on them, nesting, derivations, a state resource") {
    WITH_NIX
    rack r;
    r.write("nixops4.nix", everything);
    r.start();
    r.until([&] { return r.status("apps.green.page") == "done"; }, "apps.green.page");
    r.until_settled();
    CHECK(r.problems.empty());
    CHECK(text_of(r.own.network() + "/blue.txt") == "blue of blue green, secret of blue");
    CHECK(r.output("first", "value") == json{{"number", 1}, {"from", "blue green"}});
    auto tool = r.output("tool", "value").get<std::string>();
    CHECK(std::filesystem::exists(r.own.name + "/root" + tool));
    // `last` reads what nothing says must be there first; it failed or worked, but all it needs was known.
    CHECK((r.status("last") == "done" || r.status("last") == "failed"));
    // Waves of outputs: nothing known; names; first; the secrets. Resources that end apart may cost one more
    // each, but never one round per resource.
    auto rounds = r.root->rounds();
    CHECK(rounds >= 4);
    CHECK(rounds <= 7);

    // The entries are where the siblings say, and only there.
    auto kept = engine::read_state(r.own.network() + "/deployment.json").value();
    CHECK(kept.find(at("first")).has_value());
    CHECK(kept.find(at("apps.green.secret")).has_value());
    CHECK(!kept.find(at("names")).has_value());
    auto ours = engine::read_state(r.own.name + "/rack.json").value();
    CHECK(!ours.find(at("first")).has_value());
    CHECK(kept.find(at("first"))->extra->at("needs").dump() == R"([["names"],["store"]])");
}

TEST_CASE("the next start finds what was kept, and changes nothing") {
    WITH_NIX
    rack r;
    r.write("nixops4.nix", root_by_hand(R"(
      store = local "state_file" { name = dir + "/deployment.json"; } [ ];
      count = exec "/bin/sh" [ "-c" "echo x >> ${dir}/runs; wc -l < ${dir}/runs" ];
      first = stateful [ "store" ] (memo o.count.stdout);
    )",
                                        "dir = toString ./.;"));
    r.start();
    r.until([&] { return r.status("first") == "done"; }, "first");
    CHECK(r.output("first", "value") == "1\n");
    r.stop();
    r.start();
    // NixOps4's rule: without state the program runs again, and the memo is to be updated since its input
    // changed.
    r.until([&] { return r.status("first") == "person"; }, "first waits");
    r.until_settled();
    CHECK(r.plan() == "count=unchanged store=unchanged first=update ");
    r.engine->confirm({});
    r.until([&] { return r.status("first") == "done"; }, "first");
    CHECK(r.output("first", "value") == "1\n");  // a memo keeps what it has
    CHECK(r.problems.empty());
}

TEST_CASE("a plan takes one evaluation, also where structure depends on what is to be updated") {
    WITH_NIX
    rack r;
    auto text = [](const std::string& number) {
        return root_by_hand(R"(
      store = local "state_file" { name = dir + "/deployment.json"; } [ ];
      number = stateful [ "store" ] (memo )" +
                                number + R"();
      apps = { members.${"n" + toString o.number.value} = stateful [ "store" ] (memo o.number.value); };
    )",
                            "dir = toString ./.;");
    };
    r.write("nixops4.nix", text("1"));
    r.start();
    r.until([&] { return r.status("apps.n1") == "done"; }, "apps.n1");
    r.until_settled();
    CHECK(r.plan() == "store=unchanged number=unchanged apps.n1=unchanged ");
    auto rounds = r.root->rounds();
    r.write("nixops4.nix", text("2"));
    r.until([&] { return r.status("number") == "person"; }, "number waits");
    r.until_settled();
    // Not an orphan: whether it stays is known only when `number` is.
    CHECK(r.status("apps.n1") == "blocked");
    rounds = r.root->rounds();
    CHECK(r.plan() == "store=unchanged number=update apps.n1=waiting ");
    CHECK(r.root->rounds() == rounds + 1);
    r.engine->confirm({});
    // A memo keeps its value, so that the member is the same.
    r.until([&] { return r.status("apps.n1") == "done"; }, "apps.n1");
}

TEST_CASE("a typo is said with its line, what was declared stays in force, and the correction is taken up") {
    WITH_NIX
    rack r;
    r.write("nixops4.nix", root_by_hand("a = exec \"/bin/echo\" [ \"one\" ];"));
    r.start();
    r.until([&] { return r.status("a") == "done"; }, "a");
    r.write("nixops4.nix", root_by_hand("a = exec \"/bin/echo\" [ one ];"));
    r.until([&] { return !r.problems.empty(); }, "a problem");
    CHECK(r.problems.front().starts_with("nixops4.nix:"));
    CHECK(r.problems.front().ends_with("undefined variable 'one'"));
    CHECK(r.status("a") == "done");
    CHECK(r.root->is_refused());
    r.write("nixops4.nix", root_by_hand("a = exec \"/bin/echo\" [ \"two\" ]; b = exec o.a.stdout [ ];"));
    r.until([&] { return r.status("a") == "done" && r.output("a", "stdout") == "two\n"; }, "a again");
    CHECK(r.problems.empty());
    CHECK(!r.root->is_refused());
    // Gone: what it declared is gone with it.
    std::filesystem::remove(r.own.network() + "/nixops4.nix");
    r.until([&] { return r.status("a") == "nothing"; }, "nothing");
}

TEST_CASE("members that need each other are named, and the others go on") {
    WITH_NIX
    rack r;
    const std::string say = "say = what: exec \"/bin/echo\" [ what ];";
    r.write("nixops4.nix", root_by_hand("a = say o.b.stdout; b = say o.a.stdout; self = say o.self.stdout; "
                                        "needs = say o.a.stdout; apart = say \"1\";",
                                        say));
    r.start();
    r.until([&] { return r.status("apart") == "done" && r.problems.size() == 2; }, "apart");
    const std::string why = ": these resources need each other; break the chain";
    CHECK(r.problems[0] == "nixops4.nix: a -> b -> a" + why);
    CHECK(r.problems[1] == "nixops4.nix: self -> self" + why);
    CHECK(r.status("a") == "failed");
    CHECK(r.status("needs") == "blocked");
    CHECK(!r.root->is_refused());
    CHECK(r.plan({at("apart")}) == "apart=unchanged ");
    r.write("nixops4.nix", root_by_hand("a = say o.b.stdout; b = say \"2\"; needs = say o.a.stdout;", say));
    r.until([&] { return r.status("needs") == "done"; }, "the chain is broken");
    CHECK(r.problems.empty());
}

TEST_CASE("a changed file that the expression only imports counts as a change of it") {
    WITH_NIX
    rack r;
    r.write("word.nix", "\"one\"");
    r.write("nixops4.nix", root_by_hand("a = exec \"/bin/echo\" [ (import ./word.nix) ];"));
    r.start();
    r.until([&] { return r.status("a") == "done"; }, "a");
    r.write("word.nix", "\"two\"");
    r.until([&] { return r.status("a") == "done" && r.output("a", "stdout") == "two\n"; }, "a again");
}

TEST_CASE("an expression that refers to hosts waits for them like for its own") {
    WITH_NIX
    rack r;
    r.hosts = {{"px01", {{"installation", {"address"}}}}};
    r.write("nixops4.nix", root_by_hand("a = exec \"/bin/echo\" [ hosts.px01.installation.address ];"));
    r.start();
    auto host = provider::member_of("local.memo", at("hosts.px01.installation"),
                                    {{"initialize_with", engine::literal("10.0.0.11")}});
    r.until([&] { return r.status("a") == "blocked"; }, "a waits");
    CHECK(r.engine->view(at("a"))->sentence.find("hosts.px01.installation") != std::string::npos);
    host.outputs = {"address", "value"};
    class address : public provider::resource_type {
        task<value> create(provider::request) override { co_return value(json{{"address", "10.0.0.11"}}); }
    };
    r.types.add("host.install", std::make_shared<address>());
    host.provider.name = "host";
    host.type = "install";
    REQUIRE(r.engine->set_members("inventory.yaml", {{host}, {at("hosts")}}).has_value());
    r.until([&] { return r.status("a") == "done"; }, "a");
    CHECK(r.output("a", "stdout") == "10.0.0.11\n");
    CHECK(r.engine->members().needs(at("a")).contains(at("hosts.px01.installation")));
}

TEST_CASE("a host has one driver: a claim that is objected to, or made twice, breaks that member") {
    WITH_NIX
    rack r;
    auto install = [](const std::string& host) {
        return R"({ resource = { provider = { executable = "/x/landscaper"; args = [ "provider" "host" ]; type = "stdio"; };
                     type = "install"; inputs.host = ")" +
               host + R"("; outputsSkeleton = { }; state = null; }; };)";
    };
    r.objections["theirs"] = "px01 is managed by its line in inventory.yaml";
    r.write("nixops4.nix", root_by_hand("theirs = " + install("px01") + " one = " + install("px02") +
                                        " two = " + install("px02")));
    r.start();
    r.until([&] { return r.problems.size() == 2; }, "two problems");
    CHECK(r.status("theirs") == "failed");
    CHECK(r.engine->view(at("theirs"))->sentence == "px01 is managed by its line in inventory.yaml");
    CHECK(r.engine->view(at("two"))->sentence.find("a host has one driver") != std::string::npos);
    CHECK(r.root->members_of_host("px02").size() == 2);
}

TEST_CASE("a foreign provider, started as its argv says, keeps no state of ours") {
    WITH_NIX
    rack r;
    r.write("provider",
            "#!/bin/sh\nread line\necho \"$line\" > asked\n"
            "echo '{\"createResourceResponse\":{\"outputProperties\":{\"out\":\"made\"}}}'\n");
    std::filesystem::permissions(r.own.network() + "/provider", std::filesystem::perms::owner_all);
    r.write("nixops4.nix", root_by_hand(R"(
      a.resource = { provider = { executable = toString ./provider; args = [ ]; type = "stdio"; };
                     type = "thing"; inputs.x = 1; outputsSkeleton.out = { }; state = null; };
      b = exec "/bin/echo" [ o.a.out ];
    )"));
    r.start();
    r.until([&] { return r.status("b") == "done"; }, "b");
    CHECK(r.output("b", "stdout") == "made\n");
    CHECK(text_of(r.own.network() + "/asked") ==
          "{\"createResourceRequest\":{\"inputProperties\":{\"x\":1},\"isStateful\":false,\"type\":\"thing\"}"
          "}\n");
}

TEST_CASE("news that change nothing put no members together, what changes one does, and an objection too") {
    WITH_NIX
    rack r;
    auto text = [](const char* last) {
        return root_by_hand(
            "all.members = builtins.listToAttrs (builtins.genList (n: { name = \"m${toString n}\"; "
            "value = file \"${toString ./.}/m${toString n}\" \"x\"; }) 300); last = exec "
            "\"/bin/echo\" [ \"" +
            std::string(last) + "\" ];");
    };
    r.write("nixops4.nix", text("one"));
    r.start();
    r.until([&] { return r.status("all.m299") == "done" && r.status("last") == "done"; }, "301 members");
    r.until_settled();
    // One evaluation gave them all; 301 results were news.
    CHECK(r.root->rounds() == 1);
    CHECK(r.root->declarations() <= 2);
    auto before = r.root->declarations();
    auto look = [&] {
        r.root->look_again();
        r.until([&] { return r.root->is_at_rest(); }, "at rest");
    };
    for (int i = 0; i < 10; ++i) look();
    CHECK(r.root->declarations() == before);
    r.objections["last"] = "last is somebody else's";
    look();
    CHECK(r.root->declarations() == before + 1);
    CHECK(r.problems == std::vector<std::string>{"last is somebody else's"});
    r.objections.clear();
    look();
    CHECK(r.problems.empty());
    r.write("nixops4.nix", text("two"));
    r.until([&] { return r.status("last") == "done" && r.output("last", "stdout") == "two\n"; }, "two");
}
