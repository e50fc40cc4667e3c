// Numbers from what Nix prints while it copies (--log-format internal-json): bytes and paths, done and
// expected. Never fails: a line it cannot read is no progress.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace landscaper::install {

struct copy_progress {
    std::uint64_t bytes = 0, bytes_expected = 0;  // NAR bytes; 0 expected = unknown
    std::uint64_t paths = 0, paths_expected = 0;
    std::string last;  // the last thing Nix said for people, printable
    friend bool operator==(const copy_progress&, const copy_progress&) = default;
};

class copy_watch {
  public:
    // `sizes`: store path -> NAR bytes of the closure. Nix 2.8 itself prints only compressed bytes.
    explicit copy_watch(std::map<std::string, std::uint64_t> sizes = {});
    // One line of output. True when the numbers changed.
    bool on_line(std::string_view line);
    const copy_progress& now() const { return now_; }

  private:
    struct activity {
        int type = 0;
        std::uint64_t size = 0;  // NAR bytes of a path that is being copied
        std::uint64_t done = 0;
    };
    void on_stop(const activity& ended);
    std::uint64_t in_flight() const;

    std::map<std::string, std::uint64_t> sizes_;
    std::map<std::uint64_t, activity> running_;
    std::uint64_t ended_bytes_ = 0;
    copy_progress now_;
};

}  // namespace landscaper::install
