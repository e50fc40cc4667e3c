#include "landscaper/daemon/alarms.hpp"

#include <algorithm>

#include "landscaper/base/printable.hpp"
#include "pxe/proxy/names.hpp"

namespace landscaper::daemon {

using pxe::link::event_kind;

namespace {

// An attacker can make alarms; memory and screen stay small.
constexpr std::size_t most_alarms = 64;
constexpr control::unix_ms silent_for = 60'000;

// The host whose withdrawn payload had this token.
const ledger::host* withdrawn_from(const ledger::model& ledger, std::string_view token) {
    for (const auto& [id, host] : ledger.hosts) {
        for (const auto& payload : host.payloads) {
            if (payload.token == token) return payload.withdrawn ? &host : nullptr;
        }
    }
    return nullptr;
}

// "10.0.0.9" of "10.0.0.9:2070" and "[fd00::9]:2070".
std::string address_in(std::string_view peer) {
    auto end = peer.rfind(':');
    bool has_port = end != peer.npos && (peer.find(':') == end || peer.starts_with('['));
    return text::printable(has_port ? peer.substr(0, end) : peer, 64);
}

std::string advice_for(std::string_view what, const std::string& name) {
    if (what == "withdrawn")
        return "; its key is worthless since the rotation, but somebody reads this segment";
    return "; find the other machine, then `landscaper arm " + name +
           "` to install the host anew if it was not rotated yet";
}

}  // namespace

std::optional<control::alarm_view> alarms::on(const ledger::model& ledger, const pxe::link::event& seen,
                                              control::unix_ms now) {
    if (seen.kind == event_kind::alarm) {
        auto* whose = seen.mac ? ledger.find_mac(*seen.mac) : nullptr;
        auto what = text::printable(seen.text("what"), 32);
        if (!whose) return std::nullopt;
        return add(*whose, seen, what, text::printable(seen.text("text"), 300), now);
    }
    if (seen.kind != event_kind::refused) return std::nullopt;
    auto name = pxe::proxy::parse_name(seen.text("name"));
    auto* whose = name && !name->token.empty() ? withdrawn_from(ledger, name->token) : nullptr;
    if (!whose) return std::nullopt;
    auto text = address_in(seen.text("peer")) + " asked for the withdrawn payload of " + whose->name;
    return add(*whose, seen, "withdrawn", std::move(text), now);
}

std::optional<control::alarm_view> alarms::add(const ledger::host& whose, const pxe::link::event& seen,
                                               const std::string& what, std::string text,
                                               control::unix_ms now) {
    auto key = what + " " + address_in(seen.text("peer"));
    auto at =
        std::ranges::find_if(entries_, [&](const entry& e) { return e.host == whose.id && e.key == key; });
    if (at == entries_.end()) {
        if (entries_.size() >= most_alarms) entries_.pop_front();
        control::alarm_view fresh{now, now, 1, whose.name, what, text + advice_for(what, whose.name)};
        entries_.push_back({whose.id, key, fresh});
        return fresh;
    }
    auto before = std::exchange(at->view.last, now);
    ++at->view.count;
    if (now - before < silent_for) return std::nullopt;
    return at->view;
}

std::vector<control::alarm_view> alarms::current(const ledger::model& ledger) const {
    std::vector<control::alarm_view> out;
    for (const auto& e : entries_) {
        auto host = ledger.hosts.find(e.host);
        if (host == ledger.hosts.end() || host->second.attempt_started > e.view.last) continue;
        out.push_back(e.view);
        out.back().host = host->second.name;
    }
    return out;
}

}  // namespace landscaper::daemon
