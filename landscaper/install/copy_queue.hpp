// Who may copy now. All hosts pull from one appliance: a few at a time are done, and reboot, while the next
// ones copy; all at once would all be late. What counts are the bytes still to come. Never waits by itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace landscaper::install {

class copy_queue {
  public:
    // Bytes in flight that let nobody else in. One host alone may copy whatever it takes.
    static constexpr std::uint64_t default_limit = std::uint64_t{4} << 30;

    struct place {
        bool may_copy = false;
        std::size_t hosts = 0;    // before this one, copying or waiting
        std::uint64_t bytes = 0;  // that these still have to copy
        friend bool operator==(const place&, const place&) = default;
    };

    explicit copy_queue(std::uint64_t limit = default_limit) : limit_(limit) {}

    // Lines up behind those that asked before, or keeps its place. `bytes`: all that this host has to copy.
    place ask(const std::string& host, std::uint64_t bytes);
    // What is still to come for a host in the line. True when that lets somebody else in.
    bool remains(const std::string& host, std::uint64_t bytes);
    // The host has copied all, failed, or is gone. Unknown ones are none of ours.
    void leave(const std::string& host);

  private:
    struct entry {
        std::string host;
        std::uint64_t left = 0;
        bool may_copy = false;
    };
    bool admit();

    std::uint64_t limit_;
    std::vector<entry> line_;  // in the order of asking
};

// "waits to copy: 4 hosts before it, 310 MB"
std::string describe(const copy_queue::place& place);

}  // namespace landscaper::install
