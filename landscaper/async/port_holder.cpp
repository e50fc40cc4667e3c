#include "landscaper/async/port_holder.hpp"

#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "landscaper/base/printable.hpp"

namespace landscaper {

namespace fs = std::filesystem;

// The inode of the socket in a table of /proc/net: "sl local remote st queues timer retransmits uid timeout
// inode".
static std::string inode_in(const std::string& table, port_kind kind, std::uint16_t port) {
    std::ifstream in(table);
    std::string line;
    std::getline(in, line);  // headings
    while (std::getline(in, line)) {
        std::istringstream fields(line);
        std::string slot, local, remote, state, queues, timer, retransmits, uid, timeout, inode;
        fields >> slot >> local >> remote >> state >> queues >> timer >> retransmits >> uid >> timeout >>
            inode;
        if (kind == port_kind::tcp && state != "0A") continue;  // TCP_LISTEN
        auto colon = local.find(':');
        if (colon == local.npos) continue;
        unsigned found = 0;
        std::from_chars(local.data() + colon + 1, local.data() + local.size(), found, 16);
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

static std::string process_with(const std::string& inode) {
    auto link = "socket:[" + inode + "]";
    std::error_code ignored;
    for (fs::directory_iterator at("/proc", ignored), end; at != end; at.increment(ignored)) {
        auto pid = at->path().filename().string();
        if (pid.find_first_not_of("0123456789") != pid.npos || !holds_socket(at->path(), link)) continue;
        std::string name;
        std::ifstream comm(at->path() / "comm");
        std::getline(comm, name);
        return text::printable(name, 64) + " (pid " + pid + ")";
    }
    return "a process of another user or container";
}

std::string holder_of_port(port_kind kind, std::uint16_t port) {
    std::string table = kind == port_kind::tcp ? "/proc/net/tcp" : "/proc/net/udp";
    for (const auto& name : {table, table + "6"}) {
        auto inode = inode_in(name, kind, port);
        if (!inode.empty()) return process_with(inode);
    }
    return {};
}

}  // namespace landscaper
