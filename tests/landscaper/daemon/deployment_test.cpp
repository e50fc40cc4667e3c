#include "landscaper/daemon/deployment.hpp"

#include "landscaper/daemon/deployment_rows.hpp"
#include "landscaper/daemon/root_check.hpp"
#include "root_rack.hpp"

using namespace landscaper;
using daemon::deployment;

namespace {

const std::string helpers = R"(
      own = component: { resource = component.resource // { state = [ ]; }; };
      page = name: contents: own (file name contents);)";

// One deployment in a folder with others, without a rack around it.
struct lone {
    private_nix& own;
    asio::io_context& context;
    event news{context.get_executor()};
    std::optional<deployment> one;
    group running{context.get_executor()};
    nix::root::host_outputs hosts;

    lone(private_nix& nix, asio::io_context& on, const std::string& name) : own(nix), context(on) {
        daemon::deployment_options options;
        options.name = name;
        options.engine.deployment = name;
        options.engine.state_file = nix.name + "/" + name + ".json";
        options.engine.on_event = [this](const engine::resource_event&) {
            one->root().look_again();
            news.notify();
        };
        options.root.place = {nix.network(), name, "", false};
        options.root.evaluator.folder = nix.name + "/questions-" + name;
        options.root.evaluator.gc_roots = nix.name + "/roots";
        options.root.evaluator.env = nix.env();
        options.root.hosts = [this] { return hosts; };
        options.root.objection = [](const engine::member&) { return std::string(); };
        options.root.on_change = [this] { news.notify(); };
        options.on_change = [this] { news.notify(); };
        options.log = [](const std::string&) {};
        one.emplace(context.get_executor(), std::move(options));
    }
    ~lone() { stop(); }
    void stop() {
        auto ended = run_on(context, stopped(running));
        static_cast<void>(ended);
    }
    void start(const std::string& root = "", inventory::launch_phases launch = {}) {
        inventory::deployment declared;
        declared.name = one->name();
        declared.root = root;
        declared.launch = std::move(launch);
        one->declare(&declared);
        running.spawn("deployment", one->run());
    }
    void until(const std::function<bool()>& holds, const char* what) {
        REQUIRE_MESSAGE(comes_to_hold(context, news, holds),
                        what << ": " << view().condition << " " << view().sentence);
    }
    control::deployment_view view() { return view_of_deployment(*one, one->engine().snapshot()); }
    std::string condition() { return view().condition; }
    // What the state file says in its order: "a b".
    std::string recorded() {
        std::string out;
        auto text = text_of(own.name + "/" + one->name() + ".json");
        for (std::size_t at = 0; (at = text.find("/resources/", at)) != text.npos;) {
            at += 11;
            auto name = text.substr(at, text.find('"', at) - at);
            if (name.find('/') == name.npos) out += (out.empty() ? "" : " ") + name;
        }
        return out;
    }
};

void make_folder(const private_nix& nix, const std::string& name) {
    std::filesystem::create_directories(nix.network() + "/" + name);
}

}  // namespace

TEST_CASE("a deployment's relative names start beside its root, and its state is its own") {
    WITH_NIX
    private_nix nix;
    asio::io_context context{1};
    make_folder(nix, "deployments/foo");
    nix.write("network/deployments/foo/nixops4.nix",
              root_by_hand("a = page \"a.txt\" \"of foo\"; pwd = exec \"/bin/pwd\" [ ];", helpers));
    nix.write("network/deployments/bar.nix", root_by_hand("b = page \"b.txt\" \"of bar\";", helpers));
    lone foo(nix, context, "foo"), bar(nix, context, "bar");
    foo.start();
    bar.start();
    foo.until([&] { return foo.condition() == "ok"; }, "foo");
    bar.until([&] { return bar.condition() == "ok"; }, "bar");
    CHECK(text_of(nix.network() + "/deployments/foo/a.txt") == "of foo");
    CHECK(text_of(nix.network() + "/deployments/b.txt") == "of bar");
    auto pwd = foo.one->engine().view(at("pwd"));
    CHECK((*pwd->outputs)->at("stdout") == nix.network() + "/deployments/foo\n");
    CHECK(foo.recorded() == "a");
    CHECK(bar.recorded() == "b");
}

TEST_CASE("a deployment without a root says where one belongs, and takes it up") {
    WITH_NIX
    private_nix nix;
    asio::io_context context{1};
    lone foo(nix, context, "foo");
    foo.start();
    foo.until([&] { return foo.condition() == "FAILED"; }, "no root");
    CHECK(foo.view().sentence ==
          "deployments/foo/nixops4.nix does not exist; write the root expression of foo there, or name its "
          "file "
          "as `root:` in inventory.yaml");
    make_folder(nix, "deployments/foo");
    nix.write("network/deployments/foo/nixops4.nix", root_by_hand("a = page \"a.txt\" \"a\";", helpers));
    foo.until([&] { return foo.condition() == "ok"; }, "a root");
    // Another place: what the old one declared is not the new one's.
    nix.write("network/other.nix", root_by_hand("b = page \"b.txt\" \"b\";", helpers));
    inventory::deployment declared;
    declared.name = "foo";
    declared.root = "other.nix";
    foo.one->declare(&declared);
    foo.until([&] { return foo.view().count["orphan"] == 1 && foo.view().count["done"] == 1; }, "moved");
    CHECK(text_of(nix.network() + "/b.txt") == "b");
}

TEST_CASE("an attribute of a flake is a root as well") {
    WITH_NIX
    private_nix nix;
    asio::io_context context{1};
    nix.write("network/flake.nix", "{ outputs = _: { roots.foo = import ./foo.nix; }; }");
    nix.write("network/foo.nix", root_by_hand("a = exec \"/bin/echo\" [ \"one\" ];"));
    lone foo(nix, context, "foo");
    foo.start(".#roots.foo");
    foo.until([&] { return foo.condition() == "ok"; }, "foo");
    CHECK(foo.view().count == std::map<std::string, std::uint64_t>{{"done", 1}});
    CHECK(foo.one->folder() == nix.network());
}

TEST_CASE("what is no longer declared is kept as it is, also over the next start, until it is destroyed") {
    WITH_NIX
    private_nix nix;
    asio::io_context context{1};
    make_folder(nix, "roots");
    nix.write("network/roots/foo.nix", root_by_hand(R"(
      a = page "a.txt" "a";
      store = local "state_file" { name = "kept.json"; } [ ];
      b = stateful [ "store" ] (file "b.txt" "b");)",
                                                    helpers));
    {
        lone foo(nix, context, "foo");
        foo.start("roots/foo.nix");
        foo.until([&] { return foo.condition() == "ok"; }, "foo");
        foo.one->declare(nullptr);
        foo.until([&] { return foo.condition() == "unmanaged" && foo.view().count["orphan"] == 2; }, "gone");
        CHECK(!foo.one->is_empty());
    }
    auto before = text_of(nix.name + "/foo.json");
    lone foo(nix, context, "foo");
    foo.one->declare(nullptr);
    CHECK(foo.one->open().has_value());
    CHECK(!foo.one->is_empty());
    foo.running.spawn("deployment", foo.one->run());
    foo.until([&] { return foo.view().count["orphan"] == 2; }, "shown");
    CHECK(foo.view().sentence ==
          "is no longer in inventory.yaml; 2 recorded, kept until `landscaper destroy --deployment foo`");
    CHECK(text_of(nix.name + "/foo.json") == before);
    CHECK(std::filesystem::exists(nix.network() + "/roots/a.txt"));
    foo.one->engine().destroy({});
    foo.until([&] { return foo.one->is_empty(); }, "destroyed");
    // Its folder is remembered, and so is the state resource.
    CHECK(!std::filesystem::exists(nix.network() + "/roots/a.txt"));
    CHECK(!std::filesystem::exists(nix.network() + "/roots/b.txt"));
    CHECK(std::filesystem::exists(nix.network() + "/roots/kept.json"));
}

TEST_CASE("an output of a host is waited for, used when it is lent, and never anybody's to change") {
    WITH_NIX
    private_nix nix;
    asio::io_context context{1};
    nix.write("network/foo.nix",
              root_by_hand("a = page \"a.txt\" hosts.px01.installation.address;", helpers));
    lone foo(nix, context, "foo");
    foo.hosts = {{"px01", {{"installation", {"address"}}}}};
    foo.one->engine().lend({at("hosts.px01.installation"), true, std::nullopt});
    foo.start("foo.nix");
    foo.until([&] { return foo.condition() == "wait"; }, "waits");
    CHECK(foo.view().sentence == "a: needs hosts.px01.installation");
    auto items = run_on(context, foo.one->root().plan({})).value();
    REQUIRE(items.size() == 1);
    auto later = std::find_if(items[0].inputs.begin(), items[0].inputs.end(),
                              [](const auto& one) { return one.is_known_after_apply; });
    CHECK(later != items[0].inputs.end());
    foo.one->engine().lend(
        {at("hosts.px01.installation"), true, engine::value(json{{"address", "10.0.0.11"}})});
    foo.one->root().look_again();
    foo.until([&] { return foo.condition() == "ok"; }, "there");
    CHECK(text_of(nix.network() + "/a.txt") == "10.0.0.11");
    CHECK(foo.recorded() == "a");
    nix.write("network/foo.nix", root_by_hand("hosts.members.px01 = page \"a.txt\" \"a\";", helpers));
    foo.one->root().look_again();
    foo.until([&] { return foo.condition() == "FAILED"; }, "declares a host");
    CHECK(foo.view().sentence.find("hosts.px01 in nixops4.nix lies in hosts, which belongs to") !=
          std::string::npos);
}

TEST_CASE("launch phases: in their order, refused with the cycle, and a name that is nobody's") {
    WITH_NIX
    private_nix nix;
    asio::io_context context{1};
    nix.write("network/foo.nix", root_by_hand(R"(
      a = page "a.txt" "a"; b = page "b.txt" "b";
      c = page "c.txt" o.d.stdout; d = exec "/bin/echo" [ "d" ];)",
                                              helpers));
    lone foo(nix, context, "foo");
    foo.start("foo.nix", {{"c"}, {"b"}, {"a"}});
    foo.until([&] { return foo.condition() == "ok"; }, "foo");
    CHECK(foo.recorded() == "c b a");
    auto declared = *foo.one->declared();
    declared.launch = {{"c"}, {"d"}};
    foo.one->declare(&declared);
    CHECK(foo.view().problems == std::vector<std::string>{"launch: c -> d -> \"launch phase 1\" -> c: these "
                                                          "resources need each other; break the chain"});
    CHECK(foo.view().count["done"] == 4);
    declared.launch = {{"c"}, {{"tower", 7, 20}, {"dd", 7, 27}}};
    foo.one->declare(&declared);
    foo.until([&] { return !foo.view().problems.empty(); }, "unmatched");
    CHECK(foo.view().problems ==
          std::vector<std::string>{"inventory.yaml:7:27: launch: no member is called dd; did you mean \"d\"?",
                                   "inventory.yaml:7:20: launch: no member is called tower"});
    declared.launch = {};
    foo.one->declare(&declared);
    CHECK(foo.condition() == "ok");
}

TEST_CASE("a state file that cannot be read is told, and nothing is done") {
    private_nix nix;
    asio::io_context context{1};
    nix.write("foo.json", "{\"index\":0,\"meta\":{},\"patch\":5}\n");
    lone foo(nix, context, "foo");
    auto opened = foo.one->open();
    CHECK(!opened);
    CHECK(foo.one->problems().front().starts_with("its state cannot be read, and nothing is done: "));
    CHECK(text_of(nix.name + "/foo.json").find("\"patch\":5") != std::string::npos);
}

TEST_CASE("check evaluates the roots before anything is there: all deployments, each with its own mistakes") {
    WITH_NIX
    private_nix nix;
    asio::io_context context{1};
    inventory::rack declared;
    inventory::host px01;
    px01.name = "px01";
    declared.hosts["px01"] = px01;
    for (const auto* name : {"foo", "bar", "baz", "none"}) {
        declared.deployments[name].name = name;
        if (name != std::string("none")) declared.deployments[name].root = std::string(name) + ".nix";
    }
    declared.deployments["baz"].launch = {{"b"}, {"a"}};
    nix.write("network/nixops4.nix", root_by_hand("a = exec \"/bin/echo\" [ ];"));
    nix.write("network/foo.nix", root_by_hand(R"(
      a = page "a.txt" hosts.px01.installation.address;
      tool = exec "${derivation { name = "x"; system = "none"; builder = "/none"; }}" [ ];)",
                                              helpers));
    nix.write("network/bar.nix",
              "{\n  _type = \"nixops4Component\";\n  rootFunction = _: { members.a = nonsense; };\n}\n");
    nix.write("network/baz.nix", root_by_hand(R"(
      a = exec "/bin/echo" [ ]; b = exec "/bin/echo" [ o.a.stdout ];
      h.resource = { provider = { executable = "landscaper"; args = [ "provider" "nixos" ]; type = "stdio"; };
                     type = "system"; inputs.host = "px01"; outputsSkeleton = { }; state = null; };)"));
    auto found = run_on(context, daemon::check_roots(declared, nix.network(), nix.env())).value();
    REQUIRE(found.size() == 5);
    CHECK(found[0].what == "the rack's root: 1 members");
    CHECK(found[0].problems.empty());
    CHECK(found[1].what == "deployment bar");
    REQUIRE(found[1].problems.size() == 1);
    CHECK(found[1].problems[0] == "bar.nix:3:35: undefined variable 'nonsense'");
    CHECK(found[2].what == "deployment baz");
    CHECK(found[2].problems.size() == 2);
    CHECK(found[2].problems[0].find("launch phase 1") != std::string::npos);
    CHECK(found[2].problems[1].find("deployments read what hosts are and never change one") !=
          std::string::npos);
    CHECK(found[3].what == "deployment foo: 2 members");
    CHECK(found[3].problems.empty());
    CHECK(found[4].problems[0].starts_with("deployments/none/nixops4.nix does not exist"));
}
