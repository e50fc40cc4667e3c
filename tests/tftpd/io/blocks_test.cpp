#include "tftpd/io/blocks.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../support/model_client.hpp"
#include "landscaper/async/file.hpp"
#include "landscaper/async/read_content.hpp"
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
            auto from = sender.source_of(landscaper::content({landscaper::literal(all)}));
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
        auto from = sender.source_of(landscaper::content({landscaper::literal(all)}));
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
    auto from = sender.source_of(landscaper::content({landscaper::literal(all)}));
    auto t = with(512, 1, all.size());
    CHECK(sender.send(p.from.get(), t, from, {1, 1}).outcome == sending::done);
    CHECK(sender.send(p.from.get(), t, from, {1, 1}).outcome == sending::port_closed);
}

namespace {

// A file of its own that can be changed under a transfer.
struct changing_file {
    bytes all;
    landscaper::unique_fd fd;
    std::shared_ptr<const landscaper::open_file> file;

    explicit changing_file(std::size_t size) : all(sample_bytes(size)) {
        std::string path = "/tmp/tftpd-blocks-XXXXXX";
        fd.reset(::mkstemp(path.data()));
        REQUIRE(::write(fd.get(), all.data(), all.size()) == static_cast<ssize_t>(size));
        // Long ago: time stamps may be as coarse as 10 ms.
        timespec times[2] = {{1'000'000'000, 0}, {1'000'000'000, 0}};
        ::futimens(fd.get(), times);
        file = landscaper::open_for_reading(path).value();
        ::unlink(path.c_str());
    }
};

}  // namespace

TEST_CASE("a file that has changed yields no last block, and a shortened one no page beyond its end") {
    changing_file f(20'000);
    for (bool mapped : {true, false}) {
        pair p;
        block_sender sender;
        auto from = sender.source_of(landscaper::content({landscaper::whole_file(f.file)}));
        CHECK(from.maps.size() == 1);
        if (!mapped) from.maps.clear();
        auto t = with(512, 1, 20'000);
        CHECK(sender.send(p.from.get(), t, from, {40, 1}).outcome == sending::done);
        REQUIRE(::ftruncate(f.fd.get(), 1000) == 0);
        CHECK(sender.send(p.from.get(), t, from, {1, 1}).outcome == sending::done);
        CHECK(sender.send(p.from.get(), t, from, {9, 1}).outcome == sending::unreadable);
        REQUIRE(::ftruncate(f.fd.get(), 20'000) == 0);
        CHECK(sender.send(p.from.get(), t, from, {9, 1}).outcome == sending::done);
        // Of the right size again, but with other bytes.
        CHECK(version_of(from.content) != from.version);
        CHECK(sender.send(p.from.get(), t, from, {40, 1}).outcome == sending::unreadable);
    }
}

TEST_CASE("a window of files, zeros and literals leaves from where it lies as it does from a copy") {
    changing_file a(5000), b(300);
    landscaper::content content({landscaper::literal(sample_bytes(700)), landscaper::whole_file(a.file),
                                 landscaper::zero_extent{70'000}, landscaper::whole_file(b.file),
                                 landscaper::file_extent{a.file, 4000, 900},
                                 landscaper::literal(bytes(3'100))});
    auto all = landscaper::read_content(content).value();
    for (bool mapped : {true, false}) {
        for (auto blksize : std::vector<std::uint16_t>{100, 512, 1428}) {
            pair p;
            block_sender sender;
            auto from = sender.source_of(content);
            CHECK(from.maps.size() == 2);
            if (!mapped) from.maps.clear();
            auto t = with(blksize, 64, all.size());
            for (std::uint64_t n = 1; n <= t.last_block; n += 64) {
                auto count = static_cast<std::uint16_t>(std::min<std::uint64_t>(64, t.last_block - n + 1));
                CHECK(sender.send(p.from.get(), t, from, {n, count}).outcome == sending::done);
                auto got = p.received();
                CHECK(got.size() == count);
                check_blocks(got, n, blksize, all);
            }
        }
    }
}

TEST_CASE("the second and third client of a window get what the first got") {
    changing_file f(100'000);
    landscaper::content content({landscaper::literal(sample_bytes(3'000)), landscaper::whole_file(f.file)});
    auto all = landscaper::read_content(content).value();
    block_sender sender;
    for (int client = 0; client < 3; ++client) {
        // The third client's path refuses UDP_SEGMENT.
        pair p;
        int on = client == 2;
        ::setsockopt(p.from.get(), SOL_SOCKET, SO_NO_CHECK, &on, sizeof on);
        auto from = sender.source_of(content);
        auto t = with(1428, 16, all.size());
        for (std::uint64_t n = 1; n <= t.last_block; n += 16) {
            auto count = static_cast<std::uint16_t>(std::min<std::uint64_t>(16, t.last_block - n + 1));
            CHECK(sender.send(p.from.get(), t, from, {n, count}).outcome == sending::done);
            auto got = p.received();
            CHECK(got.size() == count);
            check_blocks(got, n, 1428, all);
        }
        CHECK(from.segments == (client != 2));
    }
    CHECK(sender.bytes() == 3 * all.size());
}

TEST_CASE("a client that begins after a file was overwritten in place gets nothing of before") {
    changing_file f(64 * 512);
    pair p;
    block_sender sender;
    auto content = landscaper::content({landscaper::whole_file(f.file)});
    auto before = sender.source_of(content);
    auto t = with(512, 16, 64 * 512);
    for (int i = 0; i < 3; ++i) CHECK(sender.send(p.from.get(), t, before, {1, 16}).outcome == sending::done);
    (void)p.received();
    auto other = sample_bytes(64 * 512 + 1);
    other.erase(other.begin());
    REQUIRE(::pwrite(f.fd.get(), other.data(), other.size(), 0) == static_cast<ssize_t>(other.size()));
    auto after = sender.source_of(content);
    for (int i = 0; i < 3; ++i) {
        CHECK(sender.send(p.from.get(), t, after, {1, 16}).outcome == sending::done);
        check_blocks(p.received(), 1, 512, other);
    }
}
