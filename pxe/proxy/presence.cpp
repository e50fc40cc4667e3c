#include "pxe/proxy/presence.hpp"

namespace pxe::proxy {

using namespace std::chrono_literals;

static constexpr auto heard_lately = 3min;  // three probes
static constexpr auto told_lately = 1min;
static constexpr unsigned patience = 3;  // DISCOVERs

static bool is_within(const std::map<std::string, presence::time_point>& when, const std::string& interface,
                      presence::time_point now, std::chrono::minutes span) {
    auto at = when.find(interface);
    return at != when.end() && now - at->second < span;
}

bool presence::is_missing(const seen& s, time_point now) {
    bool is_server = s.foreign_server && !s.foreign_is_proxy && !s.other_rack;
    if (is_server) heard_[s.interface] = now;
    bool waits = s.known && s.who.type == dhcp::message_type::discover && s.discovers >= patience;
    if (!waits || !s.relay.is_zero())
        return false;  // a relay's clients have the servers of their own segment
    if (is_within(heard_, s.interface, now, heard_lately)) return false;
    if (is_within(told_, s.interface, now, told_lately)) return false;
    told_[s.interface] = now;
    return true;
}

}  // namespace pxe::proxy
