// Many transfers, lossy and aborted ones among them: nothing of them is left in the server. The long run with
// its memory measured from outside is tests/bench/tftp-soak.
#include <doctest/doctest.h>

#include <filesystem>
#include <random>

#include "rig.hpp"

using namespace tftpd;
using namespace tftpd::test;

namespace {

constexpr auto client_timer = 500ms;

struct soaking {
    peer socket;
    model_client client;
    unsigned loss;  // percent
    bool aborts;    // after the first block
    bool over = false;
    std::size_t asked_again = 0;  // a transfer of its own where the first had ended by then
    clock::time_point due = clock::now() + client_timer;
};

soaking made(rig& r, std::size_t number) {
    std::vector<option> options = {{"blksize", "512"}, {"windowsize", number % 2 ? "4" : "1"}};
    return {peer(r), model_client(read("f", options)), number % 10 == 3 ? 10u : 0u, number % 5 == 4};
}

// Its own timer: the server goes silent where it has never been answered.
void repeat_when_due(rig& r, soaking& s) {
    if (clock::now() < s.due) return;
    s.due = clock::now() + client_timer;
    for (const auto& p : s.client.on_timeout()) {
        if (std::holds_alternative<request>(p)) {
            ++s.asked_again;
            s.socket.send(r.at("127.0.0.1"), p);
        } else {
            s.socket.reply(p);
        }
    }
}

void hear(soaking& s, const packet& p, std::mt19937& random) {
    auto lost = [&] { return random() % 100 < s.loss; };
    if (lost()) return;
    s.due = clock::now() + client_timer;
    auto answers = s.client.on(p);
    if (s.aborts && s.client.blocks() > 0) {
        s.socket.reply(error_message{error_number::undefined, "enough"});
        s.over = true;
        return;
    }
    for (const auto& answer : answers) {
        if (!lost()) s.socket.reply(answer);
    }
    s.over = s.client.done();
}

// As many transfers at once, to their end.
std::vector<soaking> soaked(rig& r, std::size_t first, std::size_t count, std::mt19937& random) {
    std::vector<soaking> all;
    for (std::size_t i = 0; i < count; ++i) {
        all.push_back(made(r, first + i));
        all.back().socket.send(r.at("127.0.0.1"), all.back().client.first());
    }
    auto left = [&] { return std::count_if(all.begin(), all.end(), [](auto& s) { return !s.over; }); };
    for (auto end = clock::now() + 60s; left() > 0 && clock::now() < end;) {
        for (auto& s : all) {
            if (s.over) continue;
            repeat_when_due(r, s);
            if (auto heard = s.socket.receive(0ms)) hear(s, *heard, random);
        }
        r.turn(-1);
    }
    CHECK(left() == 0);
    return all;
}

std::size_t open_descriptors() {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) ++count;
    return count;
}

}  // namespace

TEST_CASE("two thousand transfers leave nothing behind") {
    rig r;
    r.files["f"] = content_of(sample_bytes(3000));
    std::mt19937 random(1);
    auto descriptors = open_descriptors();
    std::size_t complete = 0, aborted = 0, asked_again = 0;
    for (std::size_t first = 0; first < 2000; first += 200) {
        for (auto& s : soaked(r, first, 200, random)) {
            aborted += s.aborts;
            asked_again += s.asked_again;
            complete += !s.aborts && s.client.received() == sample_bytes(3000);
        }
        // Their ports are closed now: the kernel says so to what is still sent, and the next get none of it.
        CHECK(r.pump_until([&] { return r.server.running() == 0; }, 30s));
    }
    CHECK(complete == 1600);
    CHECK(aborted == 400);
    const auto& counts = r.server.counts();
    CHECK(counts.started >= 2000);
    CHECK(counts.started <= 2000 + asked_again);
    CHECK(counts.finished + counts.failed == counts.started);
    CHECK(counts.failed >= 400);
    CHECK(counts.dropped_backlog + counts.dropped_descriptors == 0);
    CHECK(open_descriptors() == descriptors);
}
