// SQLite with results instead of return codes, and statements that finalise themselves.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "landscaper/base/bytes.hpp"
#include "landscaper/base/error.hpp"

namespace landscaper::ledger {

class statement {
  public:
    statement& bind(int index, std::int64_t value);
    statement& bind(int index, std::string_view value);
    statement& bind(int index, bytes_view value);
    // Advances: true on a row, false at the end.
    result<bool> step();
    result<void> run();

    std::int64_t integer(int column) const;
    std::string text(int column) const;
    bytes blob(int column) const;

  private:
    friend class database;
    struct finalise {
        void operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); }
    };
    std::unique_ptr<sqlite3_stmt, finalise> statement_;
};

class database {
  public:
    static result<database> open(const std::string& path);
    result<statement> prepare(std::string_view sql);
    result<void> run(std::string_view sql);

  private:
    struct close {
        void operator()(sqlite3* s) const { sqlite3_close(s); }
    };
    std::unique_ptr<sqlite3, close> handle_;
};

}  // namespace landscaper::ledger
