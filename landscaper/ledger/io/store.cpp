#include "landscaper/ledger/io/store.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <map>
#include <optional>

#include "landscaper/ledger/io/load.hpp"
#include "landscaper/ledger/io/schema.hpp"

namespace landscaper::ledger {

const char* describe(store_errc code) {
    switch (code) {
        case store_errc::unreadable: return "the ledger cannot be read; restore it from a backup";
        case store_errc::not_written: return "the ledger could not be written; is the disk full?";
        case store_errc::locked:
            return "another landscaper serve uses this state folder; stop it, or give another --state";
    }
    return "unknown error";
}

// The id of the host that a change touches; none for audit.
static const id128* host_of(const change& what) {
    return std::visit(
        [](const auto& c) -> const id128* {
            if constexpr (requires { c.id; }) {
                return &c.id;
            } else {
                return nullptr;
            }
        },
        what);
}

static const host* find(const model& in, const id128& id) {
    auto found = in.hosts.find(id);
    return found == in.hosts.end() ? nullptr : &found->second;
}

class store::impl {
  public:
    explicit impl(database opened) : database_(std::move(opened)) {}

    result<void> prepare(const std::string& path, const id128& new_rack) {
        auto prepared = prepare_tables(new_rack);
        if (!prepared) return prepared.error().in(path);
        TRY(content, load(database_));
        written_ = content;
        return {};
    }

    // Runs on the ledger's own thread, which owns written_ and the database.
    result<void> write(const std::vector<change>& batch) {
        std::map<id128, std::optional<host>> before;
        for (const auto& what : batch) {
            if (auto* id = host_of(what); id && !before.contains(*id)) {
                auto* present = find(written_, *id);
                before.emplace(*id, present ? std::optional(*present) : std::nullopt);
            }
            apply(written_, what);
        }
        auto written = write_rows(batch, before);
        if (!written) restore(before);
        return written;
    }

    model content;
    asio::thread_pool thread{1};

  private:
    using hosts_before = std::map<id128, std::optional<host>>;

    result<void> prepare_tables(const id128& new_rack) {
        // Exclusive for the life of the connection: two daemons on one ledger would both be right.
        TRY_VOID(database_.run("pragma locking_mode = exclusive"));
        TRY_VOID(database_.run("pragma journal_mode = wal"));
        TRY_VOID(database_.run("pragma synchronous = full"));
        TRY_VOID(database_.run("begin exclusive"));
        TRY(auto version, database_.prepare("pragma user_version"));
        TRY(bool row, version.step());
        auto found = row ? version.integer(0) : 0;
        version = {};
        if (found > schema_version) return error(store_errc::unreadable, "written by a newer landscaper");
        if (found == 0) {
            TRY_VOID(create(new_rack));
        } else if (found < schema_version) {
            TRY_VOID(database_.run(from_version_1));
            TRY_VOID(database_.run("pragma user_version = " + std::to_string(schema_version)));
        }
        return database_.run("commit");
    }

    result<void> create(const id128& new_rack) {
        TRY_VOID(database_.run(schema));
        TRY_VOID(database_.run("pragma user_version = " + std::to_string(schema_version)));
        TRY(auto rack, database_.prepare("insert into rack(id) values(?)"));
        return rack.bind(1, bytes_view(new_rack)).run();
    }

    result<void> write_rows(const std::vector<change>& batch, const hosts_before& before) {
        TRY_VOID(database_.run("begin immediate"));
        auto saved = save_all(batch, before);
        auto ended = database_.run(saved ? "commit" : "rollback");
        if (saved && !ended) {
            // SQLite may have done it itself, or not; within an open one the next could not begin.
            auto undone = database_.run("rollback");
            static_cast<void>(undone);
        }
        return saved ? ended : saved;
    }

    result<void> save_all(const std::vector<change>& batch, const hosts_before& before) {
        for (const auto& [id, was] : before) {
            TRY_VOID(save_host(database_, was ? &*was : nullptr, find(written_, id)));
        }
        for (const auto& what : batch) {
            auto* entry = std::get_if<audit>(&what);
            if (!entry) continue;
            TRY_VOID(save_audit(database_, *entry));
        }
        return {};
    }

    void restore(const hosts_before& before) {
        for (const auto& [id, was] : before) {
            written_.hosts.erase(id);
            if (was) written_.hosts.emplace(id, *was);
        }
    }

    database database_;
    model written_;
};

store::store(std::unique_ptr<impl> p) : impl_(std::move(p)) {}

store::~store() {
    if (impl_) impl_->thread.join();
}

const model& store::content() const {
    return impl_->content;
}

result<std::unique_ptr<store>> store::open(const asio::any_io_executor&, const std::string& path,
                                           const id128& new_rack) {
    TRY(auto opened, database::open(path));
    auto made = std::make_unique<impl>(std::move(opened));
    TRY_VOID(made->prepare(path, new_rack));
    return std::unique_ptr<store>(new store(std::move(made)));
}

static asio::awaitable<result<void>> on_thread(std::function<result<void>()> work) {
    co_return work();
}

task<> store::commit(std::vector<change> batch) {
    auto work = on_thread([this, &batch] { return impl_->write(batch); });
    auto pool = impl_->thread.get_executor();
    CO_TRY_VOID(co_await asio::co_spawn(pool, std::move(work), asio::use_awaitable));
    for (const auto& what : batch) apply(impl_->content, what);
    co_return result<void>();
}

task<> store::commit_one(change what) {
    std::vector<change> batch;
    batch.push_back(std::move(what));
    return commit(std::move(batch));
}

}  // namespace landscaper::ledger
