#include "tftpd/io/folder.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "landscaper/async/read_content.hpp"
#include "rig.hpp"

using namespace tftpd;
using namespace tftpd::test;

namespace {

struct temporary_folder {
    std::string path = "/tmp/tftpd-test-XXXXXX";
    temporary_folder() {
        if (!::mkdtemp(path.data())) throw std::runtime_error("mkdtemp");
    }
    ~temporary_folder() { std::filesystem::remove_all(path); }
    void write(const std::string& name, const bytes& data) const {
        std::ofstream(path + "/" + name, std::ios::binary)
            .write(reinterpret_cast<const char*>(data.data()), static_cast<std::streamsize>(data.size()));
    }
};

bytes all_of(const answer& a) {
    return landscaper::read_content(std::get<landscaper::content>(a)).value();
}
read_request asking(std::string name) {
    return {{}, {}, 0, name, name};
}
bool refused(const answer& a, error_number number) {
    auto* why = std::get_if<refusal>(&a);
    return why && why->number == number && !why->silent;
}

// Acknowledges blocks until the file is there, or an ERROR.
void go_on(peer& p, model_client& c) {
    while (!c.done() && !c.error()) {
        auto heard = p.receive();
        REQUIRE(heard.has_value());
        for (const auto& answer : c.on(*heard)) p.reply(answer);
    }
}

}  // namespace

TEST_CASE("files beneath the folder are found, and nothing else is") {
    temporary_folder t;
    std::filesystem::create_directory(t.path + "/sub");
    t.write("f", sample_bytes(100));
    t.write("sub/g", sample_bytes(200'000));
    ::symlink("/etc/passwd", (t.path + "/absolute").c_str());
    ::symlink("f", (t.path + "/link").c_str());
    ::symlink("sub", (t.path + "/way").c_str());
    ::mkfifo((t.path + "/pipe").c_str(), 0600);
    auto find = folder(t.path).value();
    CHECK(all_of(find(asking("f"))) == sample_bytes(100));
    CHECK(all_of(find(asking("sub/g"))) == sample_bytes(200'000));
    for (auto name :
         {"none", "sub", "absolute", "link", "way/g", "pipe", "f/x", "/etc/passwd", "../etc/passwd"}) {
        CAPTURE(name);
        CHECK(refused(find(asking(name)), error_number::file_not_found));
    }
    CHECK_FALSE(folder(t.path + "/f").has_value());
    CHECK_FALSE(folder(t.path + "/none").has_value());
}

TEST_CASE("transfers of the same version share one descriptor or copy") {
    temporary_folder t;
    t.write("small", sample_bytes(1000));
    t.write("large", sample_bytes(200'000));
    auto find = folder(t.path).value();
    auto file_of = [](const answer& a) {
        return std::get<landscaper::file_extent>(std::get<landscaper::content>(a).extents()[0]).file;
    };
    auto first = find(asking("large")), second = find(asking("large"));
    CHECK(file_of(first) == file_of(second));
    auto copy_of = [](const answer& a) {
        return std::get<landscaper::literal_extent>(std::get<landscaper::content>(a).extents()[0]).data;
    };
    auto small = find(asking("small"));
    CHECK(copy_of(small) == copy_of(find(asking("small"))));
    t.write("small", sample_bytes(1001));
    CHECK(all_of(find(asking("small"))) == sample_bytes(1001));
    CHECK(all_of(small) == sample_bytes(1000));
}

TEST_CASE("a file that is replaced during a transfer arrives in its old version") {
    temporary_folder t;
    t.write("f", sample_bytes(200'000));
    rig r(folder(t.path).value());
    peer p(r);
    model_client c(read("f", {{"blksize", "1428"}, {"windowsize", "4"}}));
    p.send(r.at("127.0.0.1"), c.first());
    for (const auto& answer : c.on(p.expect<option_ack>())) p.reply(answer);
    t.write("new", bytes(200'000, 7));
    std::filesystem::rename(t.path + "/new", t.path + "/f");
    go_on(p, c);
    CHECK(c.received() == sample_bytes(200'000));
}

TEST_CASE("a small file that is overwritten or truncated during a transfer arrives in its old version") {
    for (std::size_t size : {0u, 20'000u}) {
        temporary_folder t;
        t.write("f", sample_bytes(20'000));
        rig r(folder(t.path).value());
        peer p(r);
        model_client c(read("f"));
        p.send(r.at("127.0.0.1"), c.first());
        for (const auto& answer : c.on(p.expect<data>())) p.reply(answer);
        t.write("f", bytes(size, 7));
        go_on(p, c);
        CHECK(c.received() == sample_bytes(20'000));
    }
}

// The server goes on only while a client waits, so who overwrites a file under lease waits in a thread of his
// own.
TEST_CASE("a large file that is overwritten or truncated during a transfer arrives in its old version") {
    for (std::size_t size : {0u, 150'000u, 200'000u, 250'000u}) {
        CAPTURE(size);
        temporary_folder t;
        t.write("f", sample_bytes(200'000));
        rig r(folder(t.path).value());
        peer p(r), late(r);
        model_client c(read("f", {{"blksize", "1428"}, {"windowsize", "4"}})), later(read("f"));
        p.send(r.at("127.0.0.1"), c.first());
        for (const auto& answer : c.on(p.expect<option_ack>())) p.reply(answer);
        std::atomic<bool> written = false;
        std::thread writer([&] {
            t.write("f", bytes(size, 7));
            written = true;
        });
        CHECK(r.pump_until([&] { return written.load(); }, 10s));
        go_on(p, c);
        CHECK(c.received() == sample_bytes(200'000));
        CHECK(r.pump_until([&] { return r.server.running() == 0; }));
        writer.join();
        late.send(r.at("127.0.0.1"), later.first());
        go_on(late, later);
        CHECK(later.received() == bytes(size, 7));
    }
}

TEST_CASE(
    "where no lease is to be had a change of a large file ends its transfer with an ERROR, never mixed") {
    for (std::size_t size : {0u, 150'000u, 200'000u, 250'000u}) {
        CAPTURE(size);
        temporary_folder t;
        t.write("f", sample_bytes(200'000));
        std::filesystem::last_write_time(t.path + "/f", std::filesystem::file_time_type::clock::now() - 1h);
        std::ofstream open_for_writing(t.path + "/f", std::ios::binary | std::ios::app);
        rig r(folder(t.path).value());
        peer p(r);
        model_client c(read("f", {{"blksize", "1428"}}));
        p.send(r.at("127.0.0.1"), c.first());
        for (const auto& answer : c.on(p.expect<option_ack>())) p.reply(answer);
        for (const auto& answer : c.on(p.expect<data>())) p.reply(answer);
        t.write("f", bytes(size, 7));
        go_on(p, c);
        CHECK_FALSE(c.done());
        REQUIRE(c.error().has_value());
        CHECK(c.error()->text == "file changed during transfer");
        CHECK(r.last_report().end == ending::content_failed);
    }
}
