#include "pxe/bootd/answers.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "tests/pxe/link/entries.hpp"
#include "tests/support/result.hpp"

using namespace pxe::bootd;
using landscaper::task;
using namespace std::chrono_literals;

namespace {

landscaper::result<bool> run(task<bool> job) {
    boost::asio::io_context io;
    landscaper::result<bool> out = false;
    boost::asio::co_spawn(io, std::move(job),
                          [&](std::exception_ptr, landscaper::result<bool> r) { out = std::move(r); });
    io.run();
    return out;
}

constexpr const char* nobody = "224.0.0.1";  // a multicast group takes no TCP connection

landscaper::result<bool> look(const char* before, const char* now, unsigned before_is, unsigned now_is) {
    auto neighbour = [=](const std::string& address) -> std::optional<landscaper::mac_address> {
        return mac_number(address == before ? before_is : now_is);
    };
    return run(is_at_both({mac_number(1), mac_number(1), before, now}, neighbour, {0s}));
}

}  // namespace

TEST_CASE("a refused connection is an answer, no route and no address are none") {
    CHECK(run(answers("127.0.0.1")).value());
    CHECK_FALSE(run(answers(nobody)).value());
    CHECK_FALSE(run(answers("px01")).value());
}

TEST_CASE("a machine is at both addresses only if both answer now, and both are its own") {
    CHECK(look("127.0.0.1", "127.0.0.2", 1, 1).value());
    CHECK_FALSE(look(nobody, "127.0.0.2", 1, 1).value());
    CHECK_FALSE(look("127.0.0.1", nobody, 1, 1).value());
    CHECK_FALSE(look("127.0.0.1", "127.0.0.2", 1, 7).value());
}
