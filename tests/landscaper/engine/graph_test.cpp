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
    CHECK(both.value().members().size() == 2);
    auto clash = all.declare("nixops4.nix", {{resource("hosts.b")}, {}});
    REQUIRE(!clash);
    CHECK(clash.error().context() == "hosts.b in nixops4.nix lies in hosts, which belongs to inventory.yaml");
    CHECK(!all.declare("third", {{resource("dns")}, {}}));
    auto less = all.declare("inventory.yaml", {{}, {path{"hosts"}}});
    CHECK(less.value().members().size() == 1);
}
