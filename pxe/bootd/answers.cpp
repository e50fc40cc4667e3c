#include "pxe/bootd/answers.hpp"

#include <boost/asio/ip/tcp.hpp>

#include "landscaper/async/deadline.hpp"

namespace pxe::bootd {

namespace asio = landscaper::asio;
using landscaper::result;
using landscaper::task;
using namespace std::chrono_literals;

// Any port does; SSH's is the one that no firewall of ours closes.
static constexpr std::uint16_t asked_port = 22;

static task<bool> connects(std::string address) {
    boost::system::error_code bad;
    auto ip = asio::ip::make_address(address, bad);
    if (bad) co_return false;
    auto executor = co_await asio::this_coro::executor;
    asio::ip::tcp::socket socket(executor);
    asio::ip::tcp::endpoint peer(ip, asked_port);
    auto [failed] = co_await socket.async_connect(peer, landscaper::as_result);
    co_return !failed || failed == asio::error::connection_refused;
}

task<bool> answers(std::string address) {
    auto asked = connects(std::move(address));
    auto answered = co_await landscaper::until(landscaper::steady::now() + 1s, std::move(asked));
    if (!answered && answered.error().code() == landscaper::async_errc::cancelled) co_return answered;
    co_return answered&&* answered;
}

task<bool> is_at_both(two_places suspected, reporter::neighbour_lookup neighbour,
                      std::vector<std::chrono::seconds> pauses) {
    // The first once more at the end: it might have moved while the other was asked.
    std::vector<std::string> addresses;
    addresses.push_back(suspected.before);
    addresses.push_back(suspected.now);
    addresses.push_back(suspected.before);
    for (auto pause : pauses) {
        CO_TRY_VOID(co_await landscaper::sleep_for(pause));
        bool both = true;
        for (const auto& address : addresses) {
            auto asked = answers(address);
            CO_TRY(bool is_there, co_await std::move(asked));
            both = both && is_there && neighbour(address) == suspected.machine;
        }
        if (both) co_return true;
    }
    co_return false;
}

}  // namespace pxe::bootd
