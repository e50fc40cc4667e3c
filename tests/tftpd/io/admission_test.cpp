// Which requests are answered, and how, over real sockets.
#include <doctest/doctest.h>
#include <sys/resource.h>

#include "landscaper/base/hex.hpp"
#include "rig.hpp"

using namespace tftpd;
using namespace tftpd::test;
using namespace landscaper::literals;

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

TEST_CASE("above the descriptor limit requests are dropped, counted and shown, and running transfers go on") {
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
    CHECK(r.last_report().end == ending::dropped);
    CHECK(r.last_report().error_text == "no descriptor or port is left");
    p.reply(ack{1});
    CHECK(p.expect<data>().block == 2);
    q.send(r.at("127.0.0.1"), read("f"));
    q.expect<data>();
}
