#include <doctest/doctest.h>

#include "sample_rack.hpp"

using namespace landscaper;
using namespace landscaper::tui;

// clang-format off
TEST_CASE("the host screen: what it does, who it is, its phases, steps and log") {
    view v;
    v.screen = screen::host;
    v.selected = "px02";
    CHECK(render(with_history(sample_rack()), v, 80, 24).text() ==
R"( px02  copy  run  attempt 1, 5m00 old

 50% 12.0 MB/s eta 5s, 61.0 MB of 120.0 MB: base closure
 mac 52:54:00:0a:00:02  ip 10.0.0.12  uefi  role proxmox
 temporary  SHA256:8l7bbvWkmbtrPGXBOhRnG2Rf4sGPrjX6TWyAyfEhD1E
 phases: waiting 4m00, copy 1m00
 + facts        850ms      2 disks
 > copy         38s ...
 | copying path














 jk scroll  esc back  r retry  h hold  u resume  q quit
)");
}
// clang-format on

TEST_CASE("scrolling ends with the last line on the screen") {
    view v;
    v.screen = screen::host;
    v.selected = "px02";
    v.scroll = 1000;
    auto text = render(with_history(sample_rack()), v, 80, 8).text();
    CHECK(text.find("\n | copying path\n") != text.npos);
    CHECK(text.find("base closure") == text.npos);
}

TEST_CASE("a host that is gone says so") {
    view v;
    v.screen = screen::host;
    v.selected = "px99";
    CHECK(render(sample_rack(), v, 80, 3).text() == " no host px99\n\n esc back  q quit\n");
}

TEST_CASE("the host screen scrolls to its very last line and no further, however long its sentences are") {
    view v;
    v.screen = screen::host;
    v.selected = "px02";
    auto shot = with_history(sample_rack());
    shot.hosts[1].sentence = std::string(50, 'x') + " " + std::string(900, 'y');
    shot.hosts[1].condition = "FAILED";
    for (auto [columns, rows] : {std::pair{40, 10}, {80, 12}, {80, 4}}) {
        CAPTURE(columns);
        v.scroll = furthest_scroll(shot, v, columns, rows);
        auto last = render(shot, v, columns, rows).text();
        CHECK(last.find("\n | copying path\n") != last.npos);
        v.scroll = 1000;
        CHECK(render(shot, v, columns, rows).text() == last);
        --v.scroll;
        CHECK(furthest_scroll(shot, v, columns, rows) > 0);
    }
    CHECK(furthest_scroll(with_history(sample_rack()), v, 80, 24) == 0);
}

TEST_CASE("keys and long lines of the log are whole on a narrow screen") {
    view v;
    v.screen = screen::host;
    v.selected = "px02";
    auto shot = with_history(sample_rack());
    shot.hosts[1].log = {"the first half of a long line that ends with the remedy"};
    auto text = render(shot, v, 40, 24).text();
    CHECK(text.find("EhD1E") != text.npos);
    CHECK(text.find("ends with the remedy") != text.npos);
}

TEST_CASE("every line of the help can be read at 40x10") {
    view v;
    v.screen = screen::help;
    std::string seen;
    for (; v.scroll <= furthest_scroll({}, v, 40, 10); ++v.scroll) seen += render({}, v, 40, 10).text();
    for (const auto* part : {"quitting it stops nothing", "q      quit", "f      faults only", "= HOLD",
                             "`landscaper", "arm`"}) {
        CAPTURE(std::string(part));
        CHECK(seen.find(part) != seen.npos);
    }
}
