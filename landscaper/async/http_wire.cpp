#include "landscaper/async/http_wire.hpp"

#include <sys/sendfile.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace landscaper {

// Bytes of one turn; then others have theirs.
static constexpr std::size_t turn = 512 * 1024;
static constexpr std::size_t drained_at_most = 256 * 1024;

http_wire::http_wire(socket_type socket, steady::duration idle)
    : socket_(std::move(socket)), timer_(socket_.get_executor()), idle_(idle) {
    error_code ignored;
    socket_.non_blocking(true, ignored);
}

void http_wire::start() {
    watch();
}

// One timer that looks at the deadline a few times in its length, instead of a new timer per wait.
void http_wire::watch() {
    timer_.expires_after(std::max<steady::duration>(idle_ / 4, std::chrono::milliseconds(5)));
    timer_.async_wait([weak = weak_from_this()](error_code failed) {
        auto self = weak.lock();
        if (!self || failed) return;
        if (steady::now() >= self->deadline_) {
            self->overdue_ = true;
            error_code ignored;
            self->socket_.cancel(ignored);
        }
        self->watch();
    });
}

task<> http_wire::wait(asio::socket_base::wait_type what, steady_time deadline) {
    overdue_ = false;
    deadline_ = deadline;
    auto [failed] = co_await socket_.async_wait(what, as_result);
    deadline_ = steady_time::max();
    if (overdue_) co_return error(async_errc::timed_out);
    if (failed == asio::error::operation_aborted) co_return error(async_errc::cancelled);
    if (failed) co_return error(failed);
    co_return result<void>();
}

task<bool> http_wire::read(std::string& into, steady_time deadline) {
    for (;;) {
        CO_TRY_VOID(co_await wait(asio::socket_base::wait_read, deadline));
        // On the stack and after the wait: a connection that idles holds no buffer.
        std::array<char, 16 * 1024> buffer;
        auto count = ::recv(socket_.native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (count < 0) co_return errno_error("reading the request");
        into.append(buffer.data(), static_cast<std::size_t>(count));
        co_return count > 0;
    }
}

task<> http_wire::write(std::string_view data, bool more) {
    while (!data.empty()) {
        auto flags = MSG_DONTWAIT | MSG_NOSIGNAL | (more ? MSG_MORE : 0);
        auto count = ::send(socket_.native_handle(), data.data(), std::min(data.size(), turn), flags);
        if (count < 0 && errno != EAGAIN && errno != EINTR) co_return errno_error("writing the response");
        if (count > 0) data.remove_prefix(static_cast<std::size_t>(count));
        if (data.empty()) break;
        CO_TRY_VOID(co_await wait(asio::socket_base::wait_write, steady::now() + idle_));
    }
    co_return result<void>();
}

task<> http_wire::write_file(const file_extent& part, const on_bytes& moved) {
    auto offset = static_cast<off_t>(part.offset);
    auto left = part.length;
    while (left > 0) {
        auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left, turn));
        auto count = ::sendfile(socket_.native_handle(), part.file->fd.get(), &offset, size);
        if (count < 0 && errno != EAGAIN && errno != EINTR)
            co_return errno_error("sending " + part.file->name);
        // What was promised in Content-Length is not there any more.
        if (count == 0) co_return error(asio::error::eof, part.file->name + " has become shorter");
        if (count > 0) {
            left -= static_cast<std::uint64_t>(count);
            moved(static_cast<std::uint64_t>(count));
        }
        if (left == 0) break;
        CO_TRY_VOID(co_await wait(asio::socket_base::wait_write, steady::now() + idle_));
    }
    co_return result<void>();
}

task<> http_wire::write_zeros(std::uint64_t count, const on_bytes& moved) {
    static constexpr std::array<char, 64 * 1024> zeros{};
    while (count > 0) {
        auto size = static_cast<std::size_t>(std::min<std::uint64_t>(count, zeros.size()));
        auto piece = std::string_view(zeros.data(), size);
        CO_TRY_VOID(co_await write(piece, count > size));
        count -= size;
        moved(size);
    }
    co_return result<void>();
}

task<> http_wire::write(const content& body, on_bytes moved) {
    for (const auto& part : body.extents()) {
        auto sent = result<void>();
        if (const auto* file = std::get_if<file_extent>(&part)) {
            sent = co_await write_file(*file, moved);
        } else if (const auto* data = std::get_if<literal_extent>(&part)) {
            auto view = as_text(*data->data).substr(data->offset, data->length);
            sent = co_await write(view);
            if (sent) moved(view.size());
        } else {
            sent = co_await write_zeros(length_of(part), moved);
        }
        if (!sent) co_return sent.error();
    }
    co_return result<void>();
}

task<> http_wire::close_gently() {
    error_code ignored;
    socket_.shutdown(socket_type::shutdown_send, ignored);
    auto deadline = steady::now() + std::min<steady::duration>(idle_, std::chrono::seconds(2));
    std::string rest;
    while (rest.size() < drained_at_most) {
        CO_TRY(bool more, co_await read(rest, deadline));
        if (!more) break;
    }
    co_return result<void>();
}

}  // namespace landscaper
