// What bootd saw, as it tells serve. A flat object: kind, who, and named values; unknown kinds and fields
// pass through, so that neither program has to be of the other's release. serve treats every event as hostile
// input.
//
// Common fields: epoch (random, 53 bits, of this run of bootd), seq (1, 2, 3.. without gaps; 0 = progress,
// which is state and not counted), at (ns since 1970, CLOCK_REALTIME), mac (when known; for a token, the
// entry's first), kind. Then, by kind (n = number, b = boolean, else text; any may be absent):
//
//   discover      a DHCPDISCOVER of a boot client or of a host that is known: type, xid n, class, arch n,
//                 arch_name, uuid, vendor_class, secs n, interface, relay, known b, discovers n (in a row)
//   request       any other question (REQUEST, INFORM, DECLINE, ..): as discover, and port n, server
//   offer         our answer: type, xid n, class, interface, port n, file
//   ack           our answer, also a NAK (type): as offer
//   silence       no answer: xid n, class, interface, why, detail
//   rrq           a TFTP read request: transfer n, via, peer, name, object, blksize n, windowsize n, total n
//   http          a GET or HEAD: transfer n (GET), via, peer, name, object, method, status n, total n, range
//   progress      of a transfer, at most two a second: transfer n, via tftp|http, peer, name, object,
//                 bytes n, total n, rate n (bytes/s)
//   done          a transfer ended: transfer n, via, peer, name, object, bytes n, total n, complete b,
//                 rate n, milliseconds n, retransmits n, why, error
//   refused       a request got an error: via, peer, name, status n (HTTP status, TFTP error code), why
//   foreign_dhcp  another server on the segment: server, interface, via request|probe, proxy b
//   here          PUT /here/TOKEN of an installer: token, peer, body (base64, as sent, unchecked)
//   alarm         what = two_machines|two_addresses|withdrawn, token, object, peer, text; machine, other
//                 (their MACs)
//   trouble       an operator must act: what = state|local_efi|second_landscaper|
//                 declined|no_dhcp|tftp_drops, text
//   lost          count n: so many of the oldest events were dropped (on the wire: {"lost":n})
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "landscaper/base/mac_address.hpp"

namespace pxe::link {

enum class event_kind {
    discover,
    offer,
    request,
    ack,
    silence,
    rrq,
    http,
    progress,
    done,
    refused,
    foreign_dhcp,
    here,
    alarm,
    trouble,
    lost,
    other,  // of a newer bootd; the word is in the field "kind"
};
std::string_view name_of(event_kind kind);
event_kind event_kind_of(std::string_view name);

// Numbers are below 2^53, which JSON keeps exactly.
using event_value = std::variant<bool, std::uint64_t, std::string>;

struct event {
    event_kind kind = event_kind::other;
    std::uint64_t epoch = 0;
    std::uint64_t seq = 0;
    std::int64_t at = 0;  // ns since 1970
    std::optional<landscaper::mac_address> mac;
    std::vector<std::pair<std::string, event_value>> fields;

    event& with(std::string name, std::string_view text);
    event& with(std::string name, const char* text) { return with(std::move(name), std::string_view(text)); }
    event& with(std::string name, std::uint64_t number);
    event& with(std::string name, bool flag);

    // The field's value when it is there and of that type; else "", 0, false.
    std::string_view text(std::string_view name) const;
    std::uint64_t number(std::string_view name) const;
    bool flag(std::string_view name) const;

    friend bool operator==(const event&, const event&) = default;
};

}  // namespace pxe::link
