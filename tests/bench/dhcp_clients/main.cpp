// bench_dhcp_clients --server ADDR --port 67|4011 --hosts N --answers M [--in-flight K] [--rate R]: PXE
// clients of N machines, one socket. Every answer is checked; one that does not come within a second is asked
// for again and counted. Prints JSON: answers, wrong, again, seconds, p50, p99 (seconds from request to
// answer).
#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <unordered_map>

#include "packet.hpp"

namespace {

using steady = std::chrono::steady_clock;
using namespace std::chrono_literals;

struct options {
    std::string server = "10.0.0.1";
    std::uint16_t port = 67;
    std::uint32_t hosts = 1;
    std::size_t answers = 1000;
    std::size_t in_flight = 32;
    double rate = 0;  // requests per second; 0 = as fast as answers come
};

[[noreturn]] void fail(const std::string& what) {
    std::perror(what.c_str());
    std::exit(1);
}

options parse_words(int count, char** words) {
    std::map<std::string, std::string> given;
    for (int i = 1; i + 1 < count; i += 2) given[words[i]] = words[i + 1];
    options out;
    auto number = [&](const char* name, double otherwise) {
        return given.contains(name) ? std::atof(given[name].c_str()) : otherwise;
    };
    if (given.contains("--server")) out.server = given["--server"];
    out.port = static_cast<std::uint16_t>(number("--port", 67));
    out.hosts = static_cast<std::uint32_t>(number("--hosts", 1));
    out.answers = static_cast<std::size_t>(number("--answers", 1000));
    out.in_flight = static_cast<std::size_t>(number("--in-flight", 32));
    out.rate = number("--rate", 0);
    return out;
}

int open_socket() {
    int fd = ::socket(AF_INET, SOCK_DGRAM, 0);
    int on = 1, room = 4 << 20;
    ::setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof on);
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_port = htons(68);
    if (::bind(fd, reinterpret_cast<sockaddr*>(&name), sizeof name) != 0) fail("port 68");
    return fd;
}

class load {
  public:
    load(const options& from, int fd) : from_(from), fd_(fd) {
        to_.sin_family = AF_INET;
        to_.sin_port = htons(from.port);
        auto* where = from.port == 67 ? "255.255.255.255" : from.server.c_str();
        if (::inet_pton(AF_INET, where, &to_.sin_addr) != 1) fail(from.server);
    }

    void run() {
        begin_ = steady::now();
        auto looked = begin_;
        while (waits_.size() < from_.answers) {
            auto now = steady::now();
            while (may_send(now)) ask(static_cast<std::uint32_t>(++sent_));
            if (now - looked > 100ms) {
                ask_again(now);
                looked = now;
            }
            pollfd one{fd_, POLLIN, 0};
            ::poll(&one, 1, from_.rate > 0 ? 1 : 10);
            take();
        }
        end_ = steady::now();
    }

    void print() {
        std::sort(waits_.begin(), waits_.end());
        auto at = [&](double part) {
            return waits_[static_cast<std::size_t>(part * static_cast<double>(waits_.size() - 1))];
        };
        std::printf(
            "{\"answers\":%zu,\"wrong\":%zu,\"again\":%zu,\"seconds\":%.6f,\"p50\":%.6f,\"p99\":%.6f}\n",
            waits_.size(), wrong_, again_, std::chrono::duration<double>(end_ - begin_).count(), at(0.5),
            at(0.99));
    }

  private:
    std::uint32_t host_of(std::uint32_t xid) const { return xid % from_.hosts; }

    bool may_send(steady::time_point now) const {
        if (sent_ >= from_.answers) return false;
        if (from_.rate == 0) return open_.size() < from_.in_flight;
        return static_cast<double>(sent_) < from_.rate * std::chrono::duration<double>(now - begin_).count();
    }

    void ask(std::uint32_t xid) {
        static const auto own = ::inet_addr("10.0.0.2");
        auto data = from_.port == 67 ? discover(host_of(xid), xid) : request(host_of(xid), xid, own);
        open_[xid] = steady::now();
        auto sent =
            ::sendto(fd_, data.data(), data.size(), 0, reinterpret_cast<const sockaddr*>(&to_), sizeof to_);
        if (sent < 0) fail("sendto");
    }

    void ask_again(steady::time_point now) {
        std::vector<std::uint32_t> late;
        for (auto& [xid, since] : open_) {
            if (now - since > 1s) late.push_back(xid);
        }
        again_ += late.size();
        for (auto xid : late) ask(xid);
    }

    void take() {
        std::uint8_t data[2048];
        for (;;) {
            auto size = ::recv(fd_, data, sizeof data, MSG_DONTWAIT);
            if (size < 0) return;
            auto got = parse(data, static_cast<std::size_t>(size));
            auto found = got ? open_.find(got->xid) : open_.end();
            if (found == open_.end()) continue;
            waits_.push_back(std::chrono::duration<double>(steady::now() - found->second).count());
            if (!is_right(*got)) ++wrong_;
            open_.erase(found);
        }
    }

    // The boot server's ACK names the file of this very machine; a proxy's OFFER may leave it for then.
    bool is_right(const answer& got) const {
        auto host = host_of(got.xid);
        char token[64];
        std::snprintf(token, sizeof token, "b/%032x/", host);
        bool names_it = got.file.find(token) != got.file.npos;
        bool is_mine = from_.port == 67 ? got.file.empty() || names_it : names_it;
        return got.client == mac_of(host) && got.is_pxe && !got.has_address && is_mine &&
               got.type == (from_.port == 67 ? 2 : 5);
    }

    options from_;
    int fd_;
    sockaddr_in to_{};
    std::size_t sent_ = 0, wrong_ = 0, again_ = 0;
    steady::time_point begin_, end_;
    std::unordered_map<std::uint32_t, steady::time_point> open_;
    std::vector<double> waits_;
};

}  // namespace

int main(int count, char** words) {
    auto from = parse_words(count, words);
    load all(from, open_socket());
    all.run();
    all.print();
    return 0;
}
