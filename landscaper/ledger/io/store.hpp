// The ledger on disk: one SQLite connection on a thread of its own (WAL, synchronous=FULL). A committed batch
// survives a power cut; commit() resumes after the fsync.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <string>
#include <vector>

#include "landscaper/async/task.hpp"
#include "landscaper/ledger/change.hpp"

namespace landscaper::ledger {

enum class store_errc {
    unreadable = 1,  // not a ledger, damaged, or made by a newer landscaper
    not_written,     // SQLite refused the batch; the model is unchanged
    locked,          // another serve uses this state folder
};
const char* describe(store_errc code);

class store {
  public:
    // Opens or creates `path`; a new ledger gets `new_rack` as its rack id. Blocking; at start-up only.
    static result<std::unique_ptr<store>> open(const asio::any_io_executor& executor, const std::string& path,
                                               const id128& new_rack);
    ~store();

    // The content as of the last commit that returned.
    const model& content() const;
    // Writes all changes in one transaction, fsyncs, then applies them to content().
    task<> commit(std::vector<change> batch);
    // One change.
    task<> commit_one(change what);

  private:
    class impl;
    explicit store(std::unique_ptr<impl> p);
    std::unique_ptr<impl> impl_;
};

}  // namespace landscaper::ledger

LANDSCAPER_ERROR_ENUM(landscaper::ledger, store_errc, "ledger")
