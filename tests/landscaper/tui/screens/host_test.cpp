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
