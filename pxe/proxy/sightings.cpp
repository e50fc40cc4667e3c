#include "pxe/proxy/sightings.hpp"

#include <utility>

namespace pxe::proxy {

using dhcp::message_type;

// Two generations: what was not seen while the young one filled up is forgotten.
sightings::last& sightings::of(landscaper::mac_address mac) {
    auto at = young_.find(mac);
    if (at != young_.end()) return at->second;
    if (young_.size() >= half) {
        old_ = std::move(young_);
        young_ = {};
    }
    auto before = old_.extract(mac);
    return young_[mac] = before ? before.mapped() : last{};
}

sightings::note sightings::on(const dhcp::client& who, std::uint16_t port, unsigned interface,
                              time_point now) {
    if (!who.mac) return {};
    auto& l = of(*who.mac);
    bool same = l.xid == who.xid && l.secs == who.secs && l.port == port && l.type == who.type;
    if (same && l.interface != interface && now - l.at < std::chrono::milliseconds(500)) {
        return {true, l.discovers};
    }
    auto discovers = l.discovers;
    if (who.type == message_type::discover) ++discovers;
    if (who.type == message_type::request || who.type == message_type::inform) discovers = 0;
    l = {who.xid, who.secs, port, who.type, interface, discovers, now};
    return {false, discovers};
}

}  // namespace pxe::proxy
