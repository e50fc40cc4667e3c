#include "pxe/proxy/io/bind.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "landscaper/base/printable.hpp"

namespace pxe::proxy {

namespace fs = std::filesystem;
using landscaper::result;
using landscaper::unique_fd;

// The inode of the socket on UDP `port` of any IPv4 address: "sl local rem st queues tr:when retr uid to
// inode".
static std::string inode_of_udp(std::uint16_t port) {
    std::ifstream table("/proc/net/udp");
    std::string line;
    std::getline(table, line);  // headings
    while (std::getline(table, line)) {
        std::istringstream fields(line);
        std::string slot, local, remote, state, queues, timer, retransmits, uid, timeout, inode;
        fields >> slot >> local >> remote >> state >> queues >> timer >> retransmits >> uid >> timeout >>
            inode;
        auto digits = local.substr(std::min(local.size(), local.find(':') + 1));
        unsigned found = 0;
        std::from_chars(digits.data(), digits.data() + digits.size(), found, 16);
        if (found == port) return inode;
    }
    return {};
}

static bool holds_socket(const fs::path& process, const std::string& link) {
    std::error_code ignored;
    for (fs::directory_iterator at(process / "fd", ignored), end; at != end; at.increment(ignored)) {
        if (fs::read_symlink(at->path(), ignored) == link) return true;
    }
    return false;
}

std::string holder_of_udp(std::uint16_t port) {
    auto inode = inode_of_udp(port);
    if (inode.empty()) return {};
    auto link = "socket:[" + inode + "]";
    std::error_code ignored;
    for (fs::directory_iterator at("/proc", ignored), end; at != end; at.increment(ignored)) {
        auto pid = at->path().filename().string();
        if (pid.find_first_not_of("0123456789") != pid.npos || !holds_socket(at->path(), link)) continue;
        std::string name;
        std::getline(std::ifstream(at->path() / "comm"), name);
        return landscaper::text::printable(name, 64) + " (pid " + pid + ")";
    }
    return "a process of another user or container";
}

static result<void> set_option(int fd, int level, int option, int value) {
    if (::setsockopt(fd, level, option, &value, sizeof value) == 0) return {};
    return landscaper::errno_error("preparing a DHCP socket");
}

result<void> prepare_udp(int fd) {
    TRY_VOID(set_option(fd, SOL_SOCKET, SO_BROADCAST, 1));
    TRY_VOID(set_option(fd, IPPROTO_IP, IP_PKTINFO, 1));
    // A rack that is switched on at once; what the kernel refuses beyond its limit is no error.
    static_cast<void>(set_option(fd, SOL_SOCKET, SO_RCVBUF, 4 << 20));
    return {};
}

result<unique_fd> bind_udp(std::uint16_t port) {
    auto what = "UDP port " + std::to_string(port);
    unique_fd fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) return landscaper::errno_error(what);
    TRY_VOID(prepare_udp(fd.get()));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    if (::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return fd;
    auto failed = landscaper::errno_error(what);
    if (failed.code() == boost::system::errc::address_in_use) {
        auto holder = holder_of_udp(port);
        if (holder.empty()) return failed;
        return landscaper::error(
            failed.code(), what + " is held by " + holder + "; stop it, or set `dhcp: off` in the inventory");
    }
    if (failed.code() == boost::system::errc::permission_denied) {
        return landscaper::error(failed.code(),
                                 what +
                                     " needs root or CAP_NET_BIND_SERVICE; start landscaper with "
                                     "sudo or by its service");
    }
    return failed;
}

}  // namespace pxe::proxy
