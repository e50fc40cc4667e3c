#include "landscaper/cli/apply_report.hpp"

#include <doctest/doctest.h>

using namespace landscaper;
using namespace landscaper::cli;
using control::snapshot;

namespace {

control::resource_view member(const char* path, const char* state, const char* operation = "",
                              std::uint64_t change = 0, const char* changed_by = "") {
    control::resource_view out;
    out.path = path;
    out.type = "local.file";
    out.state = state;
    out.operation = operation;
    out.change = change;
    out.changed_by = changed_by;
    return out;
}

snapshot picture(std::vector<control::resource_view> members) {
    snapshot out;
    out.now = 1'000'000;
    out.resources = std::move(members);
    return out;
}

control::host_view host(const char* phase, const char* condition, const char* sentence = "") {
    control::host_view out;
    out.name = "px01";
    out.phase = phase;
    out.condition = condition;
    out.sentence = sentence;
    return out;
}

// "update web running" for each that a person is told.
std::string told(const std::vector<apply_event>& events) {
    std::string out;
    for (const auto& one : events) {
        if (one.is_quiet) continue;
        out += (out.empty() ? "" : "; ") + one.operation + " " + one.name + " " + one.status;
        if (!one.sentence.empty()) out += ": " + one.sentence;
    }
    return out;
}

}  // namespace

TEST_CASE("a member is told when its status changes, and others are not") {
    auto shot = picture({member("db", "done"), member("web", "person", "update")});
    apply_report report({}, "", shot);
    CHECK(told(report.on(shot)).empty());
    shot.resources[1] = member("web", "running", "update");
    CHECK(told(report.on(shot)) == "update web running");
    CHECK(report.on(shot).empty());
    shot.resources[1] = member("web", "done", "", 7, "update");
    CHECK(told(report.on(shot)) == "update web done");
    CHECK(report.summary().count == std::map<std::string, std::size_t>{{"unchanged", 1}, {"updated", 1}});
}

TEST_CASE("what was done between two pictures is told and counted") {
    auto shot = picture({member("a", "done"), member("b", "done", "", 3, "create")});
    apply_report report({}, "", shot);
    shot.resources[0] = member("a", "done", "", 4, "replace");
    shot.resources.push_back(member("c", "done", "", 5, "create"));
    shot.resources.push_back(member("d", "done", "", 6, "import"));
    CHECK(told(report.on(shot)) == "replace a done; create c done; import d done");
    CHECK(told(report.on(shot)).empty());
    CHECK(report.summary().count == std::map<std::string, std::size_t>{
                                        {"created", 1}, {"imported", 1}, {"replaced", 1}, {"unchanged", 1}});
}

TEST_CASE("what only waited for another and is as it was before is told to nobody but programs") {
    auto shot = picture({member("a", "done")});
    apply_report report({}, "", shot);
    for (const auto* state : {"blocked", "ready", "done"}) {
        shot.resources[0].state = state;
        auto events = report.on(shot);
        REQUIRE(events.size() == 1);
        CHECK(events[0].status == state);
        CHECK(events[0].is_quiet);
    }
    CHECK(report.summary().count.at("unchanged") == 1);
}

TEST_CASE("what runs already when the apply comes is told") {
    auto shot = picture({member("a", "running", "create")});
    apply_report report({}, "", shot);
    CHECK(told(report.on(shot)) == "create a running");
}

TEST_CASE("progress is told at most once a second, and to a person only what says more") {
    auto shot = picture({member("a", "running", "create")});
    apply_report report({}, "", shot);
    CHECK(report.on(shot).size() == 1);
    auto& one = shot.resources[0];
    one.note = "copies";
    one.progress = {"paths", 1, 100, 0, -1};
    shot.now += 999;
    CHECK(report.on(shot).empty());
    shot.now += 1;
    CHECK(told(report.on(shot)) == "create a running: copies");
    one.progress.done = 2;
    shot.now += 1000;
    auto events = report.on(shot);
    REQUIRE(events.size() == 1);
    CHECK(events[0].progress.done == 2);
    CHECK(events[0].is_quiet);
    one.progress.done = 10;
    shot.now += 1000;
    CHECK(told(report.on(shot)) == "create a running: copies");
    // Nothing is lost by the pause: the end comes at once, whatever was told before.
    one = member("a", "done", "", 1, "create");
    CHECK(told(report.on(shot)) == "create a done");
}

TEST_CASE("an apply of a path tells of nothing else, and one of a deployment of no other") {
    auto shot = picture({member("apps.web", "person", "update"), member("db", "person", "update")});
    shot.resources.push_back(member("apps.web", "person", "update"));
    shot.resources.back().deployment = "foo";
    apply_report of_path({"apps"}, "", shot), of_foo({}, "foo", shot);
    for (auto& one : shot.resources) one.state = "failed";
    shot.resources[2].note = "of foo";
    CHECK(told(of_path.on(shot)) == "update apps.web failed");
    CHECK(told(of_foo.on(shot)) == "update apps.web failed: of foo");
    CHECK(of_path.summary().failed.size() == 1);
}

TEST_CASE("a host is told with its phase and condition, and its wait once") {
    snapshot shot;
    shot.hosts = {host("gate", "run", "reads the disks")};
    apply_report report({}, "", shot);
    CHECK(told(report.on(shot)) == "host px01 gate: reads the disks");
    shot.hosts[0] = host("gate", "HOLD", "two disks");
    CHECK(told(report.on(shot)) == "host px01 gate HOLD: two disks");
    shot.now += 5000;
    shot.hosts[0] = host("copy", "run", "copies");
    CHECK(told(report.on(shot)) == "host px01 copy: copies");
    // The end of the sentence, behind the semicolon, changes with time alone.
    shot.now += 2000;
    shot.hosts[0].sentence = "copies; nothing new for 40 s";
    CHECK(told(report.on(shot)).empty());
}

TEST_CASE(
    "the summary has what failed with the log of this apply, and blames nothing on what is blocked by it") {
    auto shot = picture({member("a", "person"), member("b", "blocked")});
    shot.log = {{1, "", "a: of before"}};
    apply_report report({}, "", shot);
    shot.resources[0] = member("a", "failed", "create");
    shot.resources[0].note = "exit status 3";
    shot.log.push_back({2, "", "a: it is bad"});
    shot.log.push_back({2, "px01", "a: of a host"});
    report.on(shot);
    auto came = report.summary();
    REQUIRE(came.failed.size() == 1);
    CHECK(came.failed[0].sentence == "exit status 3");
    CHECK(came.failed[0].log == std::vector<std::string>{"it is bad"});
    CHECK(came.waiting.empty());
    CHECK(came.count.at("blocked") == 1);
}

TEST_CASE("a held host speaks for its chain") {
    snapshot shot;
    shot.hosts = {host("gate", "HOLD", "two disks")};
    shot.hosts[0].resources = {member("hosts.px01.installation", "person", "create")};
    apply_report report({}, "", shot);
    report.on(shot);
    auto came = report.summary();
    REQUIRE(came.waiting.size() == 1);
    CHECK(came.waiting[0].name == "px01");
    CHECK(came.waiting[0].is_host);
}

TEST_CASE("what is no longer there is told as gone") {
    auto shot = picture({member("a", "orphan"), member("b", "done")});
    apply_report report({}, "", shot);
    shot.resources[0] = member("a", "running", "destroy");
    CHECK(told(report.on(shot)) == "destroy a running");
    shot.resources.erase(shot.resources.begin());
    CHECK(told(report.on(shot)) == "destroy a gone");
    CHECK(report.on(shot).empty());
    CHECK(report.summary().count.at("gone") == 1);
}

TEST_CASE("a thousand members change in a thousand events, however many pictures show it") {
    std::vector<control::resource_view> all;
    for (int i = 0; i < 1000; ++i)
        all.push_back(member(("m" + std::to_string(i)).c_str(), "ready", "create"));
    auto shot = picture(all);
    apply_report report({}, "", shot);
    std::size_t events = 0;
    for (std::size_t i = 0; i < 1000; ++i) {
        shot.resources[i] = member(shot.resources[i].path.c_str(), "done", "", i + 1, "create");
        shot.now += 250;
        if (i % 10 == 9) events += report.on(shot).size();
    }
    CHECK(events == 1000);
    CHECK(report.summary().count == std::map<std::string, std::size_t>{{"created", 1000}});
}
