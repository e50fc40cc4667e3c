// serve's end of a connection: boot entries in, lines with descriptors out. Numbers files, sends each open
// file once and closes it when nothing uses it. Pure: whoever owns the socket sends the items in order.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "pxe/link/message.hpp"

namespace pxe::link {

// One line, without its line end, and the file whose descriptor goes with it (or null).
struct outgoing {
    std::string line;
    shared_file file;
};

// One per connection: a new connection starts with nothing sent.
class sender {
  public:
    std::vector<outgoing> greet(const hello& h) const;
    // The whole table: the network, `begin`, every entry and `end`. bootd answers with ack or refuse of
    // `generation`.
    landscaper::result<std::vector<outgoing>> table(std::uint64_t generation, const network& net,
                                                    std::span<const boot_entry> entries);
    // Single changes; put and drop are answered with ack or refuse of `generation`. A MAC known under another
    // entry moves to the one that is put; drop forgets the whole entry that has the MAC.
    landscaper::result<std::vector<outgoing>> change_network(const network& net);
    landscaper::result<std::vector<outgoing>> put(std::uint64_t generation, const boot_entry& entry);
    std::vector<outgoing> drop(std::uint64_t generation, landscaper::mac_address mac);

    std::size_t open_files() const { return sent_.size(); }

  private:
    struct sent_file {
        std::uint64_t id = 0;
        std::size_t users = 0;
        shared_file file;
    };
    using files = std::vector<shared_file>;

    landscaper::result<void> add(std::vector<outgoing>& out, const from_serve& message, const files& used);
    void release(std::vector<outgoing>& out, const files& used);
    void remember(std::vector<outgoing>& out, const boot_entry& entry, files used);

    std::uint64_t next_id_ = 1;
    std::unordered_map<const landscaper::open_file*, sent_file> sent_;
    files network_files_;
    struct known_entry {
        std::size_t macs = 0;  // that are still its own
        files used;
    };
    std::uint64_t next_entry_ = 1;
    std::unordered_map<std::uint64_t, known_entry> entries_;
    std::unordered_map<landscaper::mac_address, std::uint64_t> entry_by_mac_;
};

}  // namespace pxe::link
