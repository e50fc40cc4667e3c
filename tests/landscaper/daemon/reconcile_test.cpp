// What others change behind the engine's back, in a real file of a real root.
#include <algorithm>

#include "landscaper/engine/io/repairs.hpp"
#include "root_rack.hpp"

using namespace landscaper;

namespace {

const std::string declared = root_by_hand(R"(
  plain = file "${toString ./.}/plain" "as declared";
  asked = { resource = (file "${toString ./.}/asked" "as declared").resource // { landscaper.repair = false; }; };
)");

// They are there.
struct two_files : rack {
    two_files() {
        write("nixops4.nix", declared);
        start();
        until_done("two files");
        until_settled();
    }
    void until_done(const char* what) {
        until([this] { return status("plain") == "done" && status("asked") == "done"; }, what);
    }
};

}  // namespace

TEST_CASE("a file that somebody changed is reported, and put right when a person says so") {
    WITH_NIX
    two_files r;
    CHECK(r.plan() == "asked=unchanged plain=unchanged ");
    r.write("plain", "spoilt");
    std::filesystem::remove(r.own.network() + "/asked");
    REQUIRE(run_on(r.context, r.engine->refresh({})).value().seen == 2);
    CHECK(r.status("plain") == "person");
    CHECK(r.engine->view(at("plain"))->sentence.starts_with("was changed by somebody else: contents"));
    CHECK(r.engine->view(at("asked"))->sentence.starts_with("is gone"));
    CHECK(r.plan() == "asked=create plain=update ");
    CHECK(text_of(r.own.network() + "/plain") == "spoilt");
    r.engine->confirm({});
    r.until_done("put right");
    CHECK(text_of(r.own.network() + "/plain") == "as declared");
    CHECK(text_of(r.own.network() + "/asked") == "as declared");
}

TEST_CASE("the timer repairs what its type allows once an hour, and what says otherwise itself never") {
    WITH_NIX
    two_files r;
    r.running->spawn("reconcile", r.engine->reconcile());
    r.engine->set_reconcile(20ms, {"local.file"});
    r.write("asked", "spoilt");
    r.write("plain", "spoilt");
    r.until([&] { return r.status("asked") == "person"; }, "a report");
    r.until([&] { return text_of(r.own.network() + "/plain") == "as declared"; }, "a repair");
    r.write("plain", "spoilt again");
    r.until([&] { return r.status("plain") == "person"; }, "no second repair");
    CHECK(r.engine->view(at("plain"))->sentence.find("again within an hour of its repair") !=
          std::string::npos);
    CHECK(text_of(r.own.network() + "/plain") == "spoilt again");
    CHECK(text_of(r.own.network() + "/asked") == "spoilt");
}

TEST_CASE("one repair an hour is one over a restart as well, and another when a person says so") {
    WITH_NIX
    rack r;
    auto file_name = r.own.network() + "/plain";
    r.write("nixops4.nix",
            root_by_hand(
                "plain = { resource = (file \"${toString ./.}/plain\" \"as declared\").resource // { state "
                "= [ ]; }; };"));
    auto begin = [&] {
        r.start();
        r.running->spawn("reconcile", r.engine->reconcile());
        r.engine->set_reconcile(20ms, {"local.file"});
    };
    auto is_declared = [&] { return text_of(file_name) == "as declared" && r.status("plain") == "done"; };
    begin();
    r.until(is_declared, "made");
    r.write("plain", "spoilt");
    r.until(is_declared, "a repair");
    r.stop();
    r.write("plain", "spoilt again");
    begin();
    r.until([&] { return r.status("plain") == "person"; }, "no second repair");
    CHECK(r.engine->view(at("plain"))->sentence.find("again within an hour of its repair") !=
          std::string::npos);
    CHECK(text_of(file_name) == "spoilt again");
    r.stop();
    // An hour later.
    auto file = r.own.name + "/rack.json.repairs";
    auto times = engine::read_repairs(file).value();
    REQUIRE(times.size() == 1);
    times.begin()->second -= 1h;
    REQUIRE(engine::write_repairs(file, times).has_value());
    begin();
    r.until(is_declared, "a repair after an hour");
    r.stop();
    // What cannot be read is said, and holds nothing up.
    r.write("plain", "spoilt anew");
    std::ofstream(file) << "{";
    begin();
    r.until(is_declared, "a repair");
    CHECK(std::any_of(r.log.begin(), r.log.end(), [](const std::string& line) {
        return line.starts_with("when resources were last repaired is forgotten: ");
    }));
}
