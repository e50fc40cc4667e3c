#include "landscaper/tui/view.hpp"

#include <doctest/doctest.h>

using namespace landscaper;
using namespace landscaper::tui;

static control::host_view host(const char* name, const char* phase, const char* condition) {
    control::host_view out;
    out.name = name;
    out.phase = phase;
    out.condition = condition;
    return out;
}

static control::snapshot rack() {
    control::snapshot shot;
    shot.hosts = {host("px01", "ok", "run"),         host("px02", "copy", "run"),
                  host("px03", "waiting", "person"), host("px04", "gate", "HOLD"),
                  host("px05", "copy", "run"),       host("px06", "rotate", "FAILED"),
                  host("px07", "unmanaged", "run")};
    return shot;
}

static std::string names(const control::snapshot& shot, const view& v) {
    std::string out;
    for (auto* one : ordered(shot, v)) out += one->name + " ";
    return out;
}

TEST_CASE("problems stand first, then what runs, what waits, what is done; by name inside a group") {
    CHECK(names(rack(), {}) == "px06 px04 px02 px05 px03 px01 px07 ");
}

TEST_CASE("f shows faults only, and all again") {
    view v;
    on_key(v, key::faults, rack());
    CHECK(names(rack(), v) == "px06 px04 ");
    on_key(v, key::faults, rack());
    CHECK(ordered(rack(), v).size() == 7);
}

TEST_CASE("the first press of an arrow selects the first row, later ones move and stop at the ends") {
    view v;
    auto shot = rack();
    on_key(v, key::down, shot);
    CHECK(v.selected == "px06");
    on_key(v, key::down, shot);
    CHECK(v.selected == "px04");
    on_key(v, key::page_down, shot);
    CHECK(v.selected == "px07");
    on_key(v, key::page_up, shot);
    on_key(v, key::up, shot);
    CHECK(v.selected == "px06");
}

TEST_CASE("the selection is a host, not a row: it stays when the order changes") {
    view v;
    auto shot = rack();
    v.selected = "px02";
    shot.hosts[1].condition = "FAILED";
    CHECK(ordered(shot, v).front()->name == "px02");
    on_key(v, key::down, shot);
    CHECK(v.selected == "px06");
}

TEST_CASE("a verb needs a host that somebody chose") {
    view v;
    CHECK(on_key(v, key::hold, rack()).empty());
    CHECK(v.message == "select a host first: j, k or the arrow keys");
    on_key(v, key::down, rack());
    CHECK(on_key(v, key::retry, rack()) == "retry");
    CHECK(on_key(v, key::hold, rack()) == "hold");
    CHECK(on_key(v, key::resume, rack()) == "resume");
    on_key(v, key::help, rack());
    CHECK(on_key(v, key::hold, rack()).empty());
}

TEST_CASE("enter opens the selected host or the first one, esc goes back, ? shows the help") {
    view v;
    on_key(v, key::enter, rack());
    CHECK(v.screen == screen::host);
    CHECK(v.selected == "px06");
    on_key(v, key::back, rack());
    CHECK(v.screen == screen::rack);
    on_key(v, key::help, rack());
    CHECK(v.screen == screen::help);
    on_key(v, key::help, rack());
    CHECK(v.screen == screen::rack);
    on_key(v, key::quit, rack());
    CHECK(v.quit);
}

TEST_CASE("an empty rack has nothing to select, open or act on") {
    view v;
    for (auto pressed : {key::up, key::down, key::enter, key::retry, key::page_down}) on_key(v, pressed, {});
    CHECK(v.screen == screen::rack);
    CHECK(v.selected.empty());
}
