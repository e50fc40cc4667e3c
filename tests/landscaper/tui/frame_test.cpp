#include "landscaper/tui/frame.hpp"

#include <doctest/doctest.h>

using namespace landscaper::tui;

TEST_CASE("text is cut at the right edge and never runs into the next row") {
    frame f(5, 2);
    f.put(0, 3, "abcdef");
    CHECK(f.text() == "   ab\n\n");
}

TEST_CASE("text that begins left of the frame shows its rest") {
    frame f(4, 1);
    f.put(0, -2, "abcdef");
    CHECK(f.text() == "cdef\n");
}

TEST_CASE("rows outside are ignored") {
    frame f(4, 1);
    f.put(-1, 0, "x");
    f.put(1, 0, "x");
    f.fill(-1, colour::red);
    f.fill(1, colour::red);
    CHECK(f == frame(4, 1));
}

TEST_CASE("bytes beyond ASCII and control characters show as one question mark per character") {
    frame f(10, 1);
    f.put(0, 0, "a\xc3\xa4\xe2\x82\xac\x1b[m\x7f");
    CHECK(f.text() == "a???[m?\n");
}

TEST_CASE("a row's paint leaves its characters") {
    frame f(3, 1);
    f.put(0, 0, "ab");
    f.fill(0, colour::reverse);
    CHECK(f.at(0, 1) == cell{'b', colour::reverse});
    CHECK(f.at(0, 2) == cell{' ', colour::reverse});
}

TEST_CASE("no size is too small for a frame") {
    for (int size : {0, -1, -80}) {
        frame f(size, size);
        f.put(0, 0, "abc");
        CHECK(f.text() == "a\n");
    }
}
