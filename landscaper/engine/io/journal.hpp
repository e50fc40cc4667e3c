// Which operations are under way, on disk before the provider hears of them: after a crash it says what may
// exist without being recorded. Holds no inputs, only their digest. Blocking, milliseconds.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "landscaper/base/error.hpp"
#include "landscaper/base/unique_fd.hpp"
#include "landscaper/engine/scheduler.hpp"

namespace landscaper::engine {

class journal {
  public:
    journal() = default;  // keeps nothing
    // Opens or creates FILE (0600). A torn last line is dropped: its request was not sent.
    static result<journal> open(const std::string& file);

    // Started and not ended, when it was opened.
    const std::map<path, interrupted>& interrupted_before() const { return interrupted_; }

    // Durable when it returns.
    result<void> started(const std::vector<interrupted>& operations);
    // Not made durable: a crash right after only means that it is looked at again.
    result<void> ended(const std::vector<path>& at);

  private:
    result<void> write(const std::string& lines);

    std::string name_;
    unique_fd fd_;
    std::map<path, interrupted> interrupted_;
    std::map<path, interrupted> open_;
    std::size_t bytes_ = 0;
};

}  // namespace landscaper::engine
