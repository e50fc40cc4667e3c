#include "pxe/bootd/reporter.hpp"

#include <ctime>

#include "landscaper/base/base64.hpp"
#include "landscaper/base/hex.hpp"
#include "pxe/proxy/names.hpp"

namespace pxe::bootd {

using link::event;
using link::event_kind;

// Other servers on the segment are told again after so long.
static constexpr std::int64_t repeat_after = 60'000'000'000;  // ns

static std::int64_t wall_clock() {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

static event about(event_kind kind, std::optional<landscaper::mac_address> mac) {
    event e;
    e.kind = kind;
    e.at = wall_clock();
    e.mac = mac;
    return e;
}

reporter::reporter(link::event_ring& ring, served& now, listener on_news, neighbour_lookup neighbour,
                   suspicion on_move)
    : ring_(ring),
      now_(now),
      on_news_(std::move(on_news)),
      neighbour_(std::move(neighbour)),
      on_move_(std::move(on_move)) {}

void reporter::add(event e) {
    ring_.add(e);
    on_news_(e);
}

void reporter::trouble(const std::string& what, const std::string& text) {
    add(about(event_kind::trouble, std::nullopt).with("what", what).with("text", text));
}

// DHCP.

static std::string_view class_of(const dhcp::client& who) {
    if (who.is_second_stage) return "landscaper-ipxe";
    if (who.is_ipxe) return "ipxe";
    if (who.is_u_boot) return "u-boot";
    if (who.is_raspberry_pi) return "raspberry-pi";
    if (who.kind == dhcp::client_class::http) return "uefi-http";
    if (who.kind == dhcp::client_class::pxe) return who.is_uefi() ? "uefi-pxe" : "bios-pxe";
    return "other";
}

void reporter::dhcp(const proxy::seen& s) {
    foreign(s);
    // Servers are heard in answers to probes and in anybody's REQUEST.
    bool is_missing = presence_.is_missing(s, std::chrono::steady_clock::now());
    // Every laptop of the LAN is heard on port 67; only boot clients and our own hosts are news.
    if (!s.known && s.who.kind == dhcp::client_class::none) return;
    bool is_discover = s.who.type == dhcp::message_type::discover;
    auto e = about(is_discover ? event_kind::discover : event_kind::request, s.who.mac);
    e.with("type", dhcp::name_of(s.who.type))
        .with("xid", std::uint64_t{s.who.xid})
        .with("class", class_of(s.who));
    if (s.who.arch) e.with("arch", std::uint64_t{s.who.arch->number}).with("arch_name", s.who.arch->name);
    if (s.who.uuid) e.with("uuid", landscaper::to_hex(*s.who.uuid));
    if (!s.who.vendor_class.empty()) e.with("vendor_class", s.who.vendor_class);
    e.with("secs", std::uint64_t{s.who.secs}).with("interface", s.interface).with("known", s.known);
    if (!s.relay.is_zero()) e.with("relay", s.relay.text());
    if (s.discovers > 1) e.with("discovers", std::uint64_t{s.discovers});
    if (!is_discover) e.with("port", std::uint64_t{s.port});
    if (s.foreign_server) e.with("server", s.foreign_server->text());
    ring_.add(std::move(e));
    dhcp_answer(s, about(event_kind::silence, s.who.mac));
    alarming(s, is_missing);
}

// What an operator must do something about, for the host that it happened to.
void reporter::alarming(const proxy::seen& s, bool no_dhcp_server) {
    auto tell = [&](const char* what, const std::string& text) {
        add(about(event_kind::trouble, s.who.mac).with("what", what).with("text", text));
    };
    if (s.why == proxy::reason::address_in_use) {
        tell("declined", "the address " + s.detail +
                             " is in use by another machine; take it off that machine, or give the server "
                             "another `ip` in the inventory");
    }
    if (!no_dhcp_server || now_.network().mode != proxy::dhcp_mode::proxy) return;
    tell("no_dhcp", "no DHCP server was heard on " + s.interface + ", and the server has asked " +
                        std::to_string(s.discovers) +
                        " times for an address; connect the site's DHCP server, or set `dhcp: reservations` "
                        "(a DHCP server that answers no relays cannot be told from none)");
}

void reporter::dhcp_answer(const proxy::seen& s, event e) {
    e.with("xid", std::uint64_t{s.who.xid}).with("class", class_of(s.who)).with("interface", s.interface);
    if (s.sent == dhcp::message_type::none) {
        e.with("why", proxy::describe(s.why));
        if (!s.detail.empty()) e.with("detail", s.detail);
        return add(std::move(e));
    }
    e.kind = s.sent == dhcp::message_type::offer ? event_kind::offer : event_kind::ack;
    e.with("type", dhcp::name_of(s.sent)).with("file", s.file).with("port", std::uint64_t{s.port});
    add(std::move(e));
}

bool reporter::is_news(const std::string& key) {
    auto now = wall_clock();
    auto [at, is_new] = told_.try_emplace(key, now);
    if (!is_new && now - at->second < repeat_after) return false;
    at->second = now;
    if (told_.size() > 1024) told_.clear();  // somebody makes servers up
    return true;
}

void reporter::foreign(const proxy::seen& s) {
    if (s.other_rack) {
        bool yields = s.why == proxy::reason::second_landscaper;
        auto where = s.foreign_server ? s.foreign_server->text() : "an unknown address";
        if (!is_news("rack " + *s.other_rack + where + (yields ? " first" : " later"))) return;
        auto whose = s.other_rack->empty() ? "" : "rack " + *s.other_rack + ", ";
        return trouble("second_landscaper",
                       "another landscaper (" + whose + where + ") serves the segment of " + s.interface +
                           (yields ? "; it was first, so this one is silent" : "; it came later"));
    }
    if (!s.foreign_server || !is_news(s.interface + " " + s.foreign_server->text())) return;
    auto e = about(event_kind::foreign_dhcp, std::nullopt);
    e.with("server", s.foreign_server->text())
        .with("interface", s.interface)
        .with("proxy", s.foreign_is_proxy);
    add(e.with("via", s.who.type == dhcp::message_type::none ? "probe" : "request"));
}

// TFTP.

void reporter::tftp_resolved(const tftpd::endpoint& client, target what) {
    tftp_[client] = {next_transfer(), std::move(what), false};
}

void reporter::tftp_refused(const tftpd::read_request& request, proxy::reason why) {
    wrong_fetch(request.name, request.client.address.text(), why);
}

static event transfer_event(event_kind kind, const tftpd::transfer_report& r, std::uint64_t transfer,
                            const target& what) {
    auto e = about(kind, what.mac);
    e.with("transfer", transfer).with("via", "tftp").with("peer", tftpd::text(r.client));
    e.with("name", r.name).with("object", what.object);
    return e;
}

void reporter::tftp_started(const tftpd::transfer_report& r) {
    auto& which = tftp_[r.client];
    if (which.transfer == 0) which.transfer = next_transfer();
    which.started = true;
    auto e = transfer_event(event_kind::rrq, r, which.transfer, which.what);
    e.with("blksize", std::uint64_t{r.blksize})
        .with("windowsize", std::uint64_t{r.windowsize})
        .with("total", r.total);
    add(std::move(e));
}

// The client asks again; the operator hears of it, once a minute.
void reporter::tftp_dropped(const tftpd::transfer_report& r) {
    tftp_.erase(r.client);
    ++tftp_dropped_;
    if (!is_news("tftp drops")) return;
    trouble("tftp_drops", std::to_string(tftp_dropped_) + " TFTP requests were left unanswered so far: " +
                              r.error_text + "; allow landscaper-bootd more descriptors (LimitNOFILE)");
}

void reporter::tftp(const tftpd::transfer_report& r) {
    if (r.end == tftpd::ending::dropped) return tftp_dropped(r);
    auto at = tftp_.find(r.client);
    if (r.end == tftpd::ending::refused) {
        auto e = about(event_kind::refused, std::nullopt);
        e.with("via", "tftp").with("peer", tftpd::text(r.client)).with("name", r.name);
        add(e.with("status", std::uint64_t{r.error}).with("why", r.error_text));
        if (at != tftp_.end()) tftp_.erase(at);
        return;
    }
    if (at == tftp_.end() || !at->second.started) {
        tftp_started(r);
        at = tftp_.find(r.client);
        if (r.end == tftpd::ending::running) return;
    }
    if (r.end != tftpd::ending::running) {
        auto which = std::move(at->second);
        tftp_.erase(at);
        return tftp_ended(r, which);
    }
    auto e = transfer_event(event_kind::progress, r, at->second.transfer, at->second.what);
    e.with("bytes", r.acknowledged).with("total", r.total).with("rate", r.rate);
    ring_.set_progress(at->second.transfer, std::move(e));
}

void reporter::tftp_ended(const tftpd::transfer_report& r, const running& which) {
    bool complete = r.end == tftpd::ending::finished || r.end == tftpd::ending::presumed;
    auto e = transfer_event(event_kind::done, r, which.transfer, which.what);
    e.with("bytes", r.acknowledged).with("total", r.total).with("complete", complete).with("rate", r.rate);
    e.with("milliseconds", static_cast<std::uint64_t>(r.age.count())).with("retransmits", r.retransmits);
    e.with("why", tftpd::describe(r.end));
    if (!r.error_text.empty()) e.with("error", r.error_text);
    ring_.forget_progress(which.transfer);
    add(std::move(e));
    if (r.acknowledged > 0) handed_out(which.what, tftpd::text(r.client), r.client.address.text());
}

// HTTP.

static event transfer_event(event_kind kind, const http::fetch_event& from) {
    auto e = about(kind, from.target ? from.target->mac : std::nullopt);
    if (from.transfer != 0) e.with("transfer", from.transfer);
    e.with("via", "http").with("peer", from.peer).with("name", from.name);
    return e.with("object", from.target ? from.target->object : "");
}

void reporter::http(const http::fetch_event& from) {
    using kind = http::fetch_event::kind;
    if (from.what == kind::refused) {
        auto e = transfer_event(event_kind::refused, from);
        return add(e.with("status", std::uint64_t{from.status}).with("why", from.why));
    }
    if (from.what == kind::started) {
        auto e = transfer_event(event_kind::http, from);
        e.with("method", from.method).with("status", std::uint64_t{from.status}).with("total", from.total);
        if (!from.range.empty()) e.with("range", from.range);
        return add(std::move(e));
    }
    auto& [bytes, at] = http_last_[from.transfer];
    auto span = std::max<std::int64_t>(from.milliseconds - at, 1);
    auto rate = (from.bytes - bytes) * 1000 / static_cast<std::uint64_t>(span);
    if (from.what == kind::progress) {
        bytes = from.bytes;
        at = from.milliseconds;
        auto e = transfer_event(event_kind::progress, from);
        e.with("bytes", from.offset + from.bytes).with("total", from.total).with("rate", rate);
        return ring_.set_progress(from.transfer, std::move(e));
    }
    http_last_.erase(from.transfer);
    ring_.forget_progress(from.transfer);
    auto e = transfer_event(event_kind::done, from);
    e.with("bytes", from.offset + from.bytes).with("total", from.total).with("complete", from.whole_object);
    e.with("rate",
           from.bytes * 1000 / static_cast<std::uint64_t>(std::max<std::int64_t>(from.milliseconds, 1)));
    e.with("milliseconds", static_cast<std::uint64_t>(from.milliseconds));
    add(e.with("why", from.complete ? "finished" : "the connection ended"));
    if (from.bytes == 0 || !from.target) return;
    auto address = from.peer.substr(0, from.peer.rfind(':'));
    handed_out({from.target->mac, from.target->object, from.target->token}, from.peer, address);
}

void reporter::http_refused(const std::string& name, const landscaper::http_peer& peer, proxy::reason why) {
    wrong_fetch(name, peer.address ? peer.address->text() : "", why);
}

void reporter::here(const std::string& token, const std::string& body, const landscaper::http_peer& peer,
                    std::optional<landscaper::mac_address> mac) {
    auto e = about(event_kind::here, mac);
    e.with("token", token).with("body", landscaper::to_base64(landscaper::as_bytes(body)));
    add(e.with("peer", peer.address ? peer.address->text() : ""));
}

// Alarms.

// A part is enough: the temporary key lies in the last few hundred bytes.
void reporter::handed_out(const target& what, const std::string& peer, const std::string& address) {
    if (what.token.empty()) return;
    const auto* entry = now_.table().find_token(what.token);
    if (!entry || entry->stage != stage::install) return;
    auto machine = neighbour_(address);
    if (!machine) return;  // behind a router: its MAC would be the router's
    auto before = now_.watch().moved(what.token, *machine, address);
    if (before && on_move_) on_move_({entry->mac.front(), *machine, *before, address});
    auto other = now_.watch().fetched(what.token, *machine, entry->mac);
    if (!other) return;
    add(about(event_kind::alarm, entry->mac.front())
            .with("what", "two_machines")
            .with("token", what.token)
            .with("object", what.object)
            .with("peer", peer)
            .with("machine", machine->text())
            .with("other", other->text())
            .with("text", "the payload of " + entry->mac.front().text() +
                              " was fetched by two machines: " + other->text() + " and " + machine->text()));
}

void reporter::two_addresses(const two_places& found) {
    add(about(event_kind::alarm, found.host)
            .with("what", "two_addresses")
            .with("machine", found.machine.text())
            .with("peer", found.now)
            .with("text", found.machine.text() + " answers at two addresses at once, " + found.before +
                              " and " + found.now +
                              ": two machines with one MAC, or a machine that poses as this one"));
}

void reporter::wrong_fetch(std::string_view name, const std::string& peer, proxy::reason why) {
    auto parsed = proxy::parse_name(name);
    if (!parsed || parsed->token.empty()) return;
    auto host = now_.watch().withdrawn(parsed->token);
    if (why == proxy::reason::wrong_stage) {
        const auto* entry = now_.table().find_token(parsed->token);
        if (entry && entry->stage == stage::local) host = entry->mac.front();
    }
    // Whoever tries it a thousand times fills no log.
    if (!host || !is_news("withdrawn " + parsed->token + " " + peer)) return;
    add(about(event_kind::alarm, host)
            .with("what", "withdrawn")
            .with("token", parsed->token)
            .with("object", parsed->object)
            .with("peer", peer)
            .with("text", peer + " asked for the withdrawn payload of " + host->text()));
}

}  // namespace pxe::bootd
