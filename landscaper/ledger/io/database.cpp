#include "landscaper/ledger/io/database.hpp"

#include "landscaper/ledger/io/store.hpp"

namespace landscaper::ledger {

static store_errc code_of(int sqlite_code) {
    switch (sqlite_code & 0xff) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED: return store_errc::locked;
        case SQLITE_NOTADB:
        case SQLITE_CORRUPT:
        case SQLITE_CANTOPEN: return store_errc::unreadable;
        default: return store_errc::not_written;
    }
}

static error failure(sqlite3* handle, std::string_view doing) {
    return {code_of(sqlite3_errcode(handle)),
            std::string(doing.substr(0, 60)) + ": " + sqlite3_errmsg(handle)};
}

statement& statement::bind(int index, std::int64_t value) {
    sqlite3_bind_int64(statement_.get(), index, value);
    return *this;
}

statement& statement::bind(int index, std::string_view value) {
    sqlite3_bind_text(statement_.get(), index, value.data(), static_cast<int>(value.size()),
                      SQLITE_TRANSIENT);
    return *this;
}

statement& statement::bind(int index, bytes_view value) {
    sqlite3_bind_blob(statement_.get(), index, value.data(), static_cast<int>(value.size()),
                      SQLITE_TRANSIENT);
    return *this;
}

result<bool> statement::step() {
    int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    return failure(sqlite3_db_handle(statement_.get()), sqlite3_sql(statement_.get()));
}

result<void> statement::run() {
    TRY(bool row, step());
    static_cast<void>(row);
    return {};
}

std::int64_t statement::integer(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}

std::string statement::text(int column) const {
    auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
    if (!data) return {};
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

bytes statement::blob(int column) const {
    auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_.get(), column));
    if (!data) return {};
    return {data, data + sqlite3_column_bytes(statement_.get(), column)};
}

result<database> database::open(const std::string& path) {
    sqlite3* handle = nullptr;
    int code = sqlite3_open_v2(path.c_str(), &handle,
                               SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    database out;
    out.handle_.reset(handle);
    if (code != SQLITE_OK) return error(store_errc::unreadable, path + ": " + sqlite3_errstr(code));
    return out;
}

result<statement> database::prepare(std::string_view sql) {
    sqlite3_stmt* made = nullptr;
    int code = sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()), &made, nullptr);
    statement out;
    out.statement_.reset(made);
    if (code != SQLITE_OK) return failure(handle_.get(), sql);
    return out;
}

result<void> database::run(std::string_view sql) {
    if (sqlite3_exec(handle_.get(), std::string(sql).c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
        return failure(handle_.get(), sql);
    }
    return {};
}

}  // namespace landscaper::ledger
