// SQLite, loaded when it is first needed, and the few of its functions that the database uses.
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace state {

/// The functions of the loaded library. It stays loaded until the process ends.
struct Sqlite {
  decltype(&sqlite3_open_v2) open_v2 = nullptr;
  decltype(&sqlite3_close_v2) close_v2 = nullptr;
  decltype(&sqlite3_busy_timeout) busy_timeout = nullptr;
  decltype(&sqlite3_extended_result_codes) extended_result_codes = nullptr;
  decltype(&sqlite3_errmsg) errmsg = nullptr;
  decltype(&sqlite3_prepare_v2) prepare_v2 = nullptr;
  decltype(&sqlite3_finalize) finalize = nullptr;
  decltype(&sqlite3_bind_int64) bind_int64 = nullptr;
  decltype(&sqlite3_bind_text) bind_text = nullptr;
  decltype(&sqlite3_bind_blob) bind_blob = nullptr;
  decltype(&sqlite3_step) step = nullptr;
  decltype(&sqlite3_column_int64) column_int64 = nullptr;
  decltype(&sqlite3_column_blob) column_blob = nullptr;
  decltype(&sqlite3_column_bytes) column_bytes = nullptr;
  decltype(&sqlite3_changes) changes = nullptr;
  decltype(&sqlite3_libversion) libversion = nullptr;
};

/// The error is a sentence with the remedy.
std::expected<Sqlite, std::string> load_sqlite();

/// Thrown by Connection and Statement, and caught by Database.
class SqlError : public std::runtime_error {
 public:
  /// `code` is SQLite's extended result code.
  SqlError(int code, const std::string& message) : std::runtime_error(message), code_(code) {}
  int code() const { return code_; }

 private:
  int code_;
};

/// One open database file. For one thread at a time. Refers to the library.
class Connection {
 public:
  /// Opens an existing file. Throws SqlError.
  Connection(const Sqlite& sqlite, const std::string& path);

  /// How long a statement waits for other connections.
  void wait_for(std::chrono::milliseconds patience);

  /// Runs one statement without parameters; its rows are ignored.
  void run(std::string_view sql);
  /// The first column of the first row of such a statement as text; empty without a row.
  std::string text(std::string_view sql);
  std::int64_t number(std::string_view sql);

 private:
  friend class Statement;
  const Sqlite& sqlite_;
  std::unique_ptr<sqlite3, decltype(&sqlite3_close_v2)> handle_;
};

/// One that writes excludes other writers until its end. Undoes its changes unless commit() was called.
class Transaction {
 public:
  /// Throws SqlError.
  Transaction(Connection& connection, bool writes);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();

  /// Throws SqlError.
  void commit();

 private:
  Connection& connection_;
  bool open_ = true;
};

/// A statement of a Connection. Values must live until the last step(). Throws SqlError.
class Statement {
 public:
  Statement(Connection& connection, std::string_view sql);

  /// The next parameter.
  Statement& with(std::int64_t value);
  Statement& with(std::string_view text);
  Statement& with_blob(std::string_view bytes);

  /// Returns true if there is a row.
  bool step();
  /// Runs to the end; returns the number of rows that it changed.
  std::int64_t run();

  std::int64_t number(int column) const;
  /// Text or a blob.
  std::string text(int column) const;

 private:
  Connection& connection_;
  std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> handle_;
  int next_ = 1;
};

}  // namespace state
