// From what the DHCP, TFTP and HTTP servers saw to boot events in the ring, with the transfers' numbers and
// the alarms. Never blocks, never decides what is served.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <unordered_map>

#include "pxe/bootd/served.hpp"
#include "pxe/http/io/server.hpp"
#include "pxe/link/ring.hpp"
#include "pxe/proxy/presence.hpp"
#include "pxe/proxy/seen.hpp"
#include "tftpd/report.hpp"

namespace pxe::bootd {

// Whose object a transfer carries.
struct target {
    std::optional<landscaper::mac_address> mac;
    std::string object;
    std::string token;
};

// One MAC that was seen at two addresses of one payload's fetches.
struct two_places {
    landscaper::mac_address host;     // whose payload it is
    landscaper::mac_address machine;  // by the neighbour table
    std::string before, now;          // addresses
};

class reporter {
  public:
    // Looks up a machine in the neighbour table by its address; none when it is not on a segment of ours.
    using neighbour_lookup =
        std::function<std::optional<landscaper::mac_address>(const std::string& address)>;

    // `on_news` is told of every event after it is in the ring.
    using listener = std::function<void(const link::event&)>;

    // Looks whether a machine answers at both addresses at once, and calls two_addresses() if it does.
    using suspicion = std::function<void(const two_places&)>;

    reporter(link::event_ring& ring, served& now, listener on_news, neighbour_lookup neighbour,
             suspicion on_move = {});

    void dhcp(const proxy::seen& s);
    // The resolver's word on a TFTP request, before its reports come.
    void tftp_resolved(const tftpd::endpoint& client, target what);
    void tftp_refused(const tftpd::read_request& request, proxy::reason why);
    void tftp(const tftpd::transfer_report& r);
    void http(const http::fetch_event& e);
    void http_refused(const std::string& name, const landscaper::http_peer& peer, proxy::reason why);
    void here(const std::string& token, const std::string& body, const landscaper::http_peer& peer,
              std::optional<landscaper::mac_address> mac);
    void two_addresses(const two_places& found);
    void trouble(const std::string& what, const std::string& text);
    std::uint64_t next_transfer() { return ++transfers_; }

  private:
    struct running {
        std::uint64_t transfer = 0;
        target what;
        bool started = false;
    };
    void add(link::event e);
    void dhcp_answer(const proxy::seen& s, link::event about);
    void foreign(const proxy::seen& s);
    // False while the same was told less than a minute ago.
    bool is_news(const std::string& key);
    void alarming(const proxy::seen& s, bool no_dhcp_server);
    void tftp_started(const tftpd::transfer_report& r);
    void tftp_dropped(const tftpd::transfer_report& r);
    void tftp_ended(const tftpd::transfer_report& r, const running& which);
    void handed_out(const target& what, const std::string& peer, const std::string& address);
    void wrong_fetch(std::string_view name, const std::string& peer, proxy::reason why);

    link::event_ring& ring_;
    served& now_;
    listener on_news_;
    neighbour_lookup neighbour_;
    suspicion on_move_;
    proxy::presence presence_;
    std::uint64_t transfers_ = 0;
    std::map<tftpd::endpoint, running> tftp_;
    std::uint64_t tftp_dropped_ = 0;  // requests
    std::unordered_map<std::uint64_t, std::pair<std::uint64_t, std::int64_t>>
        http_last_;                             // bytes, ms; for rates
    std::map<std::string, std::int64_t> told_;  // repeated news, and when (ns) they were told last
};

}  // namespace pxe::bootd
