#include "pxe/bootd/fetches.hpp"

#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>

#include <algorithm>
#include <cerrno>

#include "landscaper/async/file.hpp"
#include "tftpd/io/addresses.hpp"

namespace pxe::bootd {

using landscaper::ip_address;
using landscaper::ipv4_address;

static bool is_named(const proxy::network& net, const std::string& interface) {
    return net.interfaces.empty() || interface == "lo" ||
           std::ranges::find(net.interfaces, interface) != net.interfaces.end();
}

static bool allows(const proxy::network& net, std::uint32_t index) {
    char name[IF_NAMESIZE]{};
    return net.interfaces.empty() || (::if_indextoname(index, name) && is_named(net, name));
}

// By the address of ours that was asked, since a TCP connection does not tell its interface.
static bool allows(const proxy::network& net, const std::optional<ip_address>& local) {
    if (net.interfaces.empty() || !local) return true;
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0) return false;
    bool allowed = false;
    for (auto* at = list; at && !allowed; at = at->ifa_next) {
        if (!at->ifa_addr || (at->ifa_addr->sa_family != AF_INET && at->ifa_addr->sa_family != AF_INET6))
            continue;
        tftpd::socket_address address;
        address.size = at->ifa_addr->sa_family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
        std::copy_n(reinterpret_cast<const char*>(at->ifa_addr), address.size,
                    reinterpret_cast<char*>(&address.storage));
        allowed = tftpd::to_endpoint(address).address == *local && is_named(net, at->ifa_name);
    }
    ::freeifaddrs(list);
    return allowed;
}

static proxy::server_facts facts_for(const served& now, const std::optional<ip_address>& local,
                                     bool allowed) {
    proxy::server_facts us;
    us.network = &now.network();
    us.interface_allowed = allowed;
    us.address = local ? local->v4().value_or(ipv4_address{}) : ipv4_address{};
    return us;
}

static target target_of(const proxy::give& given) {
    target out;
    out.object = given.object;
    if (!given.host) return out;
    out.mac = given.host->mac.front();
    out.token = given.host->token;
    return out;
}

tftpd::resolver table_over_tftp(served& now, reporter& tell) {
    return [&now, &tell](const tftpd::read_request& request) -> tftpd::answer {
        auto us = facts_for(now, request.local, allows(now.network(), request.interface));
        auto decided = proxy::decide_fetch(now.table(), {request.name, proxy::transport::tftp}, us);
        if (auto* given = std::get_if<proxy::give>(&decided)) {
            tell.tftp_resolved(request.client, target_of(*given));
            return std::move(given->data);
        }
        const auto* no = std::get_if<proxy::refuse>(&decided);
        auto why = no ? no->why : proxy::reason::unknown_name;
        if (why == proxy::reason::interface_closed) return tftpd::refusal::ignore();
        tell.tftp_refused(request, why);
        return why == proxy::reason::wrong_stage ? tftpd::refusal::denied() : tftpd::refusal::not_found();
    };
}

static http::resolution resolve_http(served& now, reporter& tell, const http::fetch& asked) {
    auto us = facts_for(now, asked.peer.local, allows(now.network(), asked.peer.local));
    auto decided = proxy::decide_fetch(now.table(), {asked.name, proxy::transport::http}, us);
    if (auto* given = std::get_if<proxy::give>(&decided)) {
        auto what = target_of(*given);
        bool is_own = !what.token.empty();
        return http::found{std::move(given->data), is_own, what.mac, std::move(what.object),
                           std::move(what.token)};
    }
    const auto* no = std::get_if<proxy::refuse>(&decided);
    auto why = no ? no->why : proxy::reason::unknown_name;
    tell.http_refused(asked.name, asked.peer, why);
    if (why == proxy::reason::unknown_name) return http::not_found{};
    return http::forbidden{proxy::describe(why)};
}

http::hooks table_over_http(served& now, reporter& tell) {
    http::hooks out;
    out.resolve = [&now, &tell](const http::fetch& asked) { return resolve_http(now, tell, asked); };
    out.cache = [&now] { return now.cache(); };
    out.here = [&now, &tell](const std::string& token, const std::string& body,
                             const landscaper::http_peer& peer) {
        const auto* entry = now.table().find_token(token);
        if (!entry) return false;
        tell.here(token, body, peer, entry->mac.front());
        return true;
    };
    out.report = [&tell](const http::fetch_event& e) { tell.http(e); };
    out.next_transfer = [&tell] { return tell.next_transfer(); };
    return out;
}

http::hooks folder_over_http(std::shared_ptr<const landscaper::open_file> root, reporter& tell) {
    http::hooks out;
    out.resolve = [root](const http::fetch& asked) -> http::resolution {
        auto file = landscaper::open_beneath(root->fd.get(), asked.name);
        if (!file && file.error().code().value() == EACCES) return http::forbidden{"not readable"};
        if (!file) return http::not_found{};
        return http::found{
            landscaper::content({landscaper::whole_file(std::move(*file))}), false, {}, {}, {}};
    };
    // Of a plain folder, /cache/ is a sub-folder like any other.
    out.cache = [root]() -> std::shared_ptr<const landscaper::open_file> {
        auto fd = landscaper::unique_fd(
            ::openat(root->fd.get(), "cache", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!fd) return nullptr;
        auto folder = std::make_shared<landscaper::open_file>();
        folder->fd = std::move(fd);
        return folder;
    };
    out.here = [](const std::string&, const std::string&, const landscaper::http_peer&) { return false; };
    out.report = [&tell](const http::fetch_event& e) { tell.http(e); };
    out.next_transfer = [&tell] { return tell.next_transfer(); };
    return out;
}

}  // namespace pxe::bootd
