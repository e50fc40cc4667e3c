// serve's end of bootd's socket: keeps the boot table that is wanted, pushes it whole after every connect and
// change by change in between, and hands boot events on. Connects again for ever; bootd serves meanwhile.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "landscaper/async/event.hpp"
#include "landscaper/async/line_socket.hpp"
#include "pxe/link/message.hpp"
#include "pxe/link/sender.hpp"

namespace landscaper::daemon {

class bootd_link {
  public:
    struct callbacks {
        std::function<void(const pxe::link::event&)> on_event;  // hostile input
        std::function<void()> on_change;                        // status() or is_current() changed
    };

    bootd_link(const asio::any_io_executor& executor, std::string socket, callbacks calls);

    // Sets what bootd is to know. Entries are by host id; no waiting.
    void set_network(pxe::link::network network);
    void put(const std::string& host, pxe::boot_entry entry);
    void drop(const std::string& host);

    // Waits until bootd has acknowledged everything that was set before the call. No deadline of its own: a
    // missing bootd is something a person or systemd repairs, and status() says so.
    task<> acknowledged();

    bool is_current() const { return connected_ && acknowledged_ >= generation_; }
    // Empty when connected; else what is wrong and what to do.
    const std::string& status() const { return status_; }

    // Connects, pushes, receives; until cancelled.
    task<> run();

  private:
    task<> session();
    task<> push_all(line_socket& to);
    task<> push_changes(line_socket& to);
    task<> send(line_socket& to, std::vector<pxe::link::outgoing> lines);
    task<> receive(line_socket& from);
    void on_message(pxe::link::from_bootd message);
    void set_status(std::string text);

    asio::any_io_executor executor_;
    std::string socket_;
    callbacks calls_;
    pxe::link::network network_;
    std::map<std::string, pxe::boot_entry> entries_;
    std::uint64_t generation_ = 1;    // of what is wanted
    std::uint64_t acknowledged_ = 0;  // of what bootd has on this connection
    struct pending_change {
        std::uint64_t generation;
        std::string host;     // empty: the network
        mac_address dropped;  // of an entry that is gone
    };
    std::vector<pending_change> pending_;
    pxe::link::sender sender_;
    std::uint64_t epoch_ = 0, seq_ = 0;  // of the last event that was handed on
    bool connected_ = false;
    std::string status_ = "not connected yet";
    event changed_, acked_;
};

}  // namespace landscaper::daemon
