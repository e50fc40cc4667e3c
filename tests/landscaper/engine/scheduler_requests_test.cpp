#include "play.hpp"

#include "landscaper/engine/judge.hpp"

using namespace landscaper::engine;
using namespace std::chrono_literals;
using nlohmann::json;
using status = resource_status;

namespace {

member beside(const char* name, int number) {
    auto out = resource(name, {}, number);
    out.replace_on = {"number"};
    out.creates_before_destroying = true;
    return out;
}

std::map<path, resource_entry> recorded_beside() {
    auto entry = recorded_as(beside("a", 0), {{"number", 0}});
    entry.outputs = value(json{{"out", "old"}});
    auto user = recorded_as(resource("b"), {{"number", 0}, {"from a", "old"}});
    user.extra = value(json{{"needs", {{"a"}}}});
    return {{at("a"), entry}, {at("b"), user}};
}

}  // namespace

TEST_CASE("a replacement that comes first is used by dependants before the old one goes") {
    play p(recorded_beside());
    p.declare({beside("a", 1), resource("b", {"a"})});
    CHECK(p.status("a") == status::person);
    CHECK(p.s.view(at("a"))->needs_confirmation);
    CHECK(p.s.view(at("a"))->replaces);
    CHECK(p.s.view(at("a"))->last.run == 0);
    p.on(confirmed{});
    auto made = p.started("a");
    CHECK(p.s.view(at("a"))->replaces);
    CHECK(made.op == operation::create);
    CHECK(made.deposes);
    p.works(made, "new");
    // The old one stays recorded, and what uses it is changed first.
    CHECK(deposed_in(p.s.state().at(at("a"))).size() == 1);
    CHECK(p.starting() == "b");
    CHECK(p.sentence("a").find("until b") != std::string::npos);
    auto changed = p.started("b");
    CHECK(changed.inputs->at("from a") == "new");
    p.works(changed);
    auto removed = p.started("a");
    CHECK(removed.op == operation::remove_old);
    CHECK(removed.previous->outputs->at("out") == "old");
    CHECK(p.s.view(at("b"))->status == status::done);
    // What is seen meanwhile is the new one.
    p.on(looked{at("a"), true, value(json{{"number", 7}})});
    p.works(removed);
    CHECK(deposed_in(p.s.state().at(at("a"))).empty());
    // What was done to it is the replacement, not the cleaning up behind it.
    CHECK(p.s.view(at("a"))->last.run == made.run);
    CHECK(p.s.view(at("a"))->last.replaced);
    CHECK(p.s.view(at("b"))->last.op == operation::update);
    CHECK(p.status("a") == status::person);
    CHECK(p.sentence("a").find("was changed by somebody else: number") == 0);
    p.on(looked{at("a"), true, value(json{{"number", 1}})});
    CHECK(p.status("a") == status::done);
    CHECK(p.starting() == "");
}

TEST_CASE("a replacement that was cut off and is no longer wanted is for a person to look at") {
    play p(recorded_beside());
    p.on(interrupted{at("a"), operation::create, value(json{{"number", 1}}).digest()});
    p.declare({beside("a", 0), resource("b", {"a"})});
    CHECK(p.status("a") == status::person);
    CHECK(p.sentence("a").find("and `landscaper apply a`, or have") != std::string::npos);
    p.on(retry_requested{{at("a")}});
    CHECK(p.status("a") == status::done);
    CHECK(p.starting() == "");
}

TEST_CASE("an update that was cut off and is no longer wanted is undone") {
    auto a = resource("a");
    play p({{at("a"), recorded_as(a, {{"number", 0}})}});
    p.on(interrupted{at("a"), operation::update, value(json{{"number", 1}}).digest()});
    p.declare({a});
    CHECK(p.started("a").op == operation::update);
}

TEST_CASE("what says nothing for too long is stopped; a word or a wait for a person begins the time anew") {
    auto a = resource("a");
    a.policy.silence = 60s;
    a.policy.retries = 1;
    play p;
    p.declare({a});
    auto run = p.started("a").run;
    p.after(50s);
    p.on(said{run, {progress_kind::log, "still here", 0, 0, {}}});
    p.after(50s);
    CHECK(p.cancels.empty());
    p.on(said{run, {progress_kind::person, "switch it on", 0, 0, {}}});
    p.after(1h);
    CHECK(p.cancels.empty());
    p.on(said{run, {progress_kind::working, "on", 0, 0, {}}});
    p.after(60s);
    CHECK(p.cancels == std::vector<std::uint64_t>{run});
    p.on(failed{run, "", false, true});
    CHECK(p.status("a") == status::waiting);
    CHECK(p.sentence("a") == "said nothing for 60 s and was stopped");
    p.after(1s);
    CHECK(p.started("a").may_exist);
}

TEST_CASE("what waits for a person and is declared otherwise meanwhile begins anew") {
    play p;
    auto once = resource("once");
    once.policy.create_is_idempotent = false;
    p.declare({resource("a"), resource("b"), once});
    auto a = p.started("a");
    auto b = p.started("b");
    p.on(said{a.run, {progress_kind::person, "switch it on", 0, 0, {}}});
    p.on(said{p.started("once").run, {progress_kind::person, "type it", 0, 0, {}}});
    CHECK(p.cancels.empty());
    once.inputs["number"] = literal(5);
    p.declare({resource("a", {}, 5), resource("b", {}, 5), once});
    // Neither what is at work nor what might be done twice.
    CHECK(p.cancels == std::vector<std::uint64_t>{a.run});
    p.on(said{a.run, {progress_kind::person, "still", 0, 0, {}}});
    CHECK(p.cancels.size() == 1);
    p.on(failed{a.run, "", false, true});
    auto again = p.started("a");
    CHECK(again.inputs->at("number") == 5);
    p.works(again);
    CHECK(p.status("a") == status::done);
    // It comes to wait when it is outdated already.
    p.on(said{b.run, {progress_kind::person, "switch it on", 0, 0, {}}});
    CHECK(p.cancels.back() == b.run);
    // Declared as it was, before the end of it was heard: it is not stopped for good.
    p.declare({resource("a", {}, 5), resource("b"), once});
    p.on(failed{b.run, "", false, true});
    CHECK(p.starting() == "b");
    // Unless a person says so.
    b = p.started("b");
    p.on(said{b.run, {progress_kind::person, "switch it on", 0, 0, {}}});
    p.declare({resource("a", {}, 5), resource("b", {}, 6), once});
    p.declare({resource("a", {}, 5), resource("b"), once});
    p.on(cancel_requested{});
    p.on(failed{b.run, "", false, true});
    CHECK(p.status("b") == status::cancelled);
}

TEST_CASE("what an operation says is recorded before anything else is done to its resource") {
    auto a = resource("a");
    play p({{at("a"), recorded_as(a, {{"number", 0}})}});
    p.on(operating{at("a")});
    p.declare({});
    p.on(destroy_requested{{at("a")}});
    CHECK(p.starting().empty());
    p.on(operated{at("a"), value(nlohmann::json{{"out", "new"}})});
    CHECK(p.starting().empty());
    CHECK(p.write().entry->outputs->at("out") == "new");
    CHECK(p.starting() == "a");
    CHECK(p.started("a").previous->outputs->at("out") == "new");
}

TEST_CASE("what others changed is reported, and put right when a person or the policy says so") {
    auto a = resource("a");
    auto b = resource("b");
    b.policy.repairs = true;
    play p({{at("a"), recorded_as(a, {{"number", 0}})}, {at("b"), recorded_as(b, {{"number", 0}})}});
    p.declare({a, b, resource("c", {"a"})});
    p.works("c");
    p.on(looked{at("a"), true, value(json{{"number", 7}})});
    CHECK(p.status("a") == status::person);
    CHECK(p.sentence("a").find("number") != std::string::npos);
    CHECK(p.status("c") == status::done);
    p.on(looked{at("b"), false, {}});
    CHECK(p.started("b").op == operation::create);
    p.on(confirmed{{at("a")}});
    p.works("a");
    CHECK(p.status("a") == status::done);
    CHECK(p.s.view(at("a"))->drift == "");
    p.on(looked{at("a"), true, value(json{{"number", 0}})});
    CHECK(p.starting() == "");
}

TEST_CASE("what exists already is recorded as it is, and not created") {
    auto a = resource("a", {}, 1);
    a.imports = true;
    auto b = a;
    b.at = at("b");
    play p;
    p.declare({a, b});
    auto reads = p.started("a");
    CHECK(reads.op == operation::read);
    p.on(succeeded{reads.run, value(json{{"out", "x"}}), true, value(json{{"number", 5}})});
    p.write();
    CHECK(p.s.state().at(at("a")).inputs->at("number") == 5);
    CHECK(p.sentence("a").find("is to be updated") != std::string::npos);
    p.on(succeeded{p.started("b").run, {}, false, {}});
    CHECK(p.started("b").op == operation::create);
}

TEST_CASE("a provider that died leaves in doubt what it was doing") {
    auto once = resource("once");
    once.policy.create_is_idempotent = false;
    auto readable = once;
    readable.at = at("readable");
    readable.policy.is_readable = true;
    play p;
    p.declare({once, readable});
    p.on(failed{p.started("once").run, "killed by signal 9", false, false, true});
    CHECK(p.status("once") == status::person);
    CHECK(p.sentence("once").find("killed by signal 9") != std::string::npos);
    p.on(failed{p.started("readable").run, "killed by signal 9", false, false, true});
    CHECK(p.started("readable").op == operation::read);
}

TEST_CASE("foreign programs have a limit of their own, each") {
    auto a = resource("a");
    a.provider = {"prog", {}, true};
    auto b = a, c = resource("c"), d = resource("d");
    b.at = at("b");
    play p({}, {{}, 0, 1});
    p.declare({a, b, c, d});
    CHECK(p.starting() == "a c d");
}

TEST_CASE("what is protected is destroyed only when that is said as well") {
    auto entry = recorded_as(resource("a"), {{"number", 0}});
    entry.extra = value(json{{"protect", true}});
    play p({{at("a"), entry}});
    p.declare({});
    p.on(destroy_requested{{at("a")}});
    CHECK(p.starting() == "");
    CHECK(p.sentence("a").find("--even-protected") != std::string::npos);
    p.on(destroy_requested{{at("a")}, true});
    CHECK(p.started("a").op == operation::destroy);
}

TEST_CASE("one repair per resource and hour, and none of what is protected") {
    auto a = resource("a");
    a.policy.repairs = true;
    a.policy.retries = 1;
    auto b = a;
    b.at = at("b");
    b.is_protected = true;
    auto protected_entry = recorded_as(b, {{"number", 0}});
    protected_entry.extra = value(json{{"protect", true}});
    play p({{at("a"), recorded_as(a, {{"number", 0}})}, {at("b"), protected_entry}});
    p.declare({a, b});
    auto spoil = [&](const char* name) { p.on(looked{at(name), true, value(json{{"number", 7}})}); };
    spoil("b");
    CHECK(p.starting() == "");
    CHECK(p.status("b") == status::person);
    spoil("a");
    // The attempts of its policy are one repair.
    p.fails("a", true);
    CHECK(p.status("a") == status::waiting);
    p.after(1s);
    p.works("a");
    CHECK(p.status("a") == status::done);
    p.after(30min);
    spoil("a");
    CHECK(p.starting() == "");
    CHECK(p.status("a") == status::person);
    CHECK(p.sentence("a").find("again within an hour of its repair") != std::string::npos);
    // It is not forgotten, and nobody has to look again.
    REQUIRE(p.s.wake_at());
    CHECK(*p.s.wake_at() == p.now + 30min);
    p.after(30min);
    CHECK(p.starting() == "a");
    p.works("a");
    // A person may always ask.
    spoil("a");
    CHECK(p.starting() == "");
    p.on(confirmed{{at("a")}});
    CHECK(p.starting() == "a");
}

TEST_CASE("what a declaration says without changing anything is recorded, and nothing is run") {
    auto a = resource("a");
    play p({{at("a"), recorded_as(a, {{"number", 0}})}});
    a.is_protected = true;
    a.sensitive = {"number"};
    p.declare({a, resource("b", {"a"})});
    CHECK(p.starting() == "b");  // its outputs are there all the while
    CHECK(p.status("a") == status::done);
    auto written = p.write();
    CHECK(written.op == operation::note);
    CHECK(written.entry->extra.json() == json{{"protect", true}, {"sensitive", {"number"}}});
    CHECK(p.records.empty());
    CHECK(p.starting() == "b");
    // Lifted before it is taken out, it may go.
    a.is_protected = false;
    p.declare({a});
    CHECK(p.write().entry->extra.json() == json{{"sensitive", {"number"}}});
    p.declare({});
    p.on(destroy_requested{{at("a")}});
    CHECK(p.started("a").op == operation::destroy);
}

TEST_CASE("a failure is tried again when the member itself declares it retryable, wrong inputs never") {
    auto a = resource("a");
    a.policy.retries = 1;
    a.policy.retries_failures = true;
    play p;
    p.declare({a});
    auto fail = [&](bool is_failure) {
        failed what{p.started("a").run, "no luck"};
        what.is_failure = is_failure;
        p.on(what);
    };
    fail(false);
    CHECK(p.status("a") == status::failed);
    p.on(retry_requested{{at("a")}});
    fail(true);
    CHECK(p.status("a") == status::waiting);
    p.after(1s);
    fail(true);
    CHECK(p.status("a") == status::failed);
}

TEST_CASE("a stateless resource that others changed is reported, and repaired when its type is") {
    auto a = resource("a");
    a.is_stateful = false;
    auto b = a;
    b.at = at("b");
    b.policy.repairs = false;
    play p;
    p.declare({a, b, resource("c", {"a"})});
    p.works("a");
    p.works("b");
    p.works("c");
    auto spoil = [&](const char* name) { p.on(looked{at(name), true, value(json{{"number", 7}})}); };
    spoil("a");
    CHECK(p.status("a") == status::person);
    CHECK(p.status("c") == status::done);
    CHECK(p.starting() == "");
    spoil("b");
    // Of its type, unless it says otherwise itself.
    p.on(repairs_allowed{{"test.t"}});
    CHECK(p.starting() == "a");
    p.works("a");
    CHECK(p.status("a") == status::done);
    CHECK(p.s.view(at("a"))->drift == "");
    p.on(confirmed{{at("b")}});
    CHECK(p.starting() == "b");
}
