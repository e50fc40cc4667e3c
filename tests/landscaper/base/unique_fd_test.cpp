#include "landscaper/base/unique_fd.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>

using landscaper::unique_fd;

static bool is_open(int fd) {
    return ::fcntl(fd, F_GETFD) >= 0;
}

TEST_CASE("a descriptor is closed once, by its last owner") {
    int number = -1;
    {
        unique_fd fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
        number = fd.get();
        REQUIRE(is_open(number));
        unique_fd other(std::move(fd));
        CHECK(!fd);
        CHECK(other.get() == number);
        fd = std::move(other);
        CHECK(fd.get() == number);
        CHECK(is_open(number));
    }
    CHECK(!is_open(number));
}

TEST_CASE("release gives it away, reset takes another") {
    unique_fd fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    int first = fd.release();
    CHECK(!fd);
    CHECK(is_open(first));
    fd.reset(first);
    fd.reset(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    CHECK(!is_open(first) == (fd.get() != first));
    fd.reset();
    CHECK(!fd);
}
