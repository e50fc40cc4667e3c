// Running transfers over real sockets: acknowledgements, strangers, timers, reports.
#include "tftpd/io/loop.hpp"

#include <doctest/doctest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>

#include "rig.hpp"

using namespace tftpd;
using namespace tftpd::test;

TEST_CASE("a repeated ACK and an ACK for a block never sent bring nothing") {
    rig r;
    r.files["f"] = content_of(sample_bytes(5000));
    peer p(r);
    p.send(r.at("127.0.0.1"), read("f"));
    CHECK(p.expect<data>().block == 1);
    p.reply(ack{7});
    p.reply(ack{1});
    CHECK(p.expect<data>().block == 2);
    p.reply(ack{1});
    p.reply(ack{1});
    CHECK(p.hears_nothing());
    p.reply(ack{2});
    CHECK(p.expect<data>().block == 3);
}

TEST_CASE("a lost block inside a window comes with a full window from there") {
    rig r;
    r.files["f"] = content_of(sample_bytes(10'000));
    peer p(r);
    p.send(r.at("127.0.0.1"), read("f", {{"windowsize", "4"}}));
    p.expect<option_ack>();
    p.reply(ack{0});
    for (int n = 1; n <= 4; ++n) CHECK(p.expect<data>().block == n);
    p.reply(ack{2});
    for (int n = 3; n <= 6; ++n) CHECK(p.expect<data>().block == n);
}

TEST_CASE("a stranger gets ERROR 5 while the transfer goes on") {
    rig r;
    r.files["f"] = content_of(sample_bytes(2000));
    peer p(r), stranger(r), other_host(r, "127.0.0.9");
    p.send(r.at("127.0.0.1"), read("f"));
    p.expect<data>();
    for (auto* s : {&stranger, &other_host}) {
        s->send(p.from(), ack{1});
        CHECK(s->expect<error_message>().number == error_number::unknown_tid);
        CHECK(s->from() == p.from());
        s->send(p.from(), error_message{error_number::undefined, "x"});
        CHECK(s->hears_nothing());
    }
    p.reply(ack{1});
    CHECK(p.expect<data>().block == 2);
    CHECK(r.server.counts().foreign_tids == 2);
}

TEST_CASE("transfers that share a port do not hear each other's packets") {
    rig r;
    r.files["f"] = content_of(sample_bytes(3000));
    peer a(r), b(r);
    a.send(r.at("127.0.0.1"), read("f"));
    a.expect<data>();
    b.send(r.at("127.0.0.1"), read("f"));
    b.expect<data>();
    CHECK(a.from() == b.from());
    b.reply(ack{1});
    CHECK(b.expect<data>().block == 2);
    CHECK(a.hears_nothing());
    a.reply(ack{1});
    CHECK(a.expect<data>().block == 2);
    // A client that asks again has a port that it never had.
    a.send(r.at("127.0.0.1"), read("f", {{"blksize", "600"}}));
    a.expect<option_ack>();
    CHECK(a.from() != b.from());
}

TEST_CASE("the OACK is sent again until it is answered, and DATA never in its place") {
    rig r;
    r.files["f"] = content_of(sample_bytes(5000));
    peer p(r);
    p.send(r.at("127.0.0.1"), read("f", ovmf_probe));
    for (int i = 0; i < 3; ++i) p.expect<option_ack>();
    p.reply(ack{0});
    CHECK(p.expect<data>().block == 1);
}

TEST_CASE("a lost ACK brings the block again") {
    rig r;
    r.files["f"] = content_of(sample_bytes(1000));
    peer p(r);
    p.send(r.at("127.0.0.1"), read("f"));
    p.expect<data>();
    p.reply(ack{1});
    for (int i = 0; i < 3; ++i) CHECK(p.expect<data>().block == 2);
    CHECK(r.server.counts().retransmits >= 2);
}

TEST_CASE("an abort after the OACK is a size probe and no failure") {
    rig r;
    r.files["f"] = content_of(sample_bytes(5000));
    peer p(r);
    p.send(r.at("127.0.0.1"), read("f", ovmf_probe));
    p.expect<option_ack>();
    p.reply(error_message{error_number::option_refused, "User aborted the transfer"});
    CHECK(r.pump_until([&] { return r.server.running() == 0; }));
    CHECK(r.last_report().end == ending::size_probe);
    CHECK(r.last_report().error_text == "User aborted the transfer");
    CHECK(r.server.counts().size_probes == 1);
    CHECK(r.server.counts().failed == 0);
}

TEST_CASE("a closed port ends the transfer at once") {
    rig r;
    r.files["f"] = content_of(sample_bytes(100'000));
    {
        peer p(r);
        p.send(r.at("127.0.0.1"), read("f"));
        p.expect<data>();
    }
    CHECK(r.pump_until([&] { return r.server.running() == 0; }));
    CHECK(r.last_report().end == ending::client_gone);
}

TEST_CASE("a client that leaves without the last ACK has probably finished") {
    rig r;
    r.files["f"] = content_of(sample_bytes(600));
    peer p(r);
    p.send(r.at("127.0.0.1"), read("f"));
    p.expect<data>();
    p.reply(ack{1});
    CHECK(p.expect<data>().block == 2);
    p.close();
    CHECK(r.pump_until([&] { return r.server.running() == 0; }));
    CHECK(r.last_report().end == ending::presumed);
    CHECK(r.server.counts().finished == 1);
}

TEST_CASE("netascii is converted block by block") {
    rig r;
    std::string text;
    for (int i = 0; i < 400; ++i) text += "line " + std::to_string(i) + "\n";
    r.files["f"] = content_of({text.begin(), text.end()});
    auto got = fetch(r, r.at("127.0.0.1"), read("f", ovmf_probe, "NetASCII"));
    CHECK(got.options()->options == std::vector<option>{{"blksize", "1468"}});
    std::string expected;
    for (char c : text) expected += c == '\n' ? "\r\n" : std::string(1, c);
    CHECK(landscaper::as_text(got.received()) == expected);
    CHECK(r.last_report().acknowledged == text.size());
}

TEST_CASE("reports come at start and end, and twice a second in between") {
    rig r;
    r.files["f"] = content_of(sample_bytes(4096));
    peer p(r);
    p.send(r.at("127.0.0.1"), read("f", {{"blksize", "1024"}}));
    p.expect<option_ack>();
    REQUIRE(r.reports.size() == 1);
    CHECK(r.last_report().end == ending::running);
    CHECK(r.last_report().total == 4096);
    p.reply(ack{0});
    p.expect<data>();
    while (p.receive(510ms)) {
    }
    p.reply(ack{1});
    p.expect<data>();
    REQUIRE(r.reports.size() == 2);
    CHECK(r.last_report().acknowledged == 1024);
    CHECK(r.last_report().retransmits > 0);
    CHECK(r.last_report().rate > 0);
    for (std::uint16_t n = 2; n <= 5; ++n) {
        p.reply(ack{n});
        if (n < 5) CHECK(p.expect<data>().block == n + 1);
    }
    CHECK(r.pump_until([&] { return r.server.running() == 0; }));
    CHECK(r.reports.size() == 3);
    CHECK(r.last_report().end == ending::finished);
    CHECK(r.last_report().acknowledged == 4096);
    CHECK(r.last_report().blksize == 1024);
}

TEST_CASE("another server on the same thread is served while a transfer runs, and after it") {
    rig r;
    r.files["f"] = content_of(sample_bytes(5000));
    int fd = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    r.server.give_way_to(fd);
    boost::asio::posix::stream_descriptor other(r.io, fd);
    int heard = 0;
    std::function<void()> listen = [&] {
        other.async_wait(other.wait_read, [&](const boost::system::error_code& failed) {
            std::uint64_t count = 0;
            if (failed || ::read(fd, &count, sizeof count) != sizeof count) return;
            ++heard;
            listen();
        });
    };
    listen();
    peer p(r);
    p.send(r.at("127.0.0.1"), read("f"));
    // On a slow machine a block comes again before it is acknowledged.
    auto next_after = [&](std::uint16_t known) {
        std::uint16_t block = known;
        do {
            block = p.expect<data>().block;
        } while (block == known && known > 0);
        return block;
    };
    for (std::uint16_t block = 1; block <= 10; ++block) {
        CHECK(next_after(static_cast<std::uint16_t>(block - 1)) == block);
        ::eventfd_write(fd, 1);
        CHECK(r.pump_until([&] { return heard == block; }));
        p.reply(ack{block});
    }
    CHECK(r.pump_until([&] { return r.server.running() == 0; }));
    ::eventfd_write(fd, 1);
    CHECK(r.pump_until([&] { return heard == 11; }));
}
