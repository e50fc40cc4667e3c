#include "pxe/proxy/io/server.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <algorithm>
#include <array>

#include "landscaper/async/deadline.hpp"
#include "landscaper/async/group.hpp"
#include "landscaper/async/random.hpp"
#include "pxe/dhcp/packet.hpp"
#include "pxe/proxy/io/interfaces.hpp"
#include "pxe/proxy/io/socket.hpp"
#include "pxe/proxy/probe.hpp"
#include "pxe/proxy/sightings.hpp"

namespace pxe::proxy {

namespace asio = boost::asio;
using asio::posix::stream_descriptor;
using landscaper::ipv4_address;
using landscaper::reader;
using landscaper::steady;
using landscaper::steady_time;
using landscaper::task;

struct dhcp_server::impl {
    impl(const asio::any_io_executor& executor, dhcp_sockets sockets, const boot_table& t, const network& n,
         sink s)
        : dhcp(executor),
          boot_server(executor),
          known(executor),
          table(t),
          settings(n),
          report(std::move(s)) {
        if (sockets.dhcp) dhcp.assign(sockets.dhcp.release());
        if (sockets.boot_server) boot_server.assign(sockets.boot_server.release());
    }

    task<> serve(stream_descriptor& socket, std::uint16_t port);
    task<> probe();
    void handle(int fd, const received& in, std::uint16_t port);
    server_facts facts_for(const received& in, const dhcp::packet& question, std::string& name);
    bool is_allowed(const std::string& interface) const;
    identity me() const;
    void send_probes();
    bool is_neighbour(int fd, const received& in, const dhcp::packet& p);

    stream_descriptor dhcp;
    stream_descriptor boot_server;
    interfaces known;
    const boot_table& table;
    const network& settings;
    sink report;
    sightings earlier;
    dhcp_counters count;
    bool yields = false;
    steady_time started = steady::now();
    std::uint32_t instance = reader(landscaper::random_bytes(4)).be32();
    int silent_rounds = 0;  // probes since a landscaper that was here first was heard
};

// A burst is drained before the other port gets its turn, but not for ever.
static constexpr int burst = 64;

task<> dhcp_server::impl::serve(stream_descriptor& socket, std::uint16_t port) {
    std::array<std::uint8_t, 4096> buffer;
    for (;;) {
        auto [failed] = co_await socket.async_wait(stream_descriptor::wait_read, landscaper::as_result);
        if (failed) co_return landscaper::error(failed, "DHCP socket on port " + std::to_string(port));
        for (int n = 0; n < burst; ++n) {
            auto in = receive(socket.native_handle(), buffer);
            if (!in) break;
            handle(socket.native_handle(), *in, port);
        }
    }
}

server_facts dhcp_server::impl::facts_for(const received& in, const dhcp::packet& question,
                                          std::string& name) {
    server_facts us;
    us.network = &settings;
    us.yields = yields;
    const auto* here = known.find(in.interface, in.preferred);
    us.own = &known.own();
    if (!here) return us;
    name = here->name;
    us.interface_allowed = is_allowed(name);
    auto peer = question.giaddr.is_zero() ? question.ciaddr : question.giaddr;
    us.address = address_for(*here, in.destination, peer, in.preferred);
    return us;
}

bool dhcp_server::impl::is_allowed(const std::string& interface) const {
    const auto& named = settings.interfaces;
    return named.empty() || std::ranges::find(named, interface) != named.end();
}

identity dhcp_server::impl::me() const {
    return {settings.rack, instance,
            std::chrono::duration_cast<std::chrono::seconds>(steady::now() - started)};
}

// Every minute: a landscaper that was switched on while we were alone, or is gone, is noticed within three.
static constexpr auto probe_pause = std::chrono::minutes(1);
static constexpr int rounds_until_gone = 3;

task<> dhcp_server::impl::probe() {
    for (;;) {
        if (settings.mode != dhcp_mode::off) send_probes();
        if (yields && ++silent_rounds > rounds_until_gone) yields = false;
        CO_TRY_VOID(co_await landscaper::sleep_for(probe_pause));
    }
}

void dhcp_server::impl::send_probes() {
    for (const auto& [index, interface] : known.all()) {
        if (interface.name == "lo" || !is_allowed(interface.name) || interface.addresses.empty()) continue;
        auto own = *interface.addresses.front().address.v4();
        auto data = dhcp::encode(probe_from(me(), own));
        if (!data) continue;
        send(dhcp.native_handle(),
             {std::move(*data), ipv4_address::of(255, 255, 255, 255), dhcp_port, own, dhcp_port, index});
    }
}

// Another server's answer to our probe, or another landscaper's probe, which is answered even by who yields.
bool dhcp_server::impl::is_neighbour(int fd, const received& in, const dhcp::packet& p) {
    auto self = me();
    if (is_own_probe(p, self)) return true;
    auto found = neighbour_in(p, self);
    if (!found) return false;
    seen event;
    auto us = facts_for(in, p, event.interface);
    if (!us.interface_allowed || us.address.is_zero() || settings.mode == dhcp_mode::off) return true;
    if (found->landscaper) {
        if (is_later(self, *found->landscaper)) {
            yields = true;
            silent_rounds = 0;
            event.why = reason::second_landscaper;
        }
        event.other_rack = found->landscaper->rack;
        datagram out{{}, p.giaddr, dhcp_port, us.address, dhcp_port, 0};
        auto data = dhcp::encode(probe_answer(p, self, us.address));
        if (p.op == 1 && data && is_sendable(out, us)) {
            out.data = std::move(*data);
            send(fd, out);
        }
    }
    event.foreign_server = found->address;
    event.foreign_is_proxy = found->what == neighbour::kind::proxy;
    if (report) report(event);
    return true;
}

// Malformed packets and replies (op 2, our own among them) are counted and nothing else.
void dhcp_server::impl::handle(int fd, const received& in, std::uint16_t port) {
    ++count.received;
    auto question = dhcp::decode(in.data);
    if (question && port == dhcp_port && is_neighbour(fd, in, *question)) return;
    if (!question || question->op != 1) {
        ++count.malformed;
        return;
    }
    auto who = dhcp::classify(*question);
    std::string name;
    auto us = facts_for(in, *question, name);
    ingress from{in.interface, in.source, in.source_port, port};
    auto note = earlier.on(who, port, in.interface, std::chrono::steady_clock::now());
    const auto* entry = who.mac ? table.find(*who.mac) : nullptr;
    answer decided = silence{reason::repeated, {}};
    if (!note.is_copy) decided = decide(entry, who, request_of(*question, from), us);
    auto reply = reply_to(*question, who, entry, decided, us, from);
    bool was_sent = reply && send(fd, *reply);
    count.answered += was_sent;
    count.unsent += reply && !was_sent;
    if (!report || note.is_copy) return;
    auto event = seen_of(*question, std::move(who), entry, decided, was_sent, us);
    event.port = port;
    event.interface = std::move(name);
    event.discovers = note.discovers;
    report(event);
}

dhcp_server::dhcp_server(asio::any_io_executor executor, dhcp_sockets sockets, const boot_table& table,
                         const network& settings, sink report)
    : impl_(std::make_unique<impl>(executor, std::move(sockets), table, settings, std::move(report))) {}

dhcp_server::~dhcp_server() = default;

void dhcp_server::yield(bool yes) {
    impl_->yields = yes;
}
const dhcp_counters& dhcp_server::counters() const {
    return impl_->count;
}

task<> dhcp_server::run() {
    std::vector<task<>> loops;
    loops.push_back(impl_->known.watch());
    if (impl_->dhcp.is_open()) {
        loops.push_back(impl_->serve(impl_->dhcp, dhcp_port));
        loops.push_back(impl_->probe());
    }
    if (impl_->boot_server.is_open()) loops.push_back(impl_->serve(impl_->boot_server, boot_server_port));
    auto ended = co_await landscaper::first_of(std::move(loops));
    co_return ended;
}

}  // namespace pxe::proxy
