// Owns the provider operations that are under way: one coroutine each, cancelled singly or all together.
// Never decides anything; says what came of each.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <functional>
#include <memory>

#include "landscaper/async/task.hpp"
#include "landscaper/engine/scheduler.hpp"
#include "landscaper/provider/provider.hpp"

namespace landscaper::engine {

class operations {
  public:
    // Called with succeeded, failed and said.
    using teller = std::function<void(event)>;
    using logger = std::function<void(const path&, const std::string& line)>;

    operations(const asio::any_io_executor& executor, const provider::registry& types, teller tell,
               logger log);
    ~operations();  // what still runs goes on unheard
    operations(const operations&) = delete;
    operations& operator=(const operations&) = delete;

    void begin(const start& what);
    void cancel(std::uint64_t run);
    void cancel_all();
    std::size_t size() const;

  private:
    struct shared;
    std::shared_ptr<shared> shared_;
};

}  // namespace landscaper::engine
