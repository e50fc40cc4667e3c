// Who has fetched a payload, to raise the alarms: one token on two machines, one machine at two addresses,
// and a fetch after the payload was withdrawn. Size probes, repeated and resumed fetches and power cycles of
// one machine are normal. Pure.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "landscaper/base/mac_address.hpp"

namespace pxe::bootd {

class fetch_watch {
  public:
    // Bytes of a payload's object went to the machine with this MAC by the neighbour table. `own`:
    // the host's MACs, all of which are one machine. The other machine that had it before, for an alarm.
    std::optional<landscaper::mac_address> fetched(const std::string& token, landscaper::mac_address machine,
                                                   const std::vector<landscaper::mac_address>& own);

    // The address at which this machine had the payload before, when that is another one. Mostly it has moved
    // (firmware's lease, then the installer's address), so only both answering at once is an alarm.
    std::optional<std::string> moved(const std::string& token, landscaper::mac_address machine,
                                     const std::string& address);

    // The payload is no longer served; `host` is whose it was.
    void withdraw(const std::string& token, landscaper::mac_address host);
    // Whose payload this token was, when it has been withdrawn.
    std::optional<landscaper::mac_address> withdrawn(std::string_view token) const;

  private:
    static constexpr std::size_t remembered = 65536;  // withdrawn tokens

    struct place {
        landscaper::mac_address machine;
        std::string address;
    };

    std::unordered_map<std::string, landscaper::mac_address> machine_;
    std::unordered_map<std::string, place> place_;
    std::unordered_map<std::string, landscaper::mac_address> withdrawn_;
    std::deque<std::string> order_;
};

// The MAC of an IPv4 address in the text of /proc/net/arp; none when it is not there or not resolved.
std::optional<landscaper::mac_address> neighbour_in(std::string_view arp, std::string_view address);

}  // namespace pxe::bootd
