#include "landscaper/async/service_manager.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace landscaper::service_manager {

static constexpr int first_fd = 3;

static std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

std::multimap<std::string, unique_fd> listen_fds() {
    std::multimap<std::string, unique_fd> out;
    auto pid = variable("LISTEN_PID");
    auto count = std::atoi(variable("LISTEN_FDS").c_str());
    auto names = variable("LISTEN_FDNAMES");
    for (auto name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) ::unsetenv(name);
    if (pid != "self" && pid != std::to_string(::getpid())) return out;
    for (int i = 0; i < count; ++i) {
        auto end = names.find(':');
        auto name = names.substr(0, end);
        names = end == std::string::npos ? "" : names.substr(end + 1);
        ::fcntl(first_fd + i, F_SETFD, FD_CLOEXEC);
        out.emplace(name, unique_fd(first_fd + i));
    }
    return out;
}

result<void> notify(std::string_view state) {
    auto path = variable("NOTIFY_SOCKET");
    if (path.empty()) return {};
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        return error(boost::system::errc::make_error_code(boost::system::errc::filename_too_long),
                     "NOTIFY_SOCKET");
    std::memcpy(address.sun_path, path.data(), path.size());
    if (path[0] == '@') address.sun_path[0] = '\0';
    unique_fd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    if (::sendto(socket.get(), state.data(), state.size(), MSG_NOSIGNAL,
                 reinterpret_cast<const sockaddr*>(&address), length) < 0) {
        return errno_error("NOTIFY_SOCKET " + path);
    }
    return {};
}

std::vector<std::string> listen_environment(const std::vector<std::string>& names) {
    std::string joined;
    for (const auto& name : names) joined += (joined.empty() ? "" : ":") + name;
    return {"LISTEN_PID=self", "LISTEN_FDS=" + std::to_string(names.size()), "LISTEN_FDNAMES=" + joined};
}

}  // namespace landscaper::service_manager
