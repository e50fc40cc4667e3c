#include "landscaper/nix/root/io/evaluator.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "landscaper/engine/graph.hpp"
#include "landscaper/nix/root/tree.hpp"
#include "private_nix.hpp"
#include "tests/landscaper/engine/io/one_thread.hpp"

using namespace landscaper;
using namespace landscaper::nix::root;
using nlohmann::json;

namespace {

// A root, what is known of it, and a world that answers with these outputs once their resource is known
// whole.
struct world {
    private_nix own;
    asio::io_context io;
    tree known;
    output_values now;
    host_outputs hosts;
    std::vector<std::string> traces;
    std::unique_ptr<evaluator> evaluates;
    origin from{own.network() + "/nixops4.nix", ""};

    explicit world(const std::string& text) {
        own.write("network/nixops4.nix", text);
        evaluator_config config;
        config.folder = own.name + "/questions";
        config.gc_roots = own.name + "/roots";
        config.own_folder = own.network();
        config.env = own.env();
        config.on_trace = [this](const std::string& line) { traces.push_back(line); };
        evaluates = std::make_unique<evaluator>(config);
    }

    answer ask(std::vector<nix::root::group> groups) {
        question what;
        what.origin = from;
        what.hosts = hosts;
        what.groups = std::move(groups);
        return run_on(io, evaluates->ask(what)).value();
    }
    // Rounds until nothing more can be asked; how many there were.
    unsigned rounds() {
        unsigned count = 0;
        for (; count < 20; ++count) {
            auto groups = known.questions([this](const output_ref& ref) -> std::optional<value> {
                auto found = now.find(ref);
                return found == now.end() ? std::nullopt : std::optional(found->second);
            });
            if (groups.empty()) break;
            known.take(ask(std::move(groups)));
        }
        return count;
    }
    void gives(const char* at, const char* output, json what) {
        now.insert_or_assign(output_ref{path::parse(at).value(), output}, value(std::move(what)));
    }
    std::optional<engine::member> find(const char* at, bool must_be_built = true) const {
        for (auto& m : known.declaration(must_be_built).members) {
            if (m.at.text() == at) return m;
        }
        return std::nullopt;
    }
    engine::member member(const char* at, bool must_be_built = true) const {
        auto found = find(at, must_be_built);
        REQUIRE_MESSAGE(found, at);
        return *found;
    }
    std::string input(const char* at, const char* name) const {
        auto m = member(at);
        REQUIRE_MESSAGE(m.inputs.contains(name), name);
        const auto& given = m.inputs.at(name);
        if (given.unknown_until.empty() && !given.is_unknown) return given.literal.text();
        std::string out = "needs";
        for (const auto& ref : given.unknown_until) out += " " + ref.resource.text() + "." + ref.output;
        return out;
    }
};

std::string unexplored(const tree& known) {
    std::string out;
    for (const auto& part : known.declaration().unexplored) {
        out += part.at.text() + ": " + (part.sentence.empty() ? describe(part) : part.sentence) + "\n";
    }
    return out;
}

}  // namespace

TEST_CASE("outputs feed inputs: one round for what is there, one for each output that comes") {
    WITH_NIX
    world w(root_by_hand(R"(
      hello = exec "/bin/echo" [ "hi" ];
      file = file "out" "got ${o.hello.stdout}";
    )"));
    CHECK(w.rounds() == 1);
    CHECK(w.input("hello", "args") == R"(["hi"])");
    CHECK(w.member("hello").outputs == std::vector<std::string>{"stdout"});
    CHECK(w.input("file", "name") == R"("out")");
    CHECK(w.input("file", "contents") == "needs hello.stdout");
    w.gives("hello", "stdout", "hi\n");
    CHECK(w.rounds() == 1);
    CHECK(w.input("file", "contents") == R"("got hi\n")");
    CHECK(w.member("file").inputs.at("contents").computed_from.front().from.output == "stdout");
    CHECK(w.evaluates->runs() == 2);
    CHECK(w.rounds() == 0);
}

TEST_CASE("members that exist only after an output are found when it is known") {
    WITH_NIX
    world w(root_by_hand(R"(
      names = exec "/bin/echo" [ "a b" ];
      apps = { members = builtins.listToAttrs (map (name: {
        inherit name; value = { members.run = exec "/bin/${name}" [ o.names.stdout o.other.stdout ]; };
      }) (builtins.filter builtins.isString (builtins.split " " o.names.stdout))); };
      other = exec "/bin/true" [ ];
      which = if o.other.stdout == "resource" then exec "/x" [ ] else { members.inner = exec "/y" [ ]; };
    )"));
    CHECK(w.rounds() == 1);
    CHECK(unexplored(w.known) ==
          "apps: whether it is still declared depends on names.stdout\n"
          "which: whether it is still declared depends on other.stdout\n");
    w.gives("names", "stdout", "a b");
    w.gives("other", "stdout", "resource");
    // Each with just the outputs that it is known to need, so that apps.a.run is found to need two.
    CHECK(w.rounds() == 2);
    CHECK(unexplored(w.known).empty());
    CHECK(w.input("apps.a.run", "args") == R"(["a b","resource"])");
    CHECK(w.input("apps.b.run", "executable") == R"("/bin/b")");
    CHECK(w.member("which").type == "exec");
    auto inner = w.member("apps.a.run");
    REQUIRE(inner.holds_while.size() == 1);
    CHECK(inner.holds_while.front().from.resource.text() == "names");
    CHECK(inner.inputs.at("args").computed_from.front().from.resource.text() == "other");

    // Another value: what was computed from it is forgotten, and nothing else.
    w.gives("names", "stdout", "c");
    CHECK(w.rounds() == 2);
    CHECK(!w.find("apps.a.run"));
    CHECK(w.input("apps.c.run", "executable") == R"("/bin/c")");
    CHECK(w.member("which").type == "exec");
    // Gone again: waits again.
    w.now.erase({path{"other"}, "stdout"});
    CHECK(w.rounds() == 0);
    CHECK(w.input("apps.c.run", "args") == "needs other.stdout");
    CHECK(!w.find("which"));
}

TEST_CASE("a derivation in an input is there to be built, and the input waits for it") {
    WITH_NIX
    world w(root_by_hand("run = exec " + buildable("tool") + " [ ];"));
    CHECK(w.rounds() == 1);
    auto waiting = w.member("run");
    CHECK(waiting.inputs.at("executable").is_unknown);
    CHECK(waiting.pending.starts_with("builds /nix/store/"));
    auto todo = w.known.to_build();
    REQUIRE(todo.size() == 1);
    auto built = run_on(w.io, w.evaluates->build(todo.begin()->first, todo.begin()->second));
    REQUIRE_MESSAGE(built, built.error().message());
    w.known.built(todo.begin()->first);
    CHECK(w.known.to_build().empty());
    auto tool = w.member("run").inputs.at("executable").literal.json().get<std::string>();
    CHECK(std::filesystem::exists(w.own.name + "/root" + tool));
    CHECK(w.member("run").pending.empty());
    // Kept from garbage collection.
    CHECK(!std::filesystem::is_empty(w.own.name + "/roots"));
}

TEST_CASE("what cannot be built is said of the member that wants it") {
    WITH_NIX
    world w(root_by_hand(R"(
      run = exec (derivation { name = "bad"; system = resourceProviderSystem; builder = "/bin/false"; }) [ ];
    )"));
    CHECK(w.rounds() == 1);
    auto todo = w.known.to_build();
    REQUIRE(todo.size() == 1);
    auto built = run_on(w.io, w.evaluates->build(todo.begin()->first, todo.begin()->second));
    REQUIRE(!built);
    w.known.not_built(todo.begin()->first, built.error().message());
    CHECK(w.member("run").broken.find("-bad.drv") != std::string::npos);
    CHECK(w.known.to_build().empty());
}

TEST_CASE("errors name the operator's file and line first, and break only what they are in") {
    WITH_NIX
    world w(root_by_hand(R"(
      good = exec "/bin/true" [ ];
      thrown = exec (throw "no tool for this rack") [ ];
      missing = exec o.good.nosuch [ ];
      wrong = exec (x: x) [ ];
      member = o.nobody;
      late = exec "/bin/echo" [ o.good.stdout ];
    )"));
    CHECK(w.rounds() == 1);
    CHECK(w.input("good", "executable") == R"("/bin/true")");
    CHECK(w.input("late", "args") == "needs good.stdout");
    CHECK(w.member("thrown").broken.find("no tool for this rack") != std::string::npos);
    CHECK(w.member("thrown").broken.starts_with("nixops4.nix:"));
    CHECK(w.member("missing").broken.find("attribute 'nosuch' missing") != std::string::npos);
    CHECK(w.member("wrong").broken.find("cannot convert a function to JSON") != std::string::npos);
    for (const auto& problem : w.known.problems()) CHECK(problem.starts_with("nixops4.nix:"));
    CHECK(w.known.problems().size() == 4);
    // Three that end an evaluation, one more with what is left, one to name who lacks what, one for the
    // words.
    CHECK(w.evaluates->runs() == 6);
    CHECK(unexplored(w.known).find("member: nixops4.nix:") != std::string::npos);
}

TEST_CASE("a typo on line 12 is said to be on line 12") {
    WITH_NIX
    world w(R"({
  _type = "nixops4Component";
  rootFunction = { outputValues, ... }: {
    members.hello.resource = {
      provider = { executable = "landscaper"; args = [ "provider" "local" ]; type = "stdio"; };
      type = "exec";
      outputsSkeleton.stdout = { };
      state = null;
      inputs = {
        executable = "/bin/echo";
        args =
          [ outputValeus.x ];
      };
    };
  };
}
)");
    // Undefined variables are found when the file is read.
    w.rounds();
    REQUIRE(w.known.problems().size() == 1);
    CHECK(w.known.problems().front() == "nixops4.nix:12:13: undefined variable 'outputValeus'");
    CHECK(w.known.declaration().members.empty());
    CHECK(w.known.declaration().unexplored.size() == 1);
}

TEST_CASE("an error in a helper file of the operator's names that file") {
    WITH_NIX
    world w(root_by_hand("a = exec (import ./helper.nix) [ ];"));
    w.own.write("network/helper.nix", "let\n  x = { };\nin x.tool\n");
    w.rounds();
    CHECK(w.member("a").broken == "helper.nix:3:4: a.inputs.executable: attribute 'tool' missing");
}

TEST_CASE("endless recursion ends one evaluation, not the others") {
    WITH_NIX
    world w(
        root_by_hand("a = exec (let x = x; in x) [ ]; b = exec (let f = n: f (n + 1) + 1; in f 0) [ ]; c = "
                     "exec \"/c\" [ ];"));
    w.rounds();
    CHECK(w.member("a").broken.find("infinite recursion") != std::string::npos);
    CHECK(!w.member("b").broken.empty());
    CHECK(w.input("c", "executable") == R"("/c")");
}

TEST_CASE("an expression that catches the failure is not believed either") {
    WITH_NIX
    world w(root_by_hand(R"(
      hello = exec "/bin/echo" [ ];
      sly = exec (let t = builtins.tryEval o.hello.stdout; in if t.success then "/known" else "/default") [ ];
    )"));
    w.rounds();
    CHECK(w.input("sly", "executable") == "needs hello.stdout");
    w.gives("hello", "stdout", "x");
    w.rounds();
    CHECK(w.input("sly", "executable") == R"("/known")");
}

TEST_CASE("outputs that need each other are asked for once and then left") {
    WITH_NIX
    world w(root_by_hand("a = exec o.b.stdout [ ]; b = exec o.a.stdout [ ];"));
    CHECK(w.rounds() == 1);
    auto built = engine::graph::build(w.known.declaration().members);
    REQUIRE(!built);
    CHECK(built.error().message().find("a -> b -> a") != std::string::npos);
}

TEST_CASE("an expression refers to the hosts of the inventory, also as an argument of the file") {
    WITH_NIX
    auto text = root_by_hand(R"(
      a = exec hosts.px01.installation.address [ ];
      "name.with.dots" = exec hosts.px01.ssh_host_public_key.public_key [ ];
    )");
    SUBCASE("of rootFunction") {}
    SUBCASE("of the file") {
        text = "{ hosts }: assert hosts ? px01; " + text;
    }
    world w(text);
    w.hosts = {{"px01", {{"installation", {"address"}}, {"ssh_host_public_key", {"public_key"}}}}};
    CHECK(w.rounds() == 1);
    CHECK(w.input("a", "executable") == "needs hosts.px01.installation.address");
    w.gives("hosts.px01.installation", "address", "10.0.0.11");
    w.gives("hosts.px01.ssh_host_public_key", "public_key", "ssh-ed25519 AAAA");
    CHECK(w.rounds() == 1);
    CHECK(w.input("a", "executable") == R"("10.0.0.11")");
    CHECK(w.input("\"name.with.dots\"", "executable") == R"("ssh-ed25519 AAAA")");
}

TEST_CASE("numbers stay what they are, and a large value passes whole") {
    WITH_NIX
    world w(root_by_hand(R"(
      whole = memo 1; fraction = memo 1.5;
      big = memo (builtins.concatStringsSep "" (builtins.genList (n: "0123456789") 200000));
    )"));
    w.rounds();
    CHECK(w.input("whole", "initialize_with") == "1");
    CHECK(w.input("fraction", "initialize_with") == "1.5");
    CHECK(w.input("big", "initialize_with").size() == 2000002);
}

TEST_CASE("builtins.trace of the operator reaches the log; secrets reach no argument list") {
    WITH_NIX
    world w(root_by_hand("a = exec (builtins.trace \"look here\" \"/a\") [ ];"));
    w.rounds();
    REQUIRE(w.traces.size() == 1);
    CHECK(w.traces.front().find("look here") != std::string::npos);
    question what;
    what.groups = {{{{output_ref{path{"a"}, "stdout"}, value("hunter2")}}, {}}};
    for (const auto& word : evaluate("root.nix", "question.json"))
        CHECK(word.find("hunter2") == std::string::npos);
    CHECK(to_json(what).find("hunter2") != std::string::npos);
    CHECK(std::filesystem::is_directory(w.own.name + "/questions"));
    for (const auto& entry : std::filesystem::directory_iterator(w.own.name + "/questions"))
        CHECK(entry.path().filename() == "root.nix");
}

TEST_CASE("the nixops4 attribute of a flake is a root as well, and a flake without it declares nothing") {
    WITH_NIX
    world w("{ }");
    w.own.write("network/flake.nix", "{ outputs = { self }: { nixops4 =\n" +
                                         root_by_hand("a = exec (throw \"in the flake\") [ ];") + "; }; }");
    w.from = {"", "path:" + w.own.network()};
    w.rounds();
    CHECK(w.member("a").broken.find("in the flake") != std::string::npos);
    CHECK(w.member("a").broken.starts_with("flake.nix:"));
    w.own.write("network/flake.nix", "{ outputs = { self }: { }; }");
    w.known = tree();
    w.rounds();
    CHECK(w.known.problems().empty());
    CHECK(w.known.declaration().members.empty());
}

TEST_CASE("a look at what would be takes one round") {
    WITH_NIX
    world w(root_by_hand(R"(
      names = exec "/bin/echo" [ "a" ];
      apps = { members.${o.names.stdout} = exec "/bin/x" [ o.second.stdout ]; };
      second = exec o.names.stdout [ ];
    )"));
    w.rounds();
    auto look = w.known;
    output_values recorded{{output_ref{path{"names"}, "stdout"}, value("a")},
                           {output_ref{path{"second"}, "stdout"}, value("b")}};
    auto runs = w.evaluates->runs();
    auto groups = look.speculation(recorded);
    look.take(w.ask(groups));
    CHECK(w.evaluates->runs() == runs + 1);
    auto all = look.declaration(false);
    CHECK(all.unexplored.empty());
    CHECK(all.members.size() == 3);
    CHECK(unexplored(w.known) == "apps: whether it is still declared depends on names.stdout\n");
}
