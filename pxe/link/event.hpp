// What bootd saw, as it tells serve. A flat object: kind, who, and named values; unknown kinds and fields
// pass through, so that neither program has to be of the other's release. serve treats every event as hostile
// input.
//
// Common fields: epoch (random, 53 bits, of this run of bootd), seq (1, 2, 3.. without gaps; 0 = progress,
// which is state and not counted), at (ns since 1970, CLOCK_REALTIME), mac (when known; for a token, the
// entry's first), kind. Then, by kind (text unless said otherwise; n = number, b = boolean; each may be
// absent):
//
//   discover     a DHCPDISCOVER of a PXE or HTTP client: xid n, class, arch n, uuid, secs n, interface, relay
//   offer        our answer to one: xid n, class, stage, style, file, interface
//   request      a DHCPREQUEST, INFORM or boot-server request: as discover, and port n, server (option 54)
//   ack          our answer to one: as offer
//   silence      a client that got no answer: xid n, class, why
//   rrq          a TFTP read request: transfer n, peer, name, object, blksize n, windowsize n, tsize b
//   http         a GET or HEAD: transfer n (GET), peer, method, name, object, status n, range
//   progress     of a transfer, at most two a second: transfer n, via tftp|http, peer, name, object, bytes n,
//   total n,
//                rate n (bytes/s)
//   done         a transfer ended: transfer n, via, peer, name, object, bytes n, total n, complete b,
//   milliseconds n,
//                retransmits n, why
//   refused      a request that got an error: via, peer, name, status n (HTTP status or TFTP error code), why
//   foreign_dhcp another server on the segment: server, interface, via request|probe
//   here         PUT /here/TOKEN of an installer: token, peer, body (base64, as sent, unchecked)
//   alarm        what = two_machines|withdrawn, token, object, peer, other (the other machine's MAC), text
//   trouble      something an operator must repair: what, text
//   lost         count n: so many of the oldest events were dropped (on the wire: {"lost":n})
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
