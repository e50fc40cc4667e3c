#include "landscaper/daemon/boot_events.hpp"

#include <algorithm>

#include "landscaper/base/printable.hpp"
#include "pxe/dhcp/architecture.hpp"

namespace landscaper::daemon {

using pxe::link::event_kind;

// So many strangers are remembered: a rack has fewer, and a hostile segment cannot fill memory.
static constexpr std::size_t most_unknown = 256;

void boot_events::on(const pxe::link::event& seen) {
    if (seen.kind == event_kind::progress) {
        auto via = seen.text("via") == "tftp" ? "tftp" : "http";
        transfers_[seen.number("transfer")] = {via, seen.number("rate"), now_ms()};
        if (transfers_.size() > 4096) transfers_.erase(transfers_.begin());
    }
    if (seen.kind == event_kind::done) transfers_.erase(seen.number("transfer"));
    if (seen.kind == event_kind::foreign_dhcp) on_foreign(seen);
    auto* job = seen.mac ? jobs_.find_mac(*seen.mac) : nullptr;
    if (auto alarm = alarms_.on(rack_.ledger->content(), seen, now_ms()))
        rack_.log(alarm->host, "ALARM: " + alarm->text);
    if (seen.kind == event_kind::trouble) {
        auto whose = job ? job->known().name : seen.mac ? seen.mac->text() : "";
        rack_.log(whose, text::printable(seen.text("text"), 300));
    }
    if (seen.kind == event_kind::silence && !seen.mac) on_hidden(seen);
    if (seen.kind == event_kind::here) on_here(job, seen);
    if (job) {
        on_known(*job, seen);
    } else if (seen.mac) {
        on_unknown(seen);
    }
    rack_.changed();
}

void boot_events::on_foreign(const pxe::link::event& seen) {
    auto server = text::printable(seen.text("server"), 64);
    if (foreign_.size() >= 32 || !foreign_.insert(server).second || !seen.flag("proxy")) return;
    rack_.log("",
              "another ProxyDHCP server, " + server +
                  ", answers network boots on this segment; firmware takes whichever answer comes first, so "
                  "switch that server off or keep it off this segment");
}

// A machine without a name for itself: told once, since nothing tells two of them apart.
void boot_events::on_hidden(const pxe::link::event& seen) {
    if (told_hidden_) return;
    told_hidden_ = true;
    rack_.log("", "a machine asks for a network boot and is not answered: it " +
                      text::printable(seen.text("why"), 200));
}

// What a boot client's DISCOVER tells; a Raspberry Pi calls itself a BIOS and is none.
static std::optional<install::firmware> firmware_of(const pxe::link::event& seen) {
    auto* arch = pxe::dhcp::architecture_of(static_cast<std::uint16_t>(seen.number("arch")));
    if (seen.text("arch_name").empty() || !arch || seen.text("class") == "raspberry-pi") return std::nullopt;
    if (arch->firmware == pxe::dhcp::firmware::other) return std::nullopt;
    return arch->firmware == pxe::dhcp::firmware::bios ? install::firmware::bios : install::firmware::uefi;
}

void boot_events::on_known(host_job& job, const pxe::link::event& seen) {
    auto name = job.known().name;
    auto object = seen.text("object");
    switch (seen.kind) {
        case event_kind::discover: {
            auto line = "DISCOVER " + text::printable(seen.text("class"), 40) +
                        " secs=" + std::to_string(seen.number("secs"));
            auto in_a_row = seen.number("discovers");
            if (in_a_row > 1) line += ", " + std::to_string(in_a_row) + " in a row without REQUEST";
            rack_.log(name, line);
            job.on_boots_by(firmware_of(seen));
            return job.on_seen("dhcp");
        }
        case event_kind::silence:
            // Only what somebody can change has a detail: a boot program that is missing, an address in use.
            if (seen.text("detail").empty()) return;
            rack_.log(name, "not answered: " + text::printable(seen.text("why"), 100) + ": " +
                                text::printable(seen.text("detail"), 100));
            return;
        case event_kind::rrq:
        case event_kind::http:
            rack_.log(name, (seen.kind == event_kind::rrq ? "tftp " : "http ") + text::printable(object, 60));
            return job.on_seen("nbp");
        case event_kind::done: {
            // Firmware asks for the size first and breaks off: no failure, and nothing for the screen.
            if (!seen.flag("complete") && seen.number("bytes") == 0) return;
            bool payload = object == "uki.efi" || object == "host.cpio";
            auto text =
                text::printable(object, 60) + (seen.flag("complete") ? " fetched" : " not fetched whole");
            rack_.log(name, text + ", " + std::to_string(seen.number("bytes")) + " bytes");
            if (payload && seen.flag("complete")) job.on_seen("fetched");
            return;
        }
        case event_kind::refused:
            rack_.log(name, "refused: " + text::printable(seen.text("name"), 80) + ": " +
                                text::printable(seen.text("why"), 100));
            return;
        default: return;
    }
}

void boot_events::on_unknown(const pxe::link::event& seen) {
    if (seen.kind != event_kind::discover && seen.kind != event_kind::silence) return;
    auto found = unknown_.find(*seen.mac);
    if (found == unknown_.end() && unknown_.size() >= most_unknown) {
        auto oldest = std::min_element(unknown_.begin(), unknown_.end(), [](const auto& a, const auto& b) {
            return a.second.last_seen < b.second.last_seen;
        });
        unknown_.erase(oldest);
    }
    auto& view = unknown_[*seen.mac];
    view.mac = seen.mac->text();
    if (!seen.text("class").empty()) view.client = text::printable(seen.text("class"), 40);
    view.last_seen = now_ms();
    if (!view.first_seen) view.first_seen = view.last_seen;
    if (seen.kind == event_kind::discover) ++view.count;
}

// An installer with `ip: dhcp` says where it is. Unsigned claims are only ever a place to look: who answers
// there must hold the pinned key.
void boot_events::on_here(host_job* job, const pxe::link::event& seen) {
    if (job) job->on_here(seen.text("body"));
}

std::vector<control::unknown_view> boot_events::unknown() const {
    std::vector<control::unknown_view> out;
    for (const auto& [mac, view] : unknown_) {
        if (!rack_.ledger->content().find_mac(mac)) out.push_back(view);
    }
    return out;
}

std::map<std::string, std::uint64_t> boot_events::counters() const {
    std::map<std::string, std::uint64_t> out{
        {"tftp_transfers", 0}, {"http_transfers", 0}, {"bytes_out_per_second", 0}};
    auto now = now_ms();
    for (const auto& [number, t] : transfers_) {
        if (now - t.at > 5000) continue;
        ++out[t.via + "_transfers"];
        out["bytes_out_per_second"] += t.rate;
    }
    return out;
}

}  // namespace landscaper::daemon
