// Whole transfers over a simulated link: each packet lost, doubled and delayed in turn, and seeded random
// loss.
#include <doctest/doctest.h>

#include <random>

#include "support/simulated_link.hpp"

using namespace tftpd;
using namespace tftpd::test;

namespace {

request asking(std::vector<option> options) {
    return {false, "f", "octet", std::move(options)};
}

const std::vector<std::vector<option>> option_sets = {
    {},
    {{"blksize", "100"}},
    {{"tsize", "0"}, {"blksize", "100"}, {"windowsize", "4"}},
    {{"blksize", "100"}, {"windowsize", "16"}},
};

// Runs once undisturbed, then once per packet with that packet's fate changed.
void each_packet_in_turn(std::size_t size, fate changed, habit h, steady::duration worst) {
    auto content = sample_bytes(size);
    for (const auto& options : option_sets) {
        auto calm = simulated_link(
                        asking(options), content, [](auto, auto) { return fate{}; }, h)
                        .run();
        REQUIRE(calm.complete);
        CHECK(calm.end == ending::finished);
        CHECK(calm.retransmits == 0);
        for (std::size_t victim = 0; victim < calm.packets; ++victim) {
            auto fates = [&](std::size_t n, auto) { return n == victim ? changed : fate{}; };
            auto disturbed = simulated_link(asking(options), content, fates, h).run();
            CAPTURE(options.size());
            CAPTURE(victim);
            CHECK(disturbed.complete);
            bool ended = disturbed.end == ending::finished || disturbed.end == ending::presumed;
            CHECK(ended);
            // The request's loss is the client's to notice.
            if (victim > 0) CHECK(disturbed.took - calm.took <= worst);
        }
    }
}

struct lossy {
    std::mt19937 random;
    unsigned percent;
    fate operator()(std::size_t, time_point) { return {random() % 100 < percent ? 0 : 1, 500us}; }
};

}  // namespace

TEST_CASE("whichever packet is lost, the file arrives, tens of milliseconds later") {
    for (std::size_t size : {0u, 99u, 400u, 3'000u}) {
        each_packet_in_turn(size, fate{0}, habit::each_time, 60ms);
        each_packet_in_turn(size, fate{0}, habit::once, 60ms);
    }
}

TEST_CASE("a client that ignores what it did not expect is served too, at the pace of its own timer") {
    each_packet_in_turn(5'000, fate{0}, habit::mute, 5s);
}

TEST_CASE("whichever packet is doubled, nothing is sent twice for it in lockstep") {
    auto content = sample_bytes(5'000);
    for (const auto& options : {option_sets[0], option_sets[1]}) {
        for (std::size_t victim = 1; victim < 100; ++victim) {
            auto fates = [&](std::size_t n, auto) { return n == victim ? fate{2, 500us} : fate{}; };
            auto seen = simulated_link(asking(options), content, fates, habit::each_time).run();
            CHECK(seen.complete);
            CHECK(seen.retransmits == 0);
        }
    }
    each_packet_in_turn(5'000, fate{2, 500us}, habit::each_time, 1ms);
}

TEST_CASE("whichever packet is delayed, the file arrives") {
    each_packet_in_turn(5'000, fate{1, 3ms}, habit::each_time, 60ms);
    each_packet_in_turn(5'000, fate{1, 200ms}, habit::each_time, 400ms);
}

TEST_CASE("a copy in a window costs at most one window sent again, not one per window from then on") {
    auto content = sample_bytes(40'000);
    for (std::size_t victim = 1; victim < 60; ++victim) {
        auto fates = [&](std::size_t n, auto) { return n == victim ? fate{2, 500us} : fate{}; };
        auto seen = simulated_link(asking(option_sets[3]), content, fates, habit::each_time).run();
        CHECK(seen.complete);
        CHECK(seen.retransmits <= 32);
    }
}

TEST_CASE("five percent loss, and twenty, are survived by every kind of client") {
    auto content = sample_bytes(10'000);
    for (auto h : {habit::each_time, habit::once, habit::mute}) {
        for (const auto& options : option_sets) {
            for (unsigned percent : {5u, 20u}) {
                for (unsigned seed = 1; seed <= 10; ++seed) {
                    lossy fates{std::mt19937(seed), percent};
                    auto seen = simulated_link(asking(options), content, std::ref(fates), h, 1s).run(600s);
                    CAPTURE(static_cast<int>(h));
                    CAPTURE(options.size());
                    CAPTURE(percent);
                    CAPTURE(seed);
                    CHECK(seen.complete);
                }
            }
        }
    }
}

TEST_CASE("whichever send fails, the transfer goes on or ends as that failure demands") {
    struct expectation {
        transfer_event failure;
        std::vector<ending> ends;
    };
    const std::vector<expectation> failures = {
        {not_sent{}, {ending::finished}},
        {port_closed{}, {ending::client_gone, ending::presumed}},
        {content_lost{}, {ending::content_failed}},
        {error_received{error_number::disk_full, "no room"}, {ending::client_error}},
    };
    auto content = sample_bytes(3'000);
    for (const auto& options : option_sets) {
        simulated_link calm(asking(options), content, [](auto, auto) { return fate{}; });
        REQUIRE(calm.run().complete);
        for (const auto& f : failures) {
            for (std::size_t victim = 0; victim < calm.sends(); ++victim) {
                simulated_link link(asking(options), content, [](auto, auto) { return fate{}; });
                link.fail_send(victim, f.failure);
                auto seen = link.run();
                CAPTURE(options.size());
                CAPTURE(victim);
                CAPTURE(describe(seen.end));
                CHECK(std::find(f.ends.begin(), f.ends.end(), seen.end) != f.ends.end());
                CHECK(seen.complete == (seen.end == ending::finished));
            }
        }
    }
}

TEST_CASE("a receive buffer that holds half a window does not stall the transfer") {
    // 16 blocks in a burst, of which the client's buffer takes 8: the tail is lost, without a gap.
    auto content = sample_bytes(400'000);
    std::size_t in_burst = 0;
    time_point last{};
    auto fates = [&](std::size_t, time_point when) {
        in_burst = when == last ? in_burst + 1 : 1;
        last = when;
        return fate{in_burst > 8 ? 0 : 1, 500us};
    };
    auto seen = simulated_link(asking(option_sets[3]), content, fates, habit::each_time).run();
    CHECK(seen.complete);
    CHECK(seen.took < 3s);
}
