#include "landscaper/nix/root/tree.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace landscaper::nix::root;
using nlohmann::json;

namespace {

const item root_kind{};

finding is(item about, json said) {
    return {std::move(about), told{value(std::move(said)), {}, {}}, {}, {}};
}
finding needs(item about, std::vector<output_ref> refs) {
    return {std::move(about), std::nullopt, std::move(refs), {}};
}
json head(const char* type, json state = nullptr) {
    return {{"provider", {{"executable", "/bin/p"}, {"args", json::array()}, {"type", "stdio"}}},
            {"type", type},
            {"outputs", {"out"}},
            {"state", std::move(state)}};
}
// A resource whose only input is `x`.
std::vector<finding> resource(const path& at, finding x) {
    return {is({at, part::kind, {}}, "resource"), is({at, part::head, {}}, head("t")),
            is({at, part::inputs, {}}, json::array({"x"})), std::move(x)};
}
void add(answer& to, std::vector<finding> more) {
    to.findings.insert(to.findings.end(), more.begin(), more.end());
}

known_outputs knows(output_values all) {
    return [all](const output_ref& ref) -> std::optional<value> {
        auto found = all.find(ref);
        return found == all.end() ? std::nullopt : std::optional(found->second);
    };
}

// a.x = 1; b.x needs a.out; c.x needs a.out; d.x needs e.out.
tree four() {
    tree out;
    out.questions(knows({}));
    answer said;
    add(said, {is(root_kind, "composite"), is({{}, part::members, {}}, {"a", "b", "c", "d", "e"})});
    add(said, resource({"a"}, is({{"a"}, part::input, "x"}, 1)));
    add(said, resource({"b"}, needs({{"b"}, part::input, "x"}, {{{"a"}, "out"}})));
    add(said, resource({"c"}, needs({{"c"}, part::input, "x"}, {{{"a"}, "out"}})));
    add(said, resource({"d"}, needs({{"d"}, part::input, "x"}, {{{"e"}, "out"}})));
    add(said, resource({"e"}, is({{"e"}, part::input, "x"}, 1)));
    out.take(said);
    return out;
}
const output_ref a_out{{"a"}, "out"}, e_out{{"e"}, "out"};

}  // namespace

TEST_CASE("the first question is the whole tree, knowing nothing; and it is asked once") {
    tree t;
    auto first = t.questions(knows({}));
    REQUIRE(first.size() == 1);
    CHECK(first[0] == group{{}, {ask{{}, scope::subtree, {}}}});
    t = four();
    CHECK(t.questions(knows({})).empty());
}

TEST_CASE("what waits for the same outputs is asked together, knowing these and no others") {
    auto t = four();
    auto asked = t.questions(knows({{a_out, value(1)}, {e_out, value(2)}}));
    REQUIRE(asked.size() == 2);
    CHECK(asked[0].known == output_values{{a_out, value(1)}});
    CHECK(asked[0].asks == std::vector<ask>{{{"b"}, scope::inputs, {"x"}}, {{"c"}, scope::inputs, {"x"}}});
    CHECK(asked[1].known == output_values{{e_out, value(2)}});
}

TEST_CASE("an item is forgotten with the output that it was computed from, and no other is") {
    auto t = four();
    t.questions(knows({{a_out, value(1)}, {e_out, value(2)}}));
    answer said;
    add(said, {is({{"b"}, part::input, "x"}, "b1"), is({{"c"}, part::input, "x"}, "c1"),
               is({{"d"}, part::input, "x"}, "d2")});
    t.take(said);
    CHECK(t.questions(knows({{a_out, value(1)}, {e_out, value(2)}})).empty());
    auto asked = t.questions(knows({{a_out, value(7)}, {e_out, value(2)}}));
    REQUIRE(asked.size() == 1);
    CHECK(asked[0].asks.size() == 2);
    // 1 and 1.0 are two values, as for NixOps4.
    t = four();
    t.questions(knows({{a_out, value(1)}}));
    t.take(said);
    CHECK(t.questions(knows({{a_out, value(1.0)}})).size() == 1);
}

TEST_CASE("a second need found later is kept with the first") {
    auto t = four();
    t.questions(knows({{a_out, value(1)}}));
    answer said;
    add(said, {needs({{"b"}, part::input, "x"}, {e_out}), is({{"c"}, part::input, "x"}, "c1")});
    t.take(said);
    CHECK(t.questions(knows({{a_out, value(1)}})).empty());
    auto asked = t.questions(knows({{a_out, value(1)}, {e_out, value(2)}}));
    REQUIRE(asked.size() == 2);
    CHECK(asked[0].known.size() == 2);
    CHECK(asked[0].asks == std::vector<ask>{{{"b"}, scope::inputs, {"x"}}});
}

TEST_CASE("a need found later is one although another group was given it at the same time") {
    auto t = four();
    auto both = knows({{a_out, value(1)}, {e_out, value(2)}});
    REQUIRE(t.questions(both).size() == 2);
    answer said;
    add(said, {needs({{"b"}, part::input, "x"}, {e_out}), is({{"c"}, part::input, "x"}, "c1"),
               is({{"d"}, part::input, "x"}, "d1")});
    t.take(said);
    CHECK(t.problems().empty());
    auto asked = t.questions(both);
    REQUIRE(asked.size() == 1);
    CHECK(asked[0].asks == std::vector<ask>{{{"b"}, scope::inputs, {"x"}}});
    CHECK(asked[0].known.size() == 2);
    t.take({});
    CHECK(t.problems().size() == 1);
}

TEST_CASE("what Nix leaves unanswered is not asked for ever") {
    tree t;
    t.questions(knows({}));
    t.take({});
    CHECK(t.questions(knows({})).empty());
    CHECK(t.problems().size() == 1);
}

TEST_CASE("a provider that is no program is said of its resource") {
    tree t;
    t.questions(knows({}));
    answer said;
    auto odd = head("t");
    odd["provider"]["type"] = "grpc";
    add(said, {is(root_kind, "resource"), is({{}, part::head, {}}, odd),
               is({{}, part::inputs, {}}, json::array())});
    t.take(said);
    REQUIRE(t.problems().size() == 1);
    CHECK(t.problems()[0].find("can only be stdio, not grpc") != std::string::npos);
    CHECK(t.declaration().members.empty());
    CHECK(t.declaration().unexplored.size() == 1);
}

TEST_CASE("a state resource makes its member stateful, and one without is created anew each time") {
    tree t;
    t.questions(knows({}));
    answer said;
    add(said, {is(root_kind, "composite"), is({{}, part::members, {}}, {"kept", "anew"})});
    add(said, {is({{"kept"}, part::kind, {}}, "resource"),
               is({{"kept"}, part::head, {}}, head("memo", json::array({"deep", "store"}))),
               is({{"kept"}, part::inputs, {}}, json::array())});
    add(said, resource({"anew"}, is({{"anew"}, part::input, "x"}, 1)));
    t.take(said);
    auto members = t.declaration().members;
    REQUIRE(members.size() == 2);
    CHECK(!members[0].is_stateful);
    CHECK(members[0].policy.create_is_idempotent);
    CHECK(members[1].is_stateful);
    CHECK(members[1].state == path{"deep", "store"});
    CHECK(t.state_resources() == std::set<path>{path{"deep", "store"}});
}

TEST_CASE("a speculation asks for everything that waits, in one group") {
    auto t = four();
    auto asked = t.speculation({{a_out, value(1)}, {e_out, value(2)}});
    REQUIRE(asked.size() == 1);
    CHECK(asked[0].asks.size() == 3);
    CHECK(asked[0].known.size() == 2);
}
