// The promises of the server as a whole, over real sockets.
#include "tftpd/io/server.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <set>

#include "landscaper/async/file.hpp"
#include "rig.hpp"

using namespace tftpd;
using namespace tftpd::test;

TEST_CASE("a file arrives whole, whatever its size and the options") {
    rig r;
    for (std::size_t size : {0u, 1u, 511u, 512u, 513u, 1024u, 1428u, 300'000u}) {
        auto data = sample_bytes(size);
        r.files["f"] = content_of(data);
        for (const auto& options :
             std::vector<std::vector<option>>{{},
                                              ovmf_probe,
                                              {{"blksize", "1428"}, {"windowsize", "64"}},
                                              {{"blksize", "65464"}, {"windowsize", "16"}},
                                              {{"blksize", "9"}}}) {
            if (options.size() == 1 && size > 10'000) continue;
            CAPTURE(size);
            CAPTURE(options.size());
            auto got = fetch(r, r.at("127.0.0.1"), read("f", options));
            CHECK(got.done());
            CHECK(got.received() == data);
        }
    }
    CHECK(r.server.counts().plain_sends == 0);
}

TEST_CASE("block numbers roll over to 0, several times") {
    rig r;
    auto data = sample_bytes(200'000 * 8 + 3);
    r.files["f"] = content_of(data);
    auto got =
        fetch(r, r.at("127.0.0.1"), read("f", {{"blksize", "8"}, {"windowsize", "64"}}), "127.0.0.1", 60s);
    CHECK(got.blocks() == 200'001);
    CHECK(got.received() == data);
}

TEST_CASE("IPv4 and IPv6 are served from one socket") {
    rig r;
    r.files["f"] = content_of(sample_bytes(5000));
    CHECK(fetch(r, r.at("::1"), read("f", ovmf_probe), "::1").done());
    CHECK(r.asked.back().client.address == address("::1"));
    CHECK(fetch(r, r.at("127.0.0.1"), read("f", ovmf_probe)).done());
    CHECK(r.asked.back().client.address == address("127.0.0.1"));
    CHECK(r.asked.back().interface > 0);
}

TEST_CASE("the answer leaves from the address that was asked, and from a port of its own") {
    for (auto listen : {"::", "0.0.0.0"}) {
        rig r({}, listen);
        r.files["f"] = content_of(sample_bytes(10));
        peer p(r);
        p.send(r.at("127.1.2.3"), read("f"));
        p.expect<data>();
        CHECK(p.from().address == address("127.1.2.3"));
        CHECK(p.from().port != r.server.port());
        CHECK(r.asked.back().local == address("127.1.2.3"));
        p.send(r.at("127.1.2.4"), read("none"));
        p.expect<error_message>();
        CHECK(p.from().address == address("127.1.2.4"));
    }
}

TEST_CASE(
    "with a range of ports transfers leave from it, however many there are and whoever has one of them") {
    rig r;
    landscaper::unique_fd taken = bind_socket(address("127.0.0.1"), 0).value();
    socket_address name;
    ::getsockname(taken.get(), name.get(), &name.size);
    auto middle = to_endpoint(name).port;
    port_range range{static_cast<std::uint16_t>(middle - 1), static_cast<std::uint16_t>(middle + 1)};
    r.server.leave_from(range);
    r.files["f"] = content_of(sample_bytes(1000));
    std::deque<peer> peers;
    std::set<std::uint16_t> used;
    for (int i = 0; i < 60; ++i) {
        auto& p = peers.emplace_back(r);
        p.send(r.at("127.0.0.1"), read("f"));
        CHECK(p.expect<data>().block == 1);
        used.insert(p.from().port);
    }
    CHECK(r.server.running() == 60);
    // Fewer than two only if somebody else took one just now.
    CHECK(used.size() <= 2);
    CHECK(!used.contains(middle));
    CHECK(*used.begin() >= range.first);
    CHECK(*used.rbegin() <= range.last);
    // A ROM that asks for everything from one port of its own.
    for (int i = 0; i < 4; ++i) {
        auto& p = peers.front();
        p.send(r.at("127.0.0.1"), read("f", {{"blksize", std::to_string(500 + i)}}));
        p.expect_past_others<option_ack>();
        p.reply(ack{0});
        CHECK(p.expect_past_others<data>().block == 1);
    }
}

TEST_CASE("a composed content is served as one file, with its exact size") {
    rig r;
    auto head = sample_bytes(1000), tail = sample_bytes(77);
    auto file = landscaper::sealed_memfd("kernel", sample_bytes(40'000)).value();
    r.files["uki"] = landscaper::content({landscaper::literal(head), landscaper::whole_file(file),
                                          landscaper::zero_extent{500}, landscaper::literal(tail)});
    auto got = fetch(r, r.at("127.0.0.1"), read("uki", ovmf_probe));
    CHECK(got.options()->options[0] == option{"tsize", "41577"});
    REQUIRE(got.received().size() == 41'577);
    CHECK(std::equal(tail.begin(), tail.end(), got.received().end() - 77));
    CHECK(std::equal(head.begin(), head.end(), got.received().begin()));
}

TEST_CASE("stopping ends every transfer with a report") {
    rig r;
    r.files["f"] = content_of(sample_bytes(5000));
    peer p(r);
    p.send(r.at("127.0.0.1"), read("f"));
    p.expect<data>();
    r.stop_signal.emit(boost::asio::cancellation_type::terminal);
    CHECK(r.pump_until([&] { return r.stopped; }));
    CHECK(r.last_report().end == ending::stopped);
    CHECK(r.server.running() == 0);
}

TEST_CASE("a transfer goes on in the server that takes its place") {
    auto data_sent = sample_bytes(5000);
    bytes memory;
    rig second;
    peer p(second);
    model_client c(read("f", {{"blksize", "1024"}, {"windowsize", "2"}}));
    {
        rig first;
        first.files["f"] = content_of(data_sent);
        peer old(first);
        // The client's socket outlives the first server; only that server's turns are needed here.
        p.send(first.at("127.0.0.1"), c.first());
        CHECK(first.pump_until([&] { return first.server.running() == 1; }));
        for (const auto& answer : c.on(p.expect<option_ack>())) p.reply(answer);
        CHECK(first.pump_until([&] { return first.server.counts().bytes > 0; }));
        auto records = first.server.suspend();
        REQUIRE(records.size() == 1);
        CHECK(first.server.running() == 0);
        memory = encode(records);
    }
    auto records = decode_records(memory).value();
    REQUIRE(second.server.resume(records[0], content_of(data_sent)));
    while (!c.done()) {
        auto heard = p.receive();
        REQUIRE(heard.has_value());
        for (const auto& answer : c.on(*heard)) p.reply(answer);
    }
    CHECK(c.received() == data_sent);
    CHECK_FALSE(second.server.resume(records[0], content_of(sample_bytes(4999))));
}

TEST_CASE("two hundred clients at once all get their file, and the slow ones hold up nobody") {
    rig r;
    auto data_sent = sample_bytes(64 * 1024);
    r.files["f"] = content_of(data_sent);
    struct one {
        peer socket;
        model_client client;
        bool slow;
    };
    std::vector<one> all;
    for (int i = 0; i < 200; ++i) {
        all.push_back(
            {peer(r), model_client(read("f", {{"blksize", "1428"}, {"windowsize", "8"}})), i % 20 == 0});
        all.back().socket.send(r.at("127.0.0.1"), all.back().client.first());
    }
    auto left = [&] {
        return std::count_if(all.begin(), all.end(),
                             [](const one& o) { return !o.slow && !o.client.done(); });
    };
    auto end = clock::now() + 20s;
    while (left() > 0 && clock::now() < end) {
        for (auto& o : all) {
            while (!o.slow && !o.client.done()) {
                auto heard = o.socket.receive(0ms);
                if (!heard) break;
                for (const auto& answer : o.client.on(*heard)) o.socket.reply(answer);
            }
        }
        r.turn(-1);
    }
    CHECK(left() == 0);
    for (auto& o : all) {
        if (!o.slow) CHECK(o.client.received() == data_sent);
    }
    CHECK(r.server.counts().dropped_backlog == 0);
}
