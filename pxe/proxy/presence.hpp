// Whether a segment has a DHCP server at all: a proxy alone gives no addresses, and machines that get none
// look just like machines that dislike our offer. Pure: time comes in.
#pragma once

#include <chrono>
#include <map>
#include <string>

#include "pxe/proxy/seen.hpp"

namespace pxe::proxy {

class presence {
  public:
    using time_point = std::chrono::steady_clock::time_point;

    // True when this DISCOVER is a reason to tell that no DHCP server was heard on its interface: the
    // client's third in a row or later (EDK2: 12 s after the first), with no answer to the probes of three
    // minutes and no REQUEST that names a server. Told again after a minute at the earliest.
    //
    // A server that neither answers relays nor was named in a REQUEST cannot be told from none.
    bool is_missing(const seen& s, time_point now);

  private:
    std::map<std::string, time_point> heard_, told_;  // by interface
};

}  // namespace pxe::proxy
