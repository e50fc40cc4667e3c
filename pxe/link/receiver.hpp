// bootd's end of a connection: lines in, actions out. Gathers a new table until `end` and only then hands it
// over, so that the old one serves until the new one is whole. Values only: never holds the table, reads no
// socket.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

#include "landscaper/base/unique_fd.hpp"
#include "pxe/link/message.hpp"

namespace pxe::link {

// A line to send, without its line end.
struct answer {
    std::string line;
};
// serve has said hello: send events behind its position.
struct greeted {
    hello peer;
};
// Another network; files of the former one may be closed.
struct use_network {
    pxe::link::network network;
};
// The whole table anew.
struct use_table {
    std::uint64_t generation = 0;
    std::vector<boot_entry> entries;
};
// One entry; MACs known under another one move to it.
struct put_entry {
    boot_entry entry;
};
// The entry that has this MAC.
struct drop_entry {
    landscaper::mac_address mac;
};
// The connection cannot go on (another protocol, no hello); the table stays.
struct hang_up {
    std::string why;
};
using link_action = std::variant<answer, greeted, use_network, use_table, put_entry, drop_entry, hang_up>;

class receiver {
  public:
    // What one line asks for, in order. An `answer` stands behind the action that it acknowledges.
    std::vector<link_action> on_line(std::string_view line, std::vector<landscaper::unique_fd> descriptors);

    std::size_t open_files() const { return files_.size(); }

  private:
    using actions = std::vector<link_action>;
    actions on(hello& m);
    actions on(network& m);
    actions on(begin& m);
    actions on(set& m);
    actions on(end& m);
    actions on(drop& m);
    actions on_file(const file_opened& m, std::vector<landscaper::unique_fd> descriptors);
    actions on(file_closed& m);
    actions refused(std::uint64_t generation, std::string why);
    landscaper::result<void> add_pending(set& m);

    bool greeted_ = false;
    std::unordered_map<std::uint64_t, shared_file> files_;
    // The table that is being gathered.
    bool gathering_ = false;
    std::uint64_t generation_ = 0;
    std::vector<boot_entry> pending_;
    std::unordered_set<landscaper::mac_address> pending_macs_;
    std::string spoiled_;  // why `end` will be refused
};

}  // namespace pxe::link
