#include "landscaper/engine/scheduler.hpp"

#include "play.hpp"

using namespace landscaper::engine;
using namespace std::chrono_literals;
using nlohmann::json;
using status = resource_status;

TEST_CASE("outputs flow along a chain, each recorded before it is used") {
    play p;
    p.declare({resource("a"), resource("b", {"a"}), resource("c", {"b"})});
    CHECK(p.starting() == "a");
    CHECK(p.status("b") == status::blocked);
    CHECK(p.sentence("b") == "needs a");
    auto a = p.started("a");
    CHECK(a.op == operation::create);
    p.on(succeeded{a.run, value(json{{"out", 7}})});
    CHECK(p.starting() == "");  // not before it is recorded
    CHECK(p.status("a") == status::running);
    auto written = p.write();
    CHECK(written.entry->outputs->at("out") == 7);
    CHECK(p.status("a") == status::done);
    CHECK(p.s.view(at("a"))->op == operation::create);
    auto b = p.started("b");
    CHECK(b.inputs.text() == R"({"from a":7,"number":0})");
    p.works(b);
    p.works("c");
    CHECK(p.s.summary().of(status::done) == 3);
    CHECK(p.s.summary().is_settled());
}

TEST_CASE("what is recorded with equal inputs is skipped, and its recorded outputs are used") {
    auto a = resource("a");
    play p({{at("a"), recorded_as(a, {{"number", 0}}, "old")}});
    p.declare({a, resource("b", {"a"})});
    CHECK(p.status("a") == status::done);
    CHECK(p.s.view(at("a"))->op == operation::skip);
    CHECK(p.started("b").inputs->at("from a") == "old");
}

TEST_CASE("an update waits for a person; what needs it waits with it") {
    auto a = resource("a", {}, 2);
    play p({{at("a"), recorded_as(a, {{"number", 1}})}});
    p.declare({a, resource("b", {"a"}), resource("c")});
    CHECK(p.starting() == "c");
    CHECK(p.status("a") == status::person);
    CHECK(p.sentence("a").find("landscaper apply a") != std::string::npos);
    CHECK(p.status("b") == status::blocked);
    p.on(confirmed{{at("a")}});
    auto started = p.started("a");
    CHECK(started.op == operation::update);
    CHECK(started.previous->inputs.text() == R"({"number":1})");
    CHECK(started.inputs.text() == R"({"number":2})");
    p.works(started);
    p.works("b");
    CHECK(p.status("a") == status::done);
}

TEST_CASE("a confirmation covers dependants that change as a consequence, once") {
    auto a = resource("a", {}, 2);
    auto b = resource("b", {"a"});
    play p({{at("a"), recorded_as(a, {{"number", 1}}, "x")},
            {at("b"), recorded_as(b, {{"number", 0}, {"from a", "x"}})}});
    p.declare({a, b});
    p.on(confirmed{});
    p.works("a", "y");
    auto started = p.started("b");
    CHECK(started.op == operation::update);
    p.works(started);
    p.declare({resource("a", {}, 3), b});
    CHECK(p.status("a") == status::person);
}

TEST_CASE("1 to 1.0 is a change, as it is for NixOps4") {
    auto a = resource("a");
    a.inputs["number"] = literal(1.0);
    play p({{at("a"), recorded_as(a, {{"number", 1}})}});
    p.declare({a});
    CHECK(p.status("a") == status::person);
}

TEST_CASE("a failure stops dependants only, and stays until it is declared differently or retried") {
    play p;
    p.declare({resource("a"), resource("b", {"a"}), resource("c"), resource("d", {"c"})});
    p.fails("a");
    p.works("c");
    p.works("d");
    CHECK(p.status("a") == status::failed);
    CHECK(p.sentence("a") == "no luck");
    CHECK(p.status("b") == status::blocked);
    CHECK(p.s.summary().is_settled());
    p.declare({resource("a"), resource("b", {"a"}), resource("c"), resource("d", {"c"})});
    CHECK(p.starting() == "");
    p.on(retry_requested{{at("a")}});
    p.fails("a");
    p.declare({resource("a", {}, 1), resource("b", {"a"}), resource("c"), resource("d", {"c"})});
    CHECK(p.starting() == "a");
}

TEST_CASE("retryable failures are tried again after pauses that double, up to the limit") {
    play p;
    auto a = resource("a");
    a.policy.retries = 3;
    a.policy.pause = 10s;
    a.policy.longest_pause = 15s;
    p.declare({a});
    p.fails("a", true);
    CHECK(p.status("a") == status::waiting);
    CHECK(p.s.wake_at() == p.now + 10s);
    CHECK(!p.s.summary().is_settled());
    p.after(9s);
    CHECK(p.starting() == "");
    p.after(1s);
    p.fails("a", true);
    CHECK(p.s.wake_at() == p.now + 15s);
    CHECK(p.s.view(at("a"))->attempt == 3);
    p.after(15s);
    p.fails("a", true);
    p.after(15s);
    p.fails("a", true);
    CHECK(p.status("a") == status::failed);
    CHECK(!p.s.wake_at());
}

TEST_CASE("a provider's limit holds, and who waits for a person gives the slot away") {
    play p({}, {{{"test", 2}}, 0});
    p.declare({resource("a"), resource("b"), resource("c"), resource("d")});
    CHECK(p.starting() == "a b");
    CHECK(p.status("c") == status::ready);
    auto a = p.started("a");
    p.on(said{a.run, {progress_kind::person, "switch it on", 0, 0, {}}});
    CHECK(p.status("a") == status::person);
    CHECK(p.sentence("a") == "switch it on");
    CHECK(p.starting() == "b c");
    p.on(said{a.run, {progress_kind::working, "copying", 1, 2, "bytes"}});
    CHECK(p.status("a") == status::running);
    CHECK(p.s.view(at("a"))->progress.total == 2);
    p.works(a);
    CHECK(p.starting() == "b c");
    p.works("b");
    CHECK(p.starting() == "c d");
}

TEST_CASE("members may be declared anew while work is in flight") {
    play p;
    p.declare({resource("a"), resource("b", {"a"})});
    auto a = p.started("a");
    p.declare({resource("a", {}, 5), resource("c")});
    CHECK(p.starting() == "c");
    p.works(a);
    CHECK(p.s.state().at(at("a")).inputs->at("number") == 0);  // what was really done
    CHECK(p.status("a") == status::person);                    // and now differs
    CHECK(!p.s.view(at("b")));
}

TEST_CASE("a member that is removed while it is created is recorded, and kept as an orphan") {
    play p;
    p.declare({resource("a")});
    auto a = p.started("a");
    p.declare({});
    CHECK(p.status("a") == status::running);
    p.works(a);
    CHECK(p.status("a") == status::orphan);
    CHECK(p.s.state().size() == 1);
    p.declare({resource("a")});
    CHECK(p.status("a") == status::done);
}

TEST_CASE("orphans are destroyed only when named, dependants first, and then forgotten") {
    play p;
    p.declare({resource("a"), resource("b", {"a"}), resource("c")});
    for (const auto* name : {"a", "b", "c"}) p.works(name);
    p.declare({resource("c")});
    CHECK(p.starting() == "");
    p.on(destroy_requested{{at("a"), at("b")}});
    CHECK(p.starting() == "b");
    CHECK(p.status("a") == status::blocked);
    auto b = p.started("b");
    CHECK(b.op == operation::destroy);
    CHECK(b.provider.name == "test");
    p.works(b);
    CHECK(!p.s.view(at("b")));
    p.fails("a");
    CHECK(p.status("a") == status::failed);
    CHECK(p.s.state().contains(at("a")));  // never forgotten
    p.on(retry_requested{{}});
    p.works("a");
    CHECK(p.s.state().size() == 1);
}

TEST_CASE("another type, or an input of replace_on, destroys and creates again, after confirmation") {
    auto a = resource("a", {}, 2);
    a.replace_on = {"number"};
    play p({{at("a"), recorded_as(a, {{"number", 1}})}});
    p.declare({a});
    CHECK(p.status("a") == status::person);
    p.on(confirmed{{at("a")}});
    auto destroy = p.started("a");
    CHECK(destroy.op == operation::destroy);
    p.works(destroy);
    auto create = p.started("a");
    CHECK(create.op == operation::create);
    p.works(create);
    CHECK(p.status("a") == status::done);
    a.type = "other";
    a.is_protected = true;
    p.declare({a});
    p.on(confirmed{});
    CHECK(p.status("a") == status::person);
    CHECK(p.sentence("a").find("protected") != std::string::npos);
}

TEST_CASE("a stateless resource is created once per run and again when its inputs change") {
    play p;
    auto a = resource("a");
    a.is_stateful = false;
    p.declare({a, resource("b", {"a"})});
    auto started = p.started("a");
    CHECK(!started.is_stateful);
    p.works(started);
    CHECK(p.records.empty());
    p.works("b");
    p.declare({a, resource("b", {"a"})});
    CHECK(p.starting() == "");
    a.inputs["number"] = literal(1);
    p.declare({a, resource("b", {"a"})});
    CHECK(p.started("a").op == operation::create);
    CHECK(p.s.state().size() == 1);
}

TEST_CASE("a result that cannot be recorded is kept and written again, and nobody uses it before") {
    play p;
    p.declare({resource("a"), resource("b", {"a"})});
    p.on(succeeded{p.started("a").run, value(json{{"out", 1}})});
    auto first = p.records.at(0);
    p.records.clear();
    p.on(not_recorded{first.run, "no space left on device"});
    CHECK(p.sentence("a").find("no space left") != std::string::npos);
    CHECK(p.starting() == "");
    p.after(1s);
    REQUIRE(p.records.size() == 1);
    CHECK(p.records[0] == first);
    p.write();
    CHECK(p.starting() == "b");
}

TEST_CASE("cancelling stops what runs, and a result that comes nevertheless is recorded") {
    play p({}, {{}, 2});
    p.declare({resource("a"), resource("b"), resource("c")});
    auto a = p.started("a");
    auto b = p.started("b");
    p.on(cancel_requested{});
    CHECK(p.cancels == std::vector<std::uint64_t>{a.run, b.run});
    CHECK(p.status("c") == status::cancelled);
    p.on(failed{a.run, "", false, true});
    CHECK(p.status("a") == status::cancelled);
    p.works(b);
    CHECK(p.status("b") == status::done);
    CHECK(p.starting() == "");
    p.on(retry_requested{});
    CHECK(p.starting() == "a c");
}

TEST_CASE("draining starts nothing more and still records") {
    play p;
    p.declare({resource("a"), resource("b", {"a"})});
    p.on(drain{});
    p.works("a");
    CHECK(p.status("a") == status::done);
    CHECK(p.status("b") == status::ready);
    CHECK(p.starting() == "");
}

TEST_CASE("an output that was never given, or a need that is not declared, is said in words") {
    play p;
    auto b = resource("b", {"a"});
    b.inputs["x"] = reference({"a"}, "other");
    p.declare({resource("a"), b, resource("c", {"nowhere"})});
    p.works("a");
    CHECK(p.status("b") == status::failed);
    CHECK(p.sentence("b") == "a gave no output \"other\"");
    CHECK(p.status("c") == status::blocked);
    CHECK(p.sentence("c") == "needs nowhere, which is not declared");
}

TEST_CASE("an input that its source cannot know yet waits for a new declaration") {
    play p;
    auto b = resource("b");
    b.inputs["computed"].unknown_until = {{{"a"}, "out"}};
    p.declare({resource("a"), b});
    p.works("a");
    CHECK(p.status("b") == status::blocked);
    b.inputs["computed"] = literal("done!");
    p.declare({resource("a"), b});
    CHECK(p.starting() == "b");
}

TEST_CASE("references inside a value are filled at their places") {
    play p;
    auto b = resource("b");
    b.inputs["config"] =
        with_holes({{"list", {nullptr, 2}}}, {{"/list/0", {{"a"}, "out"}}, {"/new", {{"a"}, "out"}}});
    b.after = {{"z"}};
    p.declare({resource("a"), b, resource("z")});
    p.works("a", 1);
    CHECK(p.starting() == "z");
    p.works("z");
    CHECK(p.started("b").inputs->at("config").dump() == R"({"list":[1,2],"new":1})");
}

TEST_CASE("after a crash an idempotent create is sent again, any other waits for a person") {
    auto exec = resource("exec");
    exec.policy.create_is_idempotent = false;
    play p;
    p.on(interrupted{at("idem"), operation::create, "digest"});
    p.on(interrupted{at("exec"), operation::create, "digest"});
    p.on(interrupted{at("gone"), operation::create, "digest"});
    p.declare({resource("idem"), exec});
    CHECK(p.starting() == "idem");
    CHECK(p.status("exec") == status::person);
    CHECK(p.sentence("exec") ==
          "was being created when landscaper ended, and may exist: look, then remove what is half there and "
          "`landscaper apply exec`, or have what is there recorded with `landscaper import exec`");
    CHECK(p.sentence("gone").ends_with("may exist: look, then `landscaper apply gone`"));
    CHECK(p.status("gone") == status::orphan);
    p.on(retry_requested{{at("exec")}});
    CHECK(p.starting() == "idem exec");
}

TEST_CASE("an update that a crash cut off goes on without a second confirmation, if it is still the same") {
    auto a = resource("a", {}, 2);
    auto digest = value(json{{"number", 2}}).digest();
    play p({{at("a"), recorded_as(a, {{"number", 1}})}});
    p.on(interrupted{at("a"), operation::update, digest});
    p.declare({a});
    CHECK(p.started("a").op == operation::update);
    play other({{at("a"), recorded_as(a, {{"number", 1}})}});
    other.on(interrupted{at("a"), operation::update, digest});
    other.declare({resource("a", {}, 3)});
    CHECK(other.status("a") == status::person);
}

TEST_CASE("what another program wrote into the state counts at once") {
    play p;
    auto a = resource("a");
    p.declare({a});
    p.on(failed{p.started("a").run, "no", false, false});
    p.on(state_read{{{at("a"), recorded_as(a, {{"number", 0}})}}});
    CHECK(p.status("a") == status::done);
    p.on(state_read{});
    CHECK(p.starting() == "a");
}

TEST_CASE("what is moved rests until it is declared under its new name, and then nothing runs") {
    auto a = resource("old.a");
    auto b = resource("old.b", {"old.a"});
    play p;
    p.declare({a, b});
    p.works("old.a");
    p.works("old.b");
    p.on(moved{at("old"), at("new")});
    CHECK(p.starting() == "");
    CHECK(p.status("old.a") == status::blocked);
    CHECK(p.status("new.a") == status::orphan);
    b.at = at("new.b");
    b.inputs["from old.a"] = reference(at("new.a"), "out");
    a.at = at("new.a");
    p.declare({a, b});
    CHECK(p.starting() == "");
    CHECK(p.status("new.b") == status::done);
    CHECK(!p.s.view(at("old.a")));
    p.declare({});
    p.on(destroy_requested{{at("new")}});
    CHECK(p.starting() == "new.b");  // needs were renamed as well
}
