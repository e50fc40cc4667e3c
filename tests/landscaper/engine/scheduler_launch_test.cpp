// Launch phases: the order of beginnings, what a failure stops, and destruction the other way round.
#include "landscaper/engine/scheduler.hpp"

#include "play.hpp"

using namespace landscaper::engine;
using status = resource_status;

namespace {

void declare(play& p, std::vector<member> members, launch_order launch, std::vector<unexplored> parts = {}) {
    p.on(declared{std::make_shared<const graph>(
        graph::build(std::move(members), std::move(parts), std::move(launch)).value())});
}

// What a create of the next run finds recorded.
resource_entry begun_in(std::size_t phase, const member& m) {
    auto out = recorded_as(m, {{"number", 0}});
    out.extra = value(nlohmann::json{{"phase", phase}});
    return out;
}

}  // namespace

TEST_CASE("a phase begins when everything in those before it is done") {
    play p;
    declare(p, {resource("db.a"), resource("db.b"), resource("social"), resource("video"), resource("free")},
            {{at("db")}, {at("social")}, {at("video")}});
    CHECK(p.starting() == "db.a db.b free");
    CHECK(p.sentence("social") == "waits for launch phase 1 (db)");
    CHECK(p.sentence("video") == "waits for launch phase 1 (db)");
    p.works("db.b");
    CHECK(p.status("social") == status::blocked);
    p.works("db.a");
    CHECK(p.starting() == "free social");
    CHECK(p.sentence("video") == "waits for launch phase 2 (social)");
    p.works("social");
    CHECK(p.starting() == "free video");
}

TEST_CASE("members that are in no phase come by their dependencies") {
    play p;
    declare(p, {resource("a"), resource("after", {"b"}), resource("b", {"before"}), resource("before")},
            {{at("a")}, {at("b")}});
    CHECK(p.starting() == "a before");
    p.works("before");
    CHECK(p.sentence("b") == "waits for launch phase 1 (a)");
    p.works("a");
    p.works("b");
    CHECK(p.starting() == "after");
}

TEST_CASE("a failure stops the phases behind it, a retry lets them go on") {
    play p;
    declare(p, {resource("a"), resource("b"), resource("c")}, {{at("a"), at("b")}, {at("c")}});
    p.fails("a");
    p.works("b");
    CHECK(p.status("a") == status::failed);
    CHECK(p.status("c") == status::blocked);
    CHECK(p.s.summary().is_settled());
    p.on(retry_requested{});
    p.works("a");
    CHECK(p.starting() == "c");
}

TEST_CASE("what is as declared stays so while an earlier phase changes, and what is to be changed waits") {
    auto a = resource("a", {}, 1), b = resource("b"), c = resource("c", {}, 1);
    play p({{at("a"), recorded_as(a, {{"number", 0}})},
            {at("b"), recorded_as(b, {{"number", 0}})},
            {at("c"), recorded_as(c, {{"number", 0}})}});
    declare(p, {a, b, c}, {{at("a")}, {at("b"), at("c")}});
    p.on(confirmed{});
    CHECK(p.starting() == "a");
    CHECK(p.status("b") == status::done);
    CHECK(p.sentence("c") == "waits for launch phase 1 (a)");
    p.works("a");
    CHECK(p.starting() == "c");
}

TEST_CASE("a phase with a part that nobody can name yet is not over") {
    play p;
    unexplored part{at("apps"), {{at("names"), "out"}}, {}, {}};
    declare(p, {resource("names"), resource("last")}, {{at("apps")}, {at("last")}}, {part});
    CHECK(p.starting() == "names");
    p.works("names");
    CHECK(p.status("last") == status::blocked);
    declare(p, {resource("names"), resource("last"), resource("apps.a")}, {{at("apps")}, {at("last")}});
    CHECK(p.starting() == "apps.a");
    p.works("apps.a");
    CHECK(p.starting() == "last");
}

TEST_CASE("phases may come and go while work is in flight") {
    play p;
    declare(p, {resource("a"), resource("b")}, {{at("a")}, {at("b")}});
    CHECK(p.starting() == "a");
    declare(p, {resource("a"), resource("b")}, {});
    CHECK(p.starting() == "a b");
    declare(p, {resource("a"), resource("b"), resource("c")}, {{at("b")}, {at("a")}, {at("c")}});
    p.works("a");
    CHECK(p.status("c") == status::blocked);
    p.works("b");
    CHECK(p.starting() == "c");
}

TEST_CASE("destroyed in reverse: what was launched later goes first") {
    auto a = resource("a"), b = resource("b"), c = resource("c");
    play p({{at("a"), begun_in(1, a)}, {at("b"), begun_in(2, b)}, {at("c"), begun_in(2, c)}});
    declare(p, {}, {});
    p.on(destroy_requested{});
    CHECK(p.starting() == "b c");
    CHECK(p.sentence("a") == "goes when everything that was launched after it is gone");
    p.works("b");
    CHECK(p.starting() == "c");
    SUBCASE("done") {
        p.works("c");
        CHECK(p.starting() == "a");
    }
    SUBCASE("what fails stops what was there before it") {
        p.fails("c");
        CHECK(p.starting() == "");
        CHECK(p.sentence("a") == "goes when everything that was launched after it is gone");
        p.on(retry_requested{});
        p.works("c");
        CHECK(p.starting() == "a");
    }
    SUBCASE("declared again") {
        declare(p, {c}, {});
        CHECK(p.starting() == "c a");
    }
}

TEST_CASE("what stays because it is protected holds nobody up") {
    auto a = resource("a"), b = resource("b");
    auto kept = begun_in(2, b);
    kept.extra = value(nlohmann::json{{"phase", 2}, {"protect", true}});
    play p({{at("a"), begun_in(1, a)}, {at("b"), kept}});
    declare(p, {}, {});
    p.on(destroy_requested{});
    CHECK(p.starting() == "a");
}

TEST_CASE("the phase is recorded with the result, and forgotten when there is none any more") {
    play p;
    declare(p, {resource("a"), resource("b")}, {{at("a")}, {at("b")}});
    auto begun = p.started("a");
    p.on(succeeded{begun.run, value(nlohmann::json{{"out", 1}})});
    REQUIRE(p.records.size() == 1);
    CHECK(p.write().entry->extra->at("phase") == 1);
    auto a = resource("a", {}, 1);
    declare(p, {a, resource("b")}, {});
    p.on(confirmed{});
    begun = p.started("a");
    p.on(succeeded{begun.run, value(nlohmann::json{{"out", 1}})});
    CHECK(!p.write().entry->extra->contains("phase"));
}

TEST_CASE("a thousand members behind a thousand are quickly in order") {
    std::vector<member> members;
    for (int i = 0; i < 1000; ++i) {
        members.push_back(resource("early.n" + std::to_string(i)));
        members.push_back(resource("late.n" + std::to_string(i)));
    }
    play p;
    declare(p, std::move(members), {{at("early")}, {at("late")}});
    REQUIRE(p.starts.size() == 1000);
    for (const auto& one : std::exchange(p.starts, {})) p.works(one);
    CHECK(p.starts.size() == 1000);
    CHECK(p.starts.front().at.text().starts_with("late."));
}
