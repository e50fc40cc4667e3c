#include "landscaper/async/line_socket.hpp"

#include <sys/socket.h>

#include <boost/asio/this_coro.hpp>
#include <array>
#include <cerrno>
#include <cstring>

#include "landscaper/async/deadline.hpp"

namespace landscaper {

// What one recvmsg may bring; the link sends one a line.
static constexpr std::size_t max_descriptors = 16;

const char* describe(line_errc code) {
    switch (code) {
        case line_errc::closed: return "the other side closed the connection";
        case line_errc::incomplete: return "the connection ended in the middle of a line";
        case line_errc::too_long: return "a line is too long";
        case line_errc::too_many_files:
            return "more descriptors than can be taken; raise the limit of open files";
        case line_errc::not_a_line: return "text to be sent is no single line of allowed length";
    }
    return "unknown error";
}

result<unix_peer> peer_of(int socket) {
    ucred credentials{};
    socklen_t size = sizeof credentials;
    if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0)
        return errno_error("SO_PEERCRED");
    return unix_peer{credentials.uid, credentials.gid, credentials.pid};
}

line_socket::line_socket(socket_type socket, std::size_t max_line)
    : socket_(std::move(socket)), max_line_(max_line) {
    error_code ignored;
    socket_.non_blocking(true, ignored);
}

task<line_socket> line_socket::connect(std::string path) {
    auto executor = co_await asio::this_coro::executor;
    if (path.size() >= sizeof(sockaddr_un{}.sun_path)) {
        co_return error(asio::error::name_too_long, "socket " + path);
    }
    socket_type socket(executor);
    auto where = asio::local::stream_protocol::endpoint(path);
    auto [failed] = co_await socket.async_connect(where, as_result);
    if (failed) co_return error(failed, "connecting to " + path);
    co_return line_socket(std::move(socket));
}

result<unix_peer> line_socket::peer() const {
    auto handle = const_cast<socket_type&>(socket_).native_handle();
    return peer_of(handle);
}

void line_socket::close() {
    error_code ignored;
    socket_.shutdown(socket_type::shutdown_both, ignored);
    socket_.close(ignored);
}

namespace {

// Room for one recvmsg or sendmsg's descriptors.
struct control_buffer {
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * max_descriptors)> bytes{};
};

std::vector<unique_fd> descriptors_of(msghdr& message) {
    std::vector<unique_fd> out;
    for (auto* c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
        auto count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t i = 0; i < count; ++i) {
            int fd = -1;
            std::memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof fd);
            out.emplace_back(fd);
        }
    }
    return out;
}

}  // namespace

// One recvmsg. The kernel ends a read behind the bytes that descriptors were sent with (unix(7), "ancillary
// data forms a barrier"), and the sender gives such a line a sendmsg of its own; so the descriptors of a read
// belong to the line in which the read ends. False when the socket has nothing to read now.
result<bool> line_socket::read_some() {
    std::array<char, 32 * 1024> buffer;
    control_buffer control;
    iovec part{buffer.data(), buffer.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.bytes.data();
    message.msg_controllen = control.bytes.size();
    auto count = ::recvmsg(socket_.native_handle(), &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    if (count < 0) return errno_error("reading from the socket");
    auto descriptors = descriptors_of(message);
    if (message.msg_flags & MSG_CTRUNC) return error(line_errc::too_many_files);
    if (count == 0) {
        ended_ = true;
        if (!partial_.empty()) return error(line_errc::incomplete);
        return true;
    }
    auto rest = std::string_view(buffer.data(), static_cast<std::size_t>(count));
    for (auto at = rest.find('\n'); at != rest.npos; at = rest.find('\n')) {
        bool ends_here = at + 1 == rest.size();
        auto& line = lines_.emplace_back();
        line.text = std::move(partial_).append(rest.substr(0, at));
        line.descriptors = std::exchange(partial_descriptors_, {});
        partial_.clear();
        rest.remove_prefix(at + 1);
        if (line.text.size() > max_line_) return error(line_errc::too_long);
        if (!ends_here) continue;
        for (auto& fd : descriptors) line.descriptors.push_back(std::move(fd));
        descriptors.clear();
    }
    partial_.append(rest);
    for (auto& fd : descriptors) partial_descriptors_.push_back(std::move(fd));
    if (partial_.size() > max_line_) return error(line_errc::too_long);
    if (partial_descriptors_.size() > max_descriptors) return error(line_errc::too_many_files);
    return true;
}

task<socket_line> line_socket::receive() {
    while (lines_.empty()) {
        if (ended_) co_return error(line_errc::closed);
        // Always by way of the loop, also when bytes are there: ten thousand lines must not hold up a packet.
        auto [failed] = co_await socket_.async_wait(socket_type::wait_read, as_result);
        if (failed == asio::error::operation_aborted) co_return error(async_errc::cancelled);
        if (failed) co_return error(failed);
        CO_TRY_VOID(read_some());
    }
    auto line = std::move(lines_.front());
    lines_.pop_front();
    co_return line;
}

// One sendmsg; the bytes that the kernel took, 0 when it takes none now.
result<std::size_t> line_socket::write_some(const char* data, std::size_t size,
                                            const std::vector<int>& descriptors) {
    control_buffer control;
    iovec part{const_cast<char*>(data), size};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (!descriptors.empty()) {
        auto bytes = sizeof(int) * descriptors.size();
        message.msg_control = control.bytes.data();
        message.msg_controllen = CMSG_SPACE(bytes);
        auto* c = CMSG_FIRSTHDR(&message);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(bytes);
        std::memcpy(CMSG_DATA(c), descriptors.data(), bytes);
    }
    auto count = ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return std::size_t{0};
    if (count < 0) return errno_error("writing to the socket");
    return static_cast<std::size_t>(count);
}

task<> line_socket::write(std::string data, std::vector<int> descriptors) {
    std::size_t done = 0;
    while (done < data.size()) {
        auto taken = write_some(data.data() + done, data.size() - done, descriptors);
        if (!taken && taken.error().code().value() == ETOOMANYREFS) {
            // More descriptors under way than this user may have open; the peer has to take some first.
            auto slept = co_await sleep_for(std::chrono::milliseconds(5));
            if (!slept) co_return slept.error();
            continue;
        }
        if (!taken) co_return taken.error();
        done += *taken;
        if (*taken > 0) descriptors.clear();  // they went with the first byte
        if (done == data.size()) break;
        auto [failed] = co_await socket_.async_wait(socket_type::wait_write, as_result);
        if (failed == asio::error::operation_aborted) co_return error(async_errc::cancelled);
        if (failed) co_return error(failed);
    }
    co_return result<void>();
}

task<> line_socket::send(std::string line, std::vector<int> descriptors) {
    if (line.size() > max_line_ || line.find('\n') != line.npos) co_return error(line_errc::not_a_line);
    if (descriptors.size() > max_descriptors) co_return error(line_errc::too_many_files);
    line.push_back('\n');
    auto sent = co_await write(std::move(line), std::move(descriptors));
    co_return sent;
}

task<> line_socket::send_all(std::string lines) {
    if (!lines.empty() && lines.back() != '\n') co_return error(line_errc::not_a_line);
    auto sent = co_await write(std::move(lines), {});
    co_return sent;
}

}  // namespace landscaper
