#include "tftpd/io/server.hpp"

#include <sys/socket.h>

#include <boost/asio/this_coro.hpp>

#include "tftpd/io/addresses.hpp"
#include "tftpd/io/loop.hpp"

namespace tftpd {

server::server(boost::asio::any_io_executor executor, landscaper::unique_fd socket, resolver resolve,
               report_sink report)
    : loop_(std::make_unique<loop>(std::move(executor), std::move(socket), std::move(resolve),
                                   std::move(report))) {}

server::~server() = default;
server::server(server&&) noexcept = default;
server& server::operator=(server&&) noexcept = default;

landscaper::task<void> server::run() {
    auto ended = co_await loop_->run();
    loop_->end_all(ending::stopped);
    co_await boost::asio::this_coro::throw_if_cancelled(true);
    co_return ended;
}

void server::give_way_to(int fd) {
    loop_->give_way_to(fd);
}

void server::leave_from(port_range ports) {
    loop_->leave_from(ports);
}

const counters& server::counts() const {
    return loop_->counts();
}
std::size_t server::running() const {
    return loop_->running();
}

std::uint16_t server::port() const {
    socket_address name;
    if (::getsockname(loop_->listening(), name.get(), &name.size) < 0) return 0;
    return to_endpoint(name).port;
}

std::vector<transfer_record> server::suspend() {
    return loop_->suspend();
}

bool server::resume(const transfer_record& record, landscaper::content content) {
    return loop_->resume(record, std::move(content));
}

}  // namespace tftpd
