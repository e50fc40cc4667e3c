// The promises of the server, over real sockets.
#include "tftpd/io/server.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include "landscaper/async/file.hpp"
#include "landscaper/base/hex.hpp"
#include "rig.hpp"

using namespace tftpd;
using namespace tftpd::test;
using namespace landscaper::literals;

static const std::vector<option> ovmf_probe = {{"tsize", "0"}, {"blksize", "1468"}, {"windowsize", "4"}};

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

TEST_CASE("unusable options get no OACK, and values are never raised") {
    rig r;
    r.files["f"] = content_of(sample_bytes(2000));
    peer p(r);
    p.send(r.at("127.0.0.1"), read("f", {{"blksize", "7"}, {"timeout", "0"}, {"multicast", ""}}));
    CHECK(p.expect<data>().payload.size() == 512);
    peer q(r);
    q.send(r.at("127.0.0.1"), read("f", {{"BLKSIZE", "-5"}, {"WindowSize", "200"}, {"timeout", "3"}}));
    CHECK(q.expect<option_ack>() == option_ack{{{"timeout", "3"}, {"windowsize", "64"}}});
}

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

TEST_CASE("a repeated request starts no second transfer") {
    rig r;
    r.files["f"] = content_of(sample_bytes(5000));
    peer p(r);
    for (int i = 0; i < 3; ++i) p.send(r.at("127.0.0.1"), read("f", ovmf_probe));
    p.expect<option_ack>();
    auto tid = p.from();
    for (int i = 0; i < 2; ++i) {
        p.expect<option_ack>();
        CHECK(p.from() == tid);
    }
    CHECK(r.server.running() == 1);
    CHECK(r.server.counts().started == 1);
    CHECK(r.server.counts().repeated == 2);
    p.reply(ack{0});
    CHECK(p.expect<data>().block == 1);
}

TEST_CASE("another request from the same port gives up the first") {
    rig r;
    r.files["f"] = content_of(sample_bytes(5000));
    peer p(r);
    p.send(r.at("127.0.0.1"), read("f", ovmf_probe));
    p.expect<option_ack>();
    p.send(r.at("127.0.0.1"), read("f", {{"blksize", "1468"}}));
    CHECK(p.expect<option_ack>() == option_ack{{{"blksize", "1468"}}});
    CHECK(r.server.running() == 1);
    CHECK(r.reports[1].end == ending::superseded);
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

TEST_CASE("a lost ACK costs tens of milliseconds") {
    rig r;
    r.files["f"] = content_of(sample_bytes(1000));
    peer p(r);
    p.send(r.at("127.0.0.1"), read("f"));
    p.expect<data>();
    p.reply(ack{1});
    p.expect<data>();
    auto sent = clock::now();
    CHECK(p.expect<data>().block == 2);
    auto took = clock::now() - sent;
    CHECK(took >= 15ms);
    CHECK(took < 200ms);
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

TEST_CASE("writes and unknown modes are refused, and nothing else is answered on the listening port") {
    rig r;
    peer p(r);
    p.send(r.at("127.0.0.1"), request{true, "f", "octet", {}});
    CHECK(p.expect<error_message>().number == error_number::access_violation);
    p.send(r.at("127.0.0.1"), read("f", {}, "mail"));
    CHECK(p.expect<error_message>().number == error_number::illegal_operation);
    for (const auto& silent : {"00 03 00 01"_hex, "00 04 00 01"_hex, "00 05 00 00 00"_hex, "00 06"_hex,
                               "00 09"_hex, "00 01"_hex, "00"_hex, ""_hex, "00 01 61 00"_hex}) {
        p.send(r.at("127.0.0.1"), silent);
    }
    CHECK(p.hears_nothing());
    CHECK(r.server.counts().malformed == 9);
    // Long enough to be answered without sending more than came.
    p.send(r.at("127.0.0.1"), request{false, "", "octet, and no name before it", {}});
    CHECK(p.expect<error_message>().number == error_number::illegal_operation);
}

TEST_CASE("names are normalised, and those that leave the tree never reach the resolver") {
    rig r;
    r.files["b/uki.efi"] = content_of(sample_bytes(10));
    peer p(r);
    p.send(r.at("127.0.0.1"), read("\\b\\.\\uki.efi\xff"));
    p.expect<data>();
    CHECK(r.asked.back().name == "b/uki.efi");
    CHECK(r.asked.back().asked == "\\b\\.\\uki.efi\xff");
    CHECK(r.server.counts().trimmed_names == 1);
    auto before = r.asked.size();
    for (auto bad : {"../f", "b\\..\\..\\etc\\passwd", "..", "\\..\\f"}) {
        p.send(r.at("127.0.0.1"), read(bad));
        CHECK(p.expect<error_message>() == error_message{error_number::access_violation, "access denied"});
    }
    for (auto bad :
         {std::string("/"), std::string(600, 'x'), std::string("\xc0\xaf"), std::string("\x1b[2J")}) {
        p.send(r.at("127.0.0.1"), read(bad));
        CHECK(p.expect<error_message>() == error_message{error_number::file_not_found, "file not found"});
    }
    CHECK(r.asked.size() == before);
}

TEST_CASE("the resolver's refusal reaches client and screen; its silence neither") {
    rig r([](const read_request& q) -> answer {
        if (q.name == "quiet") return refusal::ignore();
        return refusal{error_number::access_violation, "not yours", false};
    });
    peer p(r);
    p.send(r.at("127.0.0.1"), read("theirs"));
    CHECK(p.expect<error_message>() == error_message{error_number::access_violation, "not yours"});
    REQUIRE(r.reports.size() == 1);
    CHECK(r.last_report().end == ending::refused);
    CHECK(r.last_report().name == "theirs");
    p.send(r.at("127.0.0.1"), read("quiet"));
    CHECK(p.hears_nothing());
    CHECK(r.reports.size() == 1);
    CHECK(r.server.counts().ignored == 1);
}

TEST_CASE("an address that never answers is sent five packets and no more") {
    rig r;
    r.files["f"] = content_of(sample_bytes(100'000));
    peer p(r);
    p.send(r.at("127.0.0.1"), read("f", {{"windowsize", "64"}}));
    int count = 0;
    while (p.receive(1s)) ++count;
    CHECK(count == 5);
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

TEST_CASE("above the descriptor limit requests are dropped and counted, and running transfers go on") {
    rig r;
    r.files["f"] = content_of(sample_bytes(2000));
    peer p(r), q(r);
    p.send(r.at("127.0.0.1"), read("f"));
    p.expect<data>();
    rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    rlimit none{3, before.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);
    q.send(r.at("127.0.0.1"), read("f"));
    bool silent = q.hears_nothing();
    ::setrlimit(RLIMIT_NOFILE, &before);
    CHECK(silent);
    CHECK(r.server.counts().dropped_descriptors == 1);
    p.reply(ack{1});
    CHECK(p.expect<data>().block == 2);
    q.send(r.at("127.0.0.1"), read("f"));
    q.expect<data>();
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
