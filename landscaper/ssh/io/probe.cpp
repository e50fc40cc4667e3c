#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>

#include "landscaper/base/printable.hpp"
#include "landscaper/ssh/io/client.hpp"

namespace landscaper::ssh {

namespace {

error connect_failure(boost::system::error_code code, const std::string& where) {
    if (code == asio::error::connection_refused) return {ssh_errc::not_listening, where};
    if (code == asio::error::timed_out) return {ssh_errc::timed_out, where};
    if (code == asio::error::operation_aborted) return {async_errc::cancelled, where};
    return {ssh_errc::unreachable, where + ": " + code.message()};
}

// What was sent to a machine that is just coming up is lost, and the kernel repeats it after one second, then
// two, then four: a new attempt finds the machine sooner.
constexpr auto connect_patience = std::chrono::seconds(1);

task<> connect(asio::ip::tcp::socket& socket, asio::ip::tcp::endpoint peer, std::string where) {
    auto [failed] = co_await socket.async_connect(peer, as_result);
    if (failed) co_return connect_failure(failed, where);
    co_return result<void>();
}

// RFC 4253 section 4.2: the server may send other lines before the one that starts with "SSH-".
task<std::string> banner(std::string address, std::uint16_t port) {
    auto where = address + " port " + std::to_string(port);
    boost::system::error_code bad;
    auto ip = asio::ip::make_address(address, bad);
    if (bad) co_return error(ssh_errc::unreachable, where + ": not an IP address");
    auto executor = co_await asio::this_coro::executor;
    asio::ip::tcp::socket socket(executor);
    asio::ip::tcp::endpoint peer(ip, port);
    CO_TRY_VOID(co_await until(steady::now() + connect_patience, connect(socket, peer, where)));
    std::string data;
    while (data.size() < 4096) {
        std::string buffer(512, '\0');
        auto [ended, count] = co_await socket.async_read_some(asio::buffer(buffer), as_result);
        data += buffer.substr(0, count);
        auto start = data.starts_with("SSH-") ? 0 : data.find("\nSSH-");
        if (start != data.npos && start > 0) ++start;
        auto end = start == data.npos ? start : data.find('\n', start);
        if (end != data.npos) co_return text::printable(data.substr(start, end - start), 255);
        if (ended) co_return error(ssh_errc::lost, where);
    }
    co_return error(ssh_errc::not_ssh, where + ": " + text::printable(data, 80));
}

}  // namespace

task<std::string> probe(std::string address, std::uint16_t port, steady::duration deadline) {
    auto where = address + " port " + std::to_string(port);
    auto seen = co_await until(steady::now() + deadline, banner(std::move(address), port));
    if (!seen && seen.error().code() == async_errc::timed_out) co_return error(ssh_errc::timed_out, where);
    co_return seen;
}

}  // namespace landscaper::ssh
