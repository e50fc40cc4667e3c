#include "pxe/link/ring.hpp"

#include <sstream>

#include "pxe/link/message.hpp"
#include "tests/support/result.hpp"

using namespace pxe::link;

static event numbered(std::uint64_t number) {
    event e;
    e.kind = event_kind::discover;
    e.with("xid", number);
    return e;
}

// "3 4 5", "lost 2 3 4", "p9" for progress.
static std::string told(const std::string& lines) {
    std::istringstream in(lines);
    std::string out;
    for (std::string line; std::getline(in, line);) {
        auto message = decode_from_bootd(line);
        REQUIRE(message);
        out += out.empty() ? "" : " ";
        if (const auto* gone = std::get_if<lost>(&*message)) {
            out += "lost " + std::to_string(gone->count);
        } else {
            const auto& e = std::get<event>(*message);
            out += e.kind == event_kind::progress ? "p" + std::to_string(e.number("bytes"))
                                                  : std::to_string(e.seq);
        }
    }
    return out;
}

TEST_CASE("events are told once, in order") {
    event_ring ring(77, 8);
    auto at = ring.resume(0, 0);
    for (unsigned i = 0; i < 3; ++i) ring.add(numbered(i));
    CHECK(told(ring.take(at)) == "1 2 3");
    CHECK(!ring.has_news(at));
    ring.add(numbered(4));
    CHECK(told(ring.take(at)) == "4");
    CHECK(ring.take(at).empty());
}

TEST_CASE("a full ring drops the oldest and says how many") {
    event_ring ring(77, 4);
    auto at = ring.resume(0, 0);
    for (unsigned i = 0; i < 10; ++i) ring.add(numbered(i));
    CHECK(told(ring.take(at)) == "lost 6 7 8 9 10");
    for (unsigned i = 0; i < 5; ++i) ring.add(numbered(i));
    CHECK(told(ring.take(at)) == "lost 1 12 13 14 15");
}

TEST_CASE("serve resumes behind what it has committed, and from the start after bootd's restart") {
    event_ring ring(77, 8);
    for (unsigned i = 0; i < 5; ++i) ring.add(numbered(i));
    auto same_epoch = ring.resume(77, 3);
    CHECK(told(ring.take(same_epoch)) == "4 5");
    auto other_epoch = ring.resume(76, 900);
    CHECK(told(ring.take(other_epoch)) == "1 2 3 4 5");
    auto from_the_future = ring.resume(77, 900);
    CHECK(ring.take(from_the_future).empty());
}

TEST_CASE("a take is bounded, and the next goes on") {
    event_ring ring(77, 100);
    auto at = ring.resume(0, 0);
    for (unsigned i = 0; i < 50; ++i) ring.add(numbered(i));
    std::string all;
    int takes = 0;
    for (auto part = ring.take(at, 300); !part.empty(); part = ring.take(at, 300)) {
        CHECK(part.size() < 500);
        all += part;
        ++takes;
    }
    CHECK(takes > 5);
    CHECK(told(all).starts_with("1 2 3 "));
    CHECK(told(all).ends_with(" 49 50"));
}

TEST_CASE("of progress only the latest of each transfer is told") {
    event_ring ring(77, 8);
    auto at = ring.resume(0, 0);
    auto progress = [](std::uint64_t bytes) {
        event e;
        e.kind = event_kind::progress;
        return e.with("bytes", bytes);
    };
    ring.set_progress(1, progress(10));
    ring.set_progress(1, progress(20));
    ring.set_progress(2, progress(5));
    CHECK(told(ring.take_progress(at)) == "p20 p5");
    CHECK(ring.take_progress(at).empty());
    ring.set_progress(2, progress(6));
    ring.forget_progress(1);
    CHECK(told(ring.take_progress(at)) == "p6");
    // A new reader hears the state of all that run.
    auto late = ring.resume(77, 0);
    CHECK(told(ring.take_progress(late)) == "p6");
}

TEST_CASE("the ring holds 65536 events") {
    event_ring ring(1);
    for (unsigned i = 0; i < event_ring::default_capacity + 1; ++i) ring.add(numbered(i));
    auto at = ring.resume(0, 0);
    CHECK(told(ring.take(at, 10)) == "lost 1");
    CHECK(told(ring.take(at, 10)) == "2");
}
