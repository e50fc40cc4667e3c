// A rack with hosts in several conditions, for the golden frames. 14:07:31 UTC.
#pragma once

#include "landscaper/tui/screens/screens.hpp"

namespace landscaper::tui {

inline constexpr control::unix_ms sample_now = 1'700'057'251'000;

inline control::host_view sample_host(const char* name, const char* mac, const char* phase,
                                      const char* condition, const char* sentence, int seconds_in_phase) {
    control::host_view h;
    h.name = name;
    h.mac = {mac};
    h.ip = "10.0.0.1" + std::string(1, name[3]);
    h.role = "proxmox";
    h.firmware = "uefi";
    h.phase = phase;
    h.condition = condition;
    h.sentence = sentence;
    h.attempt = 1;
    h.attempt_started = sample_now - 300'000;
    h.phase_started = sample_now - seconds_in_phase * 1000;
    return h;
}

inline control::snapshot sample_rack() {
    control::snapshot s;
    s.site = "rack-a";
    s.now = sample_now;
    s.started = sample_now - 21 * 60'000;
    s.counters = {{"bytes_out_per_second", 41'200'000}, {"tftp_transfers", 1}, {"http_transfers", 6}};
    s.dhcp_servers = {"10.0.0.1"};
    s.hosts = {
        sample_host("px01", "52:54:00:0a:00:01", "ok", "run", "", 10),
        sample_host("px02", "52:54:00:0a:00:02", "copy", "run", "base closure", 38),
        sample_host(
            "px03", "52:54:00:0a:00:03", "gate", "HOLD",
            "/dev/vda holds an ext4 file system 'backup'; nothing was written. Wipe it yourself, then "
            "`landscaper retry px03`",
            180),
        sample_host("px04", "52:54:00:0a:00:04", "rotate", "FAILED", "another key answers", 58),
        sample_host("px05", "52:54:00:0a:00:05", "waiting", "person",
                    "switch it on; it is to boot from the network", 75),
    };
    s.hosts[0].generation = 1;
    s.hosts[1].progress = {"bytes", 61'000'000, 120'000'000, 12'000'000, 5};
    s.unknown = {{"a0:36:9f:11:22:33", "UEFI x64", sample_now - 44'000, sample_now - 2'000, 3}};
    s.log = {{sample_now - 2'000, "px04", "tftp uki.efi done"},
             {sample_now - 1'000, "px02", "61.0 MB of 120.0 MB"},
             {sample_now, "", "asked nobody"}};
    return s;
}

// The same with phases, steps and a log for px02.
inline control::snapshot with_history(control::snapshot s) {
    auto& h = s.hosts[1];
    h.temporary_key = "SHA256:8l7bbvWkmbtrPGXBOhRnG2Rf4sGPrjX6TWyAyfEhD1E";
    h.phases = {{"waiting", sample_now - 300'000, sample_now - 60'000}, {"copy", sample_now - 60'000, 0}};
    h.steps = {{"installation", "facts", sample_now - 60'000, sample_now - 59'150, "2 disks"},
               {"installation", "copy", sample_now - 38'000, 0, ""}};
    h.log = {"copying path"};
    return s;
}

}  // namespace landscaper::tui
