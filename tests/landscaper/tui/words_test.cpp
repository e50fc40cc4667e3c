#include "landscaper/tui/words.hpp"

#include <doctest/doctest.h>

using namespace landscaper;
using namespace landscaper::tui;

TEST_CASE("ages are as short as they can be said") {
    CHECK(age_text(850) == "850ms");
    CHECK(age_text(12'000) == "12s");
    CHECK(age_text(250'000) == "4m10");
    CHECK(age_text(11'100'000) == "3h05");
    CHECK(age_text(-1) == "-");
    CHECK(age_text(400, true) == "0s");
    CHECK(age_text(257'999, true) == "4m10");
    CHECK(since_text(5'000, 0) == "-");
    CHECK(since_text(5'000, 1'000) == "4s");
}

TEST_CASE("the clock is UTC") {
    CHECK(clock_text(1'700'000'000'000) == "22:13:20");
}

TEST_CASE("amounts change their unit with their size") {
    CHECK(amount_text(0) == "0 kB");
    CHECK(amount_text(12'345) == "12 kB");
    CHECK(amount_text(61'000'000) == "61.0 MB");
    CHECK(amount_text(3'120'000'000) == "3.12 GB");
}

TEST_CASE("the note is the rate while something is transferred, else the sentence") {
    control::host_view host;
    host.phase = "copy";
    host.condition = "run";
    host.sentence = "base closure";
    CHECK(note_of(host) == "base closure");
    host.progress = {"bytes", 61'000'000, 120'000'000, 12'000'000, 5};
    CHECK(note_of(host) == "50% 12.0 MB/s eta 5s, 61.0 MB of 120.0 MB: base closure");
    host.progress = {"paths", 412, 977, 0, 120};
    CHECK(note_of(host) == "42% eta 2m00, 412 paths of 977 paths: base closure");
    host.condition = "HOLD";
    CHECK(note_of(host) == "base closure");
}

TEST_CASE("a finished host tells its generation") {
    control::host_view host;
    host.phase = "ok";
    host.condition = "run";
    host.generation = 2;
    CHECK(note_of(host) == "generation 2");
}

TEST_CASE("the bar grows with the phases and is empty for words it does not know") {
    control::host_view host;
    for (auto [phase, bar] : {std::pair{"waiting", "[         ]"},
                              {"copy", "[====     ]"},
                              {"ok", "[=========]"},
                              {"unmanaged", "[         ]"}}) {
        host.phase = phase;
        CHECK(bar_of(host, 9) == bar);
    }
}

TEST_CASE("every condition has its mark and its colour, so that neither is needed to read it") {
    auto mark = [](const char* phase, const char* condition) {
        control::host_view host;
        host.phase = phase;
        host.condition = condition;
        return std::pair{mark_of(host), paint_of(host)};
    };
    CHECK(mark("copy", "FAILED") == std::pair{'!', colour::red});
    CHECK(mark("gate", "HOLD") == std::pair{'=', colour::red});
    CHECK(mark("copy", "run") == std::pair{'>', colour::yellow});
    CHECK(mark("waiting", "person") == std::pair{'.', colour::blue});
    CHECK(mark("ok", "run") == std::pair{'+', colour::green});
    CHECK(mark("ok", "HOLD").first == '=');
    CHECK(mark("unmanaged", "run").first == '-');
}

TEST_CASE("text breaks at blanks, and within words that are longer than a line") {
    CHECK(wrapped("one two three four", 13) == std::vector<std::string>{"one two three", "four"});
    CHECK(wrapped("0123456789abcdef x", 10) == std::vector<std::string>{"0123456789", "abcdef x"});
    CHECK(wrapped("", 10).empty());
    CHECK(wrapped("   ", 1) == std::vector<std::string>{"   "});
}
