#include "tftpd/io/blocks.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../support/model_client.hpp"
#include "landscaper/async/file.hpp"
#include "tftpd/io/addresses.hpp"
#include "tftpd/io/listen.hpp"

using namespace tftpd;
using namespace tftpd::test;

namespace {

// Two UDP sockets on loopback, the first connected to the second.
struct pair {
    landscaper::unique_fd from = bind_socket(landscaper::ipv4_address::of(127, 0, 0, 1), 0).value();
    landscaper::unique_fd to = bind_socket(landscaper::ipv4_address::of(127, 0, 0, 1), 0).value();
    pair() {
        socket_address name;
        ::getsockname(to.get(), name.get(), &name.size);
        ::connect(from.get(), name.get(), name.size);
    }
    std::vector<data> received() const {
        std::vector<data> out;
        std::vector<std::uint8_t> buffer(70'000);
        for (;;) {
            auto count = ::recv(to.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
            if (count < 0) return out;
            out.push_back(std::get<data>(*decode(bytes_view(buffer).first(static_cast<std::size_t>(count)))));
        }
    }
};

transfer with(std::uint16_t blksize, std::uint16_t windowsize, std::uint64_t size) {
    return begin_transfer(
        agreement{.blksize = blksize, .windowsize = windowsize, .timeout = {}, .tsize = false},
        transfer_mode::octet, size, {});
}

void check_blocks(const std::vector<data>& got, std::uint64_t first, std::size_t blksize, const bytes& all) {
    for (std::size_t i = 0; i < got.size(); ++i) {
        auto n = first + i;
        auto begin = std::min<std::size_t>((n - 1) * blksize, all.size());
        auto end = std::min(begin + blksize, all.size());
        CHECK(got[i].block == static_cast<std::uint16_t>(n));
        CHECK(std::equal(got[i].payload.begin(), got[i].payload.end(), all.begin() + static_cast<long>(begin),
                         all.begin() + static_cast<long>(end)));
    }
}

}  // namespace

TEST_CASE("a window leaves as separate datagrams, with or without UDP_SEGMENT") {
    auto all = sample_bytes(100'000);
    for (bool refused : {false, true}) {
        for (auto blksize : std::vector<std::uint16_t>{8, 512, 1428, 20'000}) {
            pair p;
            // The kernel refuses UDP_SEGMENT where it may not compute checksums.
            int on = refused;
            ::setsockopt(p.from.get(), SOL_SOCKET, SO_NO_CHECK, &on, sizeof on);
            block_sender sender;
            block_source from{landscaper::content({landscaper::literal(all)}), 0, true};
            from.version = version_of(from.content);
            auto t = with(blksize, 64, all.size());
            auto count = static_cast<std::uint16_t>(std::min<std::uint64_t>(64, t.last_block));
            auto sent = sender.send(p.from.get(), t, from, {1, count});
            CHECK(sent.outcome == sending::done);
            CHECK(sent.next == count + 1u);
            auto got = p.received();
            CHECK(got.size() == count);
            check_blocks(got, 1, blksize, all);
            CHECK(from.segments == !refused);
            CHECK((sender.plain_sends() > 0) == refused);
        }
    }
}

TEST_CASE("the last window ends with its short block, or an empty one") {
    for (std::size_t size : {5u * 512 + 100, 5u * 512}) {
        auto all = sample_bytes(size);
        pair p;
        block_sender sender;
        block_source from{landscaper::content({landscaper::literal(all)}), 0, true};
        from.version = version_of(from.content);
        auto t = with(512, 16, size);
        CHECK(sender.send(p.from.get(), t, from, {3, 4}).outcome == sending::done);
        auto got = p.received();
        REQUIRE(got.size() == 4);
        check_blocks(got, 3, 512, all);
        CHECK(got[3].payload.size() == size - 5 * 512);
    }
}

TEST_CASE("a closed port is told from a lost packet") {
    pair p;
    p.to.reset();
    auto all = sample_bytes(1000);
    block_sender sender;
    block_source from{landscaper::content({landscaper::literal(all)}), 0, true};
    from.version = version_of(from.content);
    auto t = with(512, 1, all.size());
    CHECK(sender.send(p.from.get(), t, from, {1, 1}).outcome == sending::done);
    CHECK(sender.send(p.from.get(), t, from, {1, 1}).outcome == sending::port_closed);
}

TEST_CASE("a file that has changed yields no last block, and a shortened one no block beyond its end") {
    std::string path = "/tmp/tftpd-blocks-XXXXXX";
    landscaper::unique_fd fd(::mkstemp(path.data()));
    auto all = sample_bytes(2000);
    REQUIRE(::write(fd.get(), all.data(), all.size()) == 2000);
    // Long ago: time stamps may be as coarse as 10 ms.
    timespec times[2] = {{1'000'000'000, 0}, {1'000'000'000, 0}};
    ::futimens(fd.get(), times);
    auto file = landscaper::open_for_reading(path).value();
    ::unlink(path.c_str());
    pair p;
    block_sender sender;
    block_source from{landscaper::content({landscaper::whole_file(file)}), 0, true};
    from.version = version_of(from.content);
    auto t = with(512, 1, 2000);
    CHECK(sender.send(p.from.get(), t, from, {4, 1}).outcome == sending::done);
    REQUIRE(::ftruncate(fd.get(), 1000) == 0);
    CHECK(sender.send(p.from.get(), t, from, {1, 1}).outcome == sending::done);
    CHECK(sender.send(p.from.get(), t, from, {3, 1}).outcome == sending::unreadable);
    REQUIRE(::ftruncate(fd.get(), 2000) == 0);
    CHECK(sender.send(p.from.get(), t, from, {3, 1}).outcome == sending::done);
    // Of the right size again, but with other bytes.
    CHECK(version_of(from.content) != from.version);
    CHECK(sender.send(p.from.get(), t, from, {4, 1}).outcome == sending::unreadable);
}
