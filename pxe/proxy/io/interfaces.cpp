#include "pxe/proxy/io/interfaces.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <bit>
#include <memory>

#include "landscaper/async/event.hpp"
#include "landscaper/base/unique_fd.hpp"

namespace pxe::proxy {

namespace asio = boost::asio;
using landscaper::ip_prefix;
using landscaper::ipv4_address;
using landscaper::result;
using landscaper::task;
using landscaper::unique_fd;

// Link and address changes. Closed when the sandbox grants no AF_NETLINK.
static unique_fd subscribe() {
    unique_fd fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE));
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR;
    if (fd && ::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) fd.reset();
    return fd;
}

static ipv4_address address_of(const sockaddr* from) {
    sockaddr_in in{};
    std::copy_n(reinterpret_cast<const std::uint8_t*>(from), sizeof in, reinterpret_cast<std::uint8_t*>(&in));
    return {ntohl(in.sin_addr.s_addr)};
}

interfaces::interfaces(const asio::any_io_executor& executor) : changes_(executor) {
    if (auto fd = subscribe()) changes_.assign(fd.release());
    refresh();
}

void interfaces::refresh() {
    looked_ = std::chrono::steady_clock::now();
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0) return;
    std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owned(list, ::freeifaddrs);
    by_index_.clear();
    own_.clear();
    for (auto* at = list; at; at = at->ifa_next) {
        auto index = ::if_nametoindex(at->ifa_name);
        if (index == 0) continue;
        auto& here = by_index_[index];
        here.name = at->ifa_name;
        if (!at->ifa_addr || at->ifa_addr->sa_family != AF_INET || !at->ifa_netmask) continue;
        auto address = address_of(at->ifa_addr);
        auto length = static_cast<unsigned>(std::popcount(address_of(at->ifa_netmask).number));
        here.addresses.push_back({address, length});
        own_.push_back(address);
    }
}

task<> interfaces::watch() {
    if (!changes_.is_open()) {
        landscaper::event never(changes_.get_executor());
        co_return co_await never.wait();
    }
    for (;;) {
        auto [failed] =
            co_await changes_.async_wait(asio::posix::stream_descriptor::wait_read, landscaper::as_result);
        if (failed) co_return landscaper::error(failed, "watching network interfaces");
        std::array<char, 8192> ignored;
        while (::recv(changes_.native_handle(), ignored.data(), ignored.size(), MSG_DONTWAIT) > 0) {
        }
        refresh();
    }
}

bool interfaces::is_stale(unsigned index, ipv4_address preferred) const {
    if (!changes_.is_open()) return std::chrono::steady_clock::now() - looked_ > std::chrono::seconds(1);
    if (!by_index_.contains(index)) return true;
    return !preferred.is_zero() && std::ranges::find(own_, preferred) == own_.end();
}

const interface* interfaces::find(unsigned index, ipv4_address preferred) {
    if (is_stale(index, preferred)) refresh();
    auto at = by_index_.find(index);
    return at == by_index_.end() ? nullptr : &at->second;
}

ipv4_address address_for(const interface& at, ipv4_address written_to, ipv4_address peer,
                         ipv4_address preferred) {
    const ip_prefix* near = nullptr;
    const ip_prefix* usual = nullptr;
    for (const auto& own : at.addresses) {
        if (own.address == landscaper::ip_address(written_to)) return written_to;
        if (!near && !peer.is_zero() && own.contains(peer)) near = &own;
        if (own.address == landscaper::ip_address(preferred)) usual = &own;
    }
    const auto* chosen = near ? near : usual ? usual : at.addresses.empty() ? nullptr : &at.addresses.front();
    return chosen ? *chosen->address.v4() : ipv4_address{};
}

}  // namespace pxe::proxy
