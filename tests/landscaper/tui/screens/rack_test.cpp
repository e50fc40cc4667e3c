#include <doctest/doctest.h>

#include "sample_rack.hpp"

using namespace landscaper;
using namespace landscaper::tui;

static std::string text_of(const control::snapshot& shot, const view& v, int columns, int rows) {
    return render(shot, v, columns, rows).text();
}

static bool holds(const std::string& text, std::string_view part) {
    return text.find(part) != text.npos;
}

// clang-format off
TEST_CASE("the rack at 80x24: problems first, the worst one's cause, the last events") {
    CHECK(text_of(sample_rack(), {}, 80, 24) ==
R"( landscaper rack-a  5: 1 FAILED 1 HOLD 1 run 1 wait 1 ok +1 new       14:07:31Z
 out 41.2 MB/s  tftp 1  http 6  other DHCP: 10.0.0.1
--------------------------------------------------------------------------------
   HOST       MAC               PHASE     PROGRESS    IN    NOTE
 ! px04       52:54:00:0a:00:04 FAILED    [=======  ] 58s   another key answers
 = px03       52:54:00:0a:00:03 HOLD      [==       ] 3m00  /dev/vda holds an ex
 ? --         a0:36:9f:11:22:33 unknown               2s    UEFI x64, not in the
 > px02       52:54:00:0a:00:02 copy      [====     ] 38s   50% 12.0 MB/s eta 5s
 . px05       52:54:00:0a:00:05 waiting   [         ] 1m10  switch it on; it is
 + px01       52:54:00:0a:00:01 ok        [=========] -     generation 1






--------------------------------------------------------------------------------
 px04: another key answers
--------------------------------------------------------------------------------
 14:07:29 px04 tftp uki.efi done
 14:07:30 px02 61.0 MB of 120.0 MB
 14:07:31 asked nobody

 jk move  enter host  f faults  r retry  h hold  u resume  ? help  q quit
)");
}

TEST_CASE("the cause of the selected host is told in full, with the remedy") {
    view v;
    v.selected = "px03";
    CHECK(text_of(sample_rack(), v, 80, 24) ==
R"( landscaper rack-a  5: 1 FAILED 1 HOLD 1 run 1 wait 1 ok +1 new       14:07:31Z
 out 41.2 MB/s  tftp 1  http 6  other DHCP: 10.0.0.1
--------------------------------------------------------------------------------
   HOST       MAC               PHASE     PROGRESS    IN    NOTE
 ! px04       52:54:00:0a:00:04 FAILED    [=======  ] 58s   another key answers
 = px03       52:54:00:0a:00:03 HOLD      [==       ] 3m00  /dev/vda holds an ex
 ? --         a0:36:9f:11:22:33 unknown               2s    UEFI x64, not in the
 > px02       52:54:00:0a:00:02 copy      [====     ] 38s   50% 12.0 MB/s eta 5s
 . px05       52:54:00:0a:00:05 waiting   [         ] 1m10  switch it on; it is
 + px01       52:54:00:0a:00:01 ok        [=========] -     generation 1





--------------------------------------------------------------------------------
 px03: /dev/vda holds an ext4 file system 'backup'; nothing was written. Wipe
 it yourself, then `landscaper retry px03`
--------------------------------------------------------------------------------
 14:07:29 px04 tftp uki.efi done
 14:07:30 px02 61.0 MB of 120.0 MB
 14:07:31 asked nobody

 jk move  enter host  f faults  r retry  h hold  u resume  ? help  q quit
)");
}

TEST_CASE("at 40x12 there is one line per host and the cause, and no log") {
    CHECK(text_of(sample_rack(), {}, 40, 12) ==
R"( landscaper rack-a  5: 1 FAILED 1 HOLD 1
   HOST   PHASE     IN    NOTE
 ! px04   FAILED    58s   another key an
 = px03   HOLD      3m00  /dev/vda holds
 ? --     unknown   2s    a0:36:9f:11:22
 > px02   copy      38s   50% 12.0 MB/s
 . px05   waiting   1m10  switch it on;
 + px01   ok        -     generation 1

----------------------------------------
 px04: another key answers
 q quit  ? help  jk move  enter host  f
)");
}

TEST_CASE("at 200x60 address and age of the attempt have columns, and the log has more rows") {
    CHECK(text_of(sample_rack(), {}, 200, 60) ==
R"( landscaper rack-a  5: 1 FAILED 1 HOLD 1 run 1 wait 1 ok +1 new                                                                                                                      14:07:31Z up 21m00
 out 41.2 MB/s  tftp 1  http 6  other DHCP: 10.0.0.1
--------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------
   HOST       MAC               ADDRESS         PHASE     PROGRESS    AGE   IN    NOTE
 ! px04       52:54:00:0a:00:04 10.0.0.14       FAILED    [=======  ] 5m00  58s   another key answers
 = px03       52:54:00:0a:00:03 10.0.0.13       HOLD      [==       ] 5m00  3m00  /dev/vda holds an ext4 file system 'backup'; nothing was written. Wipe it yourself, then `landscaper retry px03`
 ? --         a0:36:9f:11:22:33                 unknown                     2s    UEFI x64, not in the inventory: landscaper adopt a0:36:9f:11:22:33
 > px02       52:54:00:0a:00:02 10.0.0.12       copy      [====     ] 5m00  38s   50% 12.0 MB/s eta 5s, 61.0 MB of 120.0 MB: base closure
 . px05       52:54:00:0a:00:05 10.0.0.15       waiting   [         ] 5m00  1m10  switch it on; it is to boot from the network
 + px01       52:54:00:0a:00:01 10.0.0.11       ok        [=========] 5m00  -     generation 1


































--------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------
 px04: another key answers
--------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------
 14:07:29 px04 tftp uki.efi done
 14:07:30 px02 61.0 MB of 120.0 MB
 14:07:31 asked nobody









 jk move  enter host  f faults  r retry  h hold  u resume  ? help  q quit
)");
}
// clang-format on

TEST_CASE("a terminal that says 0x0 is taken for 80x24") {
    auto shown = render(sample_rack(), {}, 0, 0);
    CHECK(shown.columns() == 80);
    CHECK(shown.rows() == 24);
    CHECK(shown.text() == text_of(sample_rack(), {}, 80, 24));
}

TEST_CASE("no size breaks a screen, and none writes its last cell") {
    view on_host;
    on_host.screen = screen::host;
    on_host.selected = "px03";
    view helping;
    helping.screen = screen::help;
    view long_message;
    long_message.message = std::string(300, 'x');
    for (int columns = 1; columns < 140; columns += 3) {
        for (int rows = 1; rows < 40; ++rows) {
            for (const auto& v : {view{}, on_host, helping, long_message}) {
                auto shown = render(sample_rack(), v, columns, rows);
                REQUIRE(shown.columns() == columns);
                if (rows > 1 && columns > 1) REQUIRE(shown.at(rows - 1, columns - 1) == cell{});
            }
        }
    }
}

TEST_CASE("the selected row is painted in reverse, wherever the host has moved") {
    view v;
    v.selected = "px04";
    auto shown = render(sample_rack(), v, 80, 24);
    for (int column = 0; column < 80; ++column) CHECK(shown.at(4, column).paint == colour::reverse);
    CHECK(shown.at(5, 1) == cell{'=', colour::red});
}

TEST_CASE("a list longer than the screen keeps the selected host in sight and counts the rest") {
    auto shot = sample_rack();
    for (int i = 0; i < 60; ++i) {
        auto name = "zz" + std::to_string(10 + i);
        shot.hosts.push_back(sample_host("pz09", "52:54:00:0b:00:01", "copy", "run", "", 1));
        shot.hosts.back().name = name;
    }
    CHECK(holds(text_of(shot, {}, 80, 24), "   ... 55 more (f: faults only)"));
    view v;
    v.selected = "zz69";
    auto text = text_of(shot, v, 80, 24);
    CHECK(holds(text, " zz69 "));
    CHECK(holds(text, "... 2 more"));
    CHECK_FALSE(holds(text, " ! px04 "));
}

TEST_CASE("trouble of the whole rack stands above that of a host") {
    auto shot = sample_rack();
    shot.inventory_problems = {"inventory.yaml:3: unknown key `hots`; did you mean `hosts`?", "another"};
    auto text = text_of(shot, {}, 80, 24);
    auto rack = text.find("inventory.yaml:3: unknown key `hots`; did you mean `hosts`? (and 1 more)");
    REQUIRE(rack != text.npos);
    CHECK(rack < text.find("px04: another key answers"));
}

TEST_CASE("the latest alarm stands above what a host says of itself") {
    auto shot = sample_rack();
    shot.alarms = {{1, 1, 1, "px03", "withdrawn", "an older one"},
                   {2, 2, 1, "px04", "two_machines", "its payload was fetched by two machines"}};
    auto text = text_of(shot, {}, 80, 24);
    auto alarm = text.find(" ALARM px04: its payload was fetched by two machines");
    REQUIRE(alarm != text.npos);
    CHECK(alarm < text.find("px04: another key answers"));
    CHECK(text.find("an older one") == text.npos);
}

TEST_CASE("a rack that is well shows warnings, or no cause at all") {
    auto shot = sample_rack();
    shot.hosts.resize(2);
    auto rules = [](const std::string& text) {
        int count = 0;
        for (auto at = text.find("\n---"); at != text.npos; at = text.find("\n---", at + 1)) ++count;
        return count;
    };
    CHECK(rules(text_of(shot, {}, 80, 24)) == 2);
    shot.warnings = {"the runtime folder /run/landscaper is not a tmpfs"};
    CHECK(rules(text_of(shot, {}, 80, 24)) == 3);
    CHECK(holds(text_of(shot, {}, 80, 24), " the runtime folder /run/landscaper is not a tmpfs\n"));
}

TEST_CASE("an answer of serve stands where the keys are") {
    view v;
    v.message = "px03 goes on";
    auto text = text_of(sample_rack(), v, 80, 24);
    CHECK(text.ends_with("\n px03 goes on\n"));
}

TEST_CASE("nothing that a host or a packet said can reach the terminal as a control character") {
    auto shot = sample_rack();
    shot.hosts[2].sentence = "\x1b]0;owned\x07 \x1b[2J";
    shot.unknown[0].client = "\x1b[31m\xff";
    shot.log[0].text = "\r\n\x9b";
    shot.site = "\t";
    for (char c : text_of(shot, {}, 120, 40)) CHECK((c == '\n' || (c >= ' ' && c <= '~')));
}

TEST_CASE("a picture a second later differs in few cells: the clock and the ages") {
    auto before = render(sample_rack(), {}, 80, 24);
    auto shot = sample_rack();
    shot.now += 1000;
    auto after = render(shot, {}, 80, 24);
    int changed = 0;
    for (int row = 0; row < 24; ++row) {
        for (int column = 0; column < 80; ++column)
            changed += !(before.at(row, column) == after.at(row, column));
    }
    CHECK(changed < 20);
}

// clang-format off
TEST_CASE("deployments stand beneath the servers, a line each, what is wrong first") {
    auto shot = sample_rack();
    shot.hosts.resize(2);
    shot.unknown.clear();
    control::deployment_view rack, foo, bar;
    rack.name = "rack";
    rack.condition = "ok";
    rack.count = {{"done", 10}};
    foo.name = "foouni";
    foo.condition = "run";
    foo.count = {{"running", 1}, {"done", 3}, {"blocked", 2}};
    foo.sentence = "social: create makes the database";
    bar.name = "barorg";
    bar.condition = "FAILED";
    bar.count = {{"done", 4}};
    bar.sentence = "roots/bar.nix:7:12: undefined variable 'pagee'";
    shot.deployments = {rack, foo, bar};
    auto text = text_of(shot, {}, 80, 24);
    auto begin = text.find(" ! barorg");
    REQUIRE(begin != text.npos);
    CHECK(text.substr(begin, text.find("\n---", begin) - begin) ==
R"( ! barorg           FAILED    4 done  roots/bar.nix:7:12: undefined variable 'pa
 > foouni           run       1 running, 2 blocked, 3 done  social: create makes
 + rack             ok        10 done)");
    CHECK(text_of(shot, {}, 80, 12).find("barorg") == text.npos);
}
// clang-format on

TEST_CASE("names that differ at their ends alone are told apart at every width") {
    auto shot = sample_rack();
    shot.hosts[0].name = "rack-a-compute-node-001";
    shot.hosts[1].name = "rack-a-compute-node-002";
    for (auto [columns, wanted] : {std::pair{40, "ra~002 "},
                                   {60, "rack-a-~mpute-node-002 "},
                                   {80, "rack-a-compute-node-002 "},
                                   {100, "rack-a-~mpute-node-002 "},
                                   {120, "rack-a-compute-node-002 "}}) {
        CAPTURE(columns);
        auto text = text_of(shot, {}, columns, 24);
        CHECK(holds(text, wanted));
        CHECK_FALSE(holds(text, " rack-a \n"));
    }
    // The note has still its first words.
    CHECK(holds(text_of(shot, {}, 80, 24), "/dev/vda holds an"));
}

TEST_CASE("a list with nothing in it says why") {
    auto shot = sample_rack();
    std::erase_if(shot.hosts,
                  [](const auto& host) { return host.condition == "HOLD" || host.condition == "FAILED"; });
    view v;
    v.faults_only = true;
    CHECK(holds(text_of(shot, v, 80, 24), "   no faults (f: all hosts)\n"));
    CHECK_FALSE(holds(text_of(sample_rack(), v, 80, 24), "no faults"));
    shot.hosts.clear();
    CHECK(holds(text_of(shot, {}, 80, 24),
                "   no servers yet: add mac and ip of the first one to inventory.yaml\n"));
}

TEST_CASE("how to quit stands on the smallest screens") {
    for (auto screen : {screen::rack, screen::host, screen::help}) {
        view v;
        v.screen = screen;
        v.selected = "px02";
        for (int columns : {20, 40, 60, 80}) CHECK(holds(text_of(sample_rack(), v, columns, 10), "q quit"));
    }
}
