#include "landscaper/ledger/io/store.hpp"

#include <cstdlib>
#include <fstream>

#include "landscaper/ledger/io/database.hpp"
#include "tests/landscaper/async/run.hpp"
#include "tests/support/result.hpp"

using namespace landscaper;
using namespace landscaper::ledger;

namespace {

struct scratch {
    std::string path = "/tmp/landscaper-ledger-test-XXXXXX";
    scratch() { REQUIRE(::mkdtemp(path.data())); }
    ~scratch() { CHECK(std::system(("rm -rf " + path).c_str()) == 0); }
    std::string file() const { return path + "/ledger.sqlite"; }
};

const id128 rack{9, 9};
const id128 first{1}, second{2};

std::vector<change> story() {
    auto mac = *mac_address::parse("52:54:00:0a:00:01");
    auto other = *mac_address::parse("52:54:00:0a:00:02");
    return {
        host_added{first, "px01", {mac, other}, "inventory", "hosts.px01"},
        host_added{second, "px02", {}, "inventory", "hosts.px02"},
        attempt_started{first, {7}, 100},
        payload_made{first, "token", "ssh-ed25519 AAAA", 101},
        step_intent{first, "installation", "facts", 102},
        step_proof{first, "installation", "facts", "2 disks", 103},
        step_intent{first, "installation", "copy", 104},
        marker_written{first, {"wwid-1", false, {7}, 105}},
        marker_written{first, {"wwid-1", true, {7}, 106}},
        pin_pending{first, "ssh-ed25519 BBBB"},
        pin_promoted{first},
        generation_proven{first, {1, "/nix/store/x", 107}},
        host_address{first, "10.0.0.11"},
        host_esp{first, "guid"},
        host_renamed{second, "px9", "hosts.px9"},
        host_managed{second, false},
        host_held{second, true},
        rescue_begun{first},
        audit{108, "root", "arm px01"},
    };
}

result<model> committed(const std::string& file, std::vector<change> batch) {
    auto opened = store::open(boost::asio::system_executor(), file, rack);
    if (!opened) return opened.error();
    auto done = run_to_end((*opened)->commit(std::move(batch)));
    if (!done) return done.error();
    return (*opened)->content();
}

}  // namespace

TEST_CASE("what was committed is there after reopening, whatever the change") {
    scratch folder;
    auto written = committed(folder.file(), story());
    REQUIRE(written);
    auto reopened = store::open(boost::asio::system_executor(), folder.file(), id128{5});
    REQUIRE(reopened);
    CHECK((*reopened)->content() == *written);
    CHECK((*reopened)->content().rack == rack);
    CHECK((*reopened)->content().hosts.at(first).is_installed());
}

TEST_CASE("changes one by one give the same ledger as one batch") {
    scratch one, batch;
    for (auto& what : story()) REQUIRE(committed(one.file(), {what}));
    auto together = committed(batch.file(), story());
    REQUIRE(together);
    CHECK(committed(one.file(), {}).value() == *together);
}

TEST_CASE("an attempt that is taken back leaves no steps behind") {
    scratch folder;
    REQUIRE(committed(folder.file(), story()));
    REQUIRE(committed(folder.file(), {attempt_started{first, {8}, 200},
                                      step_proof{first, "installation", "answer", "boot", 201}}));
    auto dropped = committed(folder.file(), {attempt_dropped{first, {7}, 202}});
    REQUIRE(dropped);
    CHECK(dropped->hosts.at(first).attempt == 1);
    CHECK(dropped->hosts.at(first).steps.size() == 2);
    CHECK(committed(folder.file(), {}).value() == *dropped);
    // The number comes again, with nothing proven.
    auto again = committed(folder.file(), {attempt_started{first, {9}, 203}});
    REQUIRE(again);
    CHECK_FALSE(committed(folder.file(), {}).value().hosts.at(first).is_proven("installation", "answer"));
}

TEST_CASE("a retired host leaves no rows") {
    scratch folder;
    REQUIRE(committed(folder.file(), story()));
    REQUIRE(committed(folder.file(), {host_retired{first}}));
    auto left = committed(folder.file(), {});
    REQUIRE(left);
    CHECK(left->hosts.size() == 1);
    // The same id again starts from nothing.
    auto again = committed(folder.file(), {host_added{first, "px01", {}, "inventory", ""}});
    REQUIRE(again);
    CHECK(again->hosts.at(first).steps.empty());
}

TEST_CASE(
    "a rescue that is over takes its payload and pin along; one in the middle of an attempt leaves them") {
    scratch folder;
    REQUIRE(committed(folder.file(), story()));
    auto begun = committed(folder.file(), {payload_made{first, "fresh", "ssh-ed25519 CCCC", 200}});
    REQUIRE(begun);
    CHECK(begun->hosts.at(first).rescue);
    CHECK(begun->hosts.at(first).pins.temporary == "ssh-ed25519 CCCC");
    auto left = committed(folder.file(), {rescue_ended{first, false, 201}});
    REQUIRE(left);
    CHECK_FALSE(left->hosts.at(first).rescue);
    CHECK(left->hosts.at(first).payload_in_force());
    auto over = committed(folder.file(), {rescue_begun{first}, rescue_ended{first, true, 202}});
    REQUIRE(over);
    CHECK_FALSE(over->hosts.at(first).payload_in_force());
    CHECK(over->hosts.at(first).pins.temporary.empty());
    CHECK(over->hosts.at(first).pins.permanent == "ssh-ed25519 BBBB");
    CHECK(committed(folder.file(), {}).value() == *over);
}

TEST_CASE("a ledger of version 1 is read and brought up to date") {
    scratch folder;
    auto now = committed(folder.file(), story());
    REQUIRE(now);
    {
        auto file = database::open(folder.file());
        REQUIRE(file);
        REQUIRE(file->run("alter table hosts drop column rescue"));
        REQUIRE(file->run("pragma user_version = 1"));
    }
    auto wanted = *now;
    wanted.hosts.at(first).rescue = false;
    CHECK(committed(folder.file(), {}).value() == wanted);
    CHECK(committed(folder.file(), {rescue_begun{first}}).value() == *now);
}

TEST_CASE("a ledger of a newer landscaper is refused") {
    scratch folder;
    REQUIRE(committed(folder.file(), story()));
    {
        auto file = database::open(folder.file());
        REQUIRE(file);
        REQUIRE(file->run("pragma user_version = 99"));
    }
    CHECK(committed(folder.file(), {}).error().code() == store_errc::unreadable);
}

TEST_CASE("a second daemon on the same ledger is refused") {
    scratch folder;
    auto holds = store::open(boost::asio::system_executor(), folder.file(), rack);
    REQUIRE(holds);
    auto refused = store::open(boost::asio::system_executor(), folder.file(), rack);
    REQUIRE(!refused);
    CHECK(refused.error().code() == store_errc::locked);
}

TEST_CASE("a file that is not a ledger is refused and left as it is") {
    scratch folder;
    std::ofstream(folder.file()) << std::string(4096, 'x');
    auto refused = store::open(boost::asio::system_executor(), folder.file(), rack);
    REQUIRE(!refused);
    CHECK(refused.error().code() == store_errc::unreadable);
    std::ifstream left(folder.file());
    CHECK(std::string(std::istreambuf_iterator<char>(left), {}) == std::string(4096, 'x'));
}
