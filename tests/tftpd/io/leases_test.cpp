#include "tftpd/io/leases.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "landscaper/async/file.hpp"

using namespace tftpd;

namespace {

struct named_file {
    std::string path = "/tmp/tftpd-lease-XXXXXX";
    named_file() {
        landscaper::unique_fd fd(::mkstemp(path.data()));
        REQUIRE(::write(fd.get(), "before", 6) == 6);
    }
    ~named_file() { ::unlink(path.c_str()); }
};

std::vector<leases::file_ptr> soon_wanted(leases& all) {
    for (;;) {
        if (auto out = all.wanted(); !out.empty()) return out;
        std::this_thread::yield();
    }
}

}  // namespace

TEST_CASE("who truncates a leased file waits until the lease is given back") {
    named_file f;
    auto file = landscaper::open_for_reading(f.path).value();
    leases all;
    CHECK(all.none());
    all.take(file);
    all.take(file);
    CHECK_FALSE(all.none());
    CHECK(all.wanted().empty());
    bool done = false;
    std::thread writer([&] {
        REQUIRE(::truncate(f.path.c_str(), 0) == 0);
        done = true;
    });
    auto wanted = soon_wanted(all);
    REQUIRE(wanted.size() == 1);
    CHECK(wanted[0] == file);
    auto copy = landscaper::copy_to_memfd(*file, 6).value();
    CHECK(copy->size == 6);
    CHECK_FALSE(done);
    all.give_back(file);
    writer.join();
    CHECK(done);
    CHECK(all.none());
    char read[7] = {};
    CHECK(::pread(copy->fd.get(), read, 6, 0) == 6);
    CHECK(std::string(read) == "before");
    CHECK(landscaper::copy_to_memfd(*file, 5).error().code() ==
          boost::system::errc::make_error_code(boost::system::errc::file_too_large));
    CHECK_FALSE(landscaper::copy_to_memfd(*file, 6).has_value());
}

TEST_CASE("a lease ends with the file, and there is none where somebody writes") {
    named_file f;
    leases all;
    {
        auto file = landscaper::open_for_reading(f.path).value();
        all.take(file);
    }
    CHECK(all.wanted().empty());
    CHECK(all.none());
    landscaper::unique_fd writer(::open(f.path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
    REQUIRE(writer);
    all.take(landscaper::open_for_reading(f.path).value());
    CHECK(all.none());
}
