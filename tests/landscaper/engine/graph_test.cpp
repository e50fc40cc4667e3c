#include "landscaper/engine/graph.hpp"

#include <doctest/doctest.h>

#include "landscaper/engine/source.hpp"
#include "members.hpp"

using namespace landscaper::engine;

static graph chain() {
    return graph::build({resource("c", {"b"}), resource("a"), resource("b", {"a"}), resource("d", {"a"})})
        .value();
}

TEST_CASE("resources come after what they need") {
    CHECK(chain().order() == std::vector<path>{{"a"}, {"b"}, {"c"}, {"d"}});
    CHECK(chain().reverse_order().front() == path{"d"});
    CHECK(chain().needs({"c"}) == std::set<path>{{"b"}});
    CHECK(chain().dependants({"a"}) == std::set<path>{{"b"}, {"d"}});
}

TEST_CASE("a selection pulls in what it needs, never its dependants") {
    CHECK(chain().with_needs({path{"b"}}) == std::set<path>{{"a"}, {"b"}});
    CHECK(chain().with_dependants({path{"b"}}) == std::set<path>{{"b"}, {"c"}});
    CHECK(chain().with_needs({}).size() == 4);
}

TEST_CASE("a cycle is an error that names it in order") {
    auto built = graph::build(
        {resource("x.a", {"x.b"}), resource("x.b", {"c"}), resource("c", {"x.a"}), resource("z", {"c"})});
    REQUIRE(!built);
    CHECK(built.error().code() == graph_errc::cycle);
    CHECK(built.error().context() == "c -> x.a -> x.b -> c");
    CHECK(graph::build({resource("a", {"a"})}).error().context() == "a -> a");
}

TEST_CASE("a path is declared once, and is a resource or a parent") {
    CHECK(graph::build({resource("a"), resource("a")}).error().code() == graph_errc::duplicate);
    CHECK(graph::build({resource("a"), resource("a-x"), resource("a.b")}).error().code() ==
          graph_errc::overlap);
    CHECK(graph::build({resource("a-b"), resource("a.b"), resource("a.c.d")}).has_value());
}

TEST_CASE("a need that is not declared is no error: it may come later") {
    auto built = graph::build({resource("a", {"nowhere"})}).value();
    CHECK(built.order().size() == 1);
    CHECK(built.dependants({"nowhere"}) == std::set<path>{{"a"}});
}

TEST_CASE("the graph as Graphviz text quotes names") {
    auto text = graph::build({resource("a"), resource("h.\"b.c\"", {"a"})}).value().dot();
    CHECK(text.find(R"("a" -> "h.\"b.c\"";)") != std::string::npos);
}

TEST_CASE("two sources make one graph, and a clash names both") {
    sources all;
    CHECK(all.declare("inventory.yaml", {{resource("hosts.a")}, {path{"hosts"}}}).has_value());
    auto both = all.declare("nixops4.nix", {{resource("dns", {"hosts.a"})}, {}});
    CHECK(both.value()->members().size() == 2);
    auto clash = all.declare("nixops4.nix", {{resource("hosts.b")}, {}});
    REQUIRE(!clash);
    CHECK(clash.error().context() == "hosts.b in nixops4.nix lies in hosts, which belongs to inventory.yaml");
    CHECK(!all.declare("third", {{resource("dns")}, {}}));
    auto less = all.declare("inventory.yaml", {{}, {path{"hosts"}}});
    CHECK(less.value()->members().size() == 1);
}

TEST_CASE("a part that one source has not explored ends where another source reserves") {
    sources all;
    declaration inventory{{resource("hosts.a.key")}, {at("hosts")}};
    REQUIRE(all.declare("inventory.yaml", inventory).has_value());
    declaration whole;
    whole.unexplored = {{path{}, {}, "nixops4.nix:1:1: syntax error", {}}};
    auto found = all.declare("nixops4.nix", whole).value();
    const auto& g = *found;
    CHECK(g.unexplored_around(at("hosts.gone.key")) == nullptr);
    REQUIRE(g.unexplored_around(at("apps.one")) != nullptr);
    CHECK(describe(*g.unexplored_around(at("apps.one"))) == "nixops4.nix:1:1: syntax error");
}

TEST_CASE("a preview says what would be declared, and declares nothing") {
    sources all;
    REQUIRE(all.declare("a", {{resource("one")}, {}}).has_value());
    CHECK(all.preview("a", {{resource("two")}, {}}).value().contains(at("two")));
    CHECK(all.declare("b", {{resource("three")}, {}}).value()->contains(at("one")));
}

TEST_CASE("outputs that something was computed from are edges of the graph") {
    auto b = resource("b");
    b.inputs["text"] = literal("x");
    b.inputs["text"].computed_from = {{{at("a"), "out"}, value("x")}};
    auto c = resource("c");
    c.holds_while = {{{at("b"), "out"}, value("x")}};
    c.state = at("store");
    auto g = graph::build({b, c, resource("a"), resource("store")}).value();
    CHECK(g.needs(at("b")) == std::set<path>{at("a")});
    CHECK(g.needs(at("c")) == std::set<path>{at("b"), at("store")});
    CHECK(g.order().back() == at("c"));
}

TEST_CASE("launch phases order what nothing else does; a contradiction is an error that names the cycle") {
    std::vector<member> members{resource("a", {"z"}), resource("b.x"), resource("b.y"), resource("z")};
    auto built = graph::build(members, {}, {{path{"b"}}, {path{"a"}}}).value();
    CHECK(built.order() == std::vector<path>{{"b", "x"}, {"b", "y"}, {"z"}, {"a"}});
    CHECK(built.phase_of(path{"b", "y"}) == 1);
    CHECK(built.phase_of(path{"a"}) == 2);
    CHECK(built.phase_of(path{"z"}) == 0);
    CHECK(built.needs(path{"a"}) == std::set<path>{{"z"}});
    auto refused = graph::build(members, {}, {{path{"a"}}, {path{"b"}, path{"z"}}});
    REQUIRE(!refused);
    CHECK(refused.error().code() == graph_errc::cycle);
    CHECK(refused.error().context() == "a -> z -> \"launch phase 1\" -> a");
}

TEST_CASE("an output of a later phase that decides what an earlier one has is a contradiction too") {
    unexplored part{path{"apps"}, {{path{"names"}, "out"}}, {}, {}};
    auto refused = graph::build({resource("names")}, {part}, {{path{"apps"}}, {path{"names"}}});
    REQUIRE(!refused);
    CHECK(refused.error().context() == "\"launch phase 1\" -> names -> \"launch phase 1\"");
}

TEST_CASE("a path in the launch order that names no member is known, unless it may still become one") {
    unexplored part{path{"apps"}, {{path{"names"}, "out"}}, {}, {}};
    launch_order launch{{path{"names"}, path{"nams"}}, {path{"apps", "a"}}};
    CHECK(graph::build({resource("names")}, {part}, launch).value().unmatched() ==
          std::vector<path>{{"nams"}});
    CHECK(graph::build({resource("names")}, {}, launch).value().unmatched() ==
          std::vector<path>{{"apps", "a"}, {"nams"}});
}
