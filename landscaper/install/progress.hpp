// Numbers from what Nix prints while it copies (--log-format internal-json): bytes and paths, done and
// expected. Never fails: a line it cannot read is no progress.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace landscaper::install {

struct copy_progress {
    std::uint64_t bytes = 0, bytes_expected = 0;  // NAR bytes
    std::uint64_t paths = 0, paths_expected = 0;
    std::string last;  // the last thing Nix said for people, printable
    friend bool operator==(const copy_progress&, const copy_progress&) = default;
};

class copy_watch {
  public:
    // `expected`: NAR bytes of the closure when known; Nix itself learns it path by path.
    explicit copy_watch(std::uint64_t expected = 0) { now_.bytes_expected = expected; }
    // One line of output. True when the numbers changed.
    bool on_line(std::string_view line);
    const copy_progress& now() const { return now_; }

  private:
    struct activity {
        int type = 0;
        std::uint64_t done = 0;
    };
    std::map<std::uint64_t, activity> running_;
    std::uint64_t ended_bytes_ = 0;
    copy_progress now_;
};

}  // namespace landscaper::install
