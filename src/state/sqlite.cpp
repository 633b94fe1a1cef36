#include "state/sqlite.h"

#include <dlfcn.h>

#include "base/text.h"

namespace state {
namespace {

constexpr auto kLibrary = "libsqlite3.so.0";

template <class Function>
bool find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  return function != nullptr;
}

[[noreturn]] void fail(const Sqlite& sqlite, int code, sqlite3* handle) {
  throw SqlError(code, handle == nullptr ? "out of memory" : base::printable(sqlite.errmsg(handle), 300));
}

}  // namespace

std::expected<Sqlite, std::string> load_sqlite() {
  void* const library = ::dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr)
    return std::unexpected("the library libsqlite3.so.0 cannot be loaded. Install the package libsqlite3-0.");
  Sqlite sqlite;
  const bool complete = find(library, "sqlite3_open_v2", sqlite.open_v2) &&
                        find(library, "sqlite3_close_v2", sqlite.close_v2) &&
                        find(library, "sqlite3_busy_timeout", sqlite.busy_timeout) &&
                        find(library, "sqlite3_extended_result_codes", sqlite.extended_result_codes) &&
                        find(library, "sqlite3_errmsg", sqlite.errmsg) &&
                        find(library, "sqlite3_prepare_v2", sqlite.prepare_v2) &&
                        find(library, "sqlite3_finalize", sqlite.finalize) &&
                        find(library, "sqlite3_bind_int64", sqlite.bind_int64) &&
                        find(library, "sqlite3_bind_text", sqlite.bind_text) &&
                        find(library, "sqlite3_bind_blob", sqlite.bind_blob) &&
                        find(library, "sqlite3_step", sqlite.step) &&
                        find(library, "sqlite3_column_int64", sqlite.column_int64) &&
                        find(library, "sqlite3_column_blob", sqlite.column_blob) &&
                        find(library, "sqlite3_column_bytes", sqlite.column_bytes) &&
                        find(library, "sqlite3_changes", sqlite.changes);
  if (!complete)
    return std::unexpected(
        "the library libsqlite3.so.0 lacks a function. Install the package libsqlite3-0 of Debian 12 or "
        "later.");
  return sqlite;
}

Connection::Connection(const Sqlite& sqlite, const std::string& path)
    : sqlite_(sqlite), handle_(nullptr, sqlite.close_v2) {
  sqlite3* handle = nullptr;
  const int code =
      sqlite.open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  handle_.reset(handle);
  if (code != SQLITE_OK) fail(sqlite, code, handle);
  sqlite.extended_result_codes(handle, 1);
}

void Connection::wait_for(std::chrono::milliseconds patience) {
  sqlite_.busy_timeout(handle_.get(), static_cast<int>(patience.count()));
}

void Connection::run(std::string_view sql) { Statement(*this, sql).run(); }

std::string Connection::text(std::string_view sql) {
  Statement statement(*this, sql);
  return statement.step() ? statement.text(0) : std::string();
}

std::int64_t Connection::number(std::string_view sql) {
  Statement statement(*this, sql);
  return statement.step() ? statement.number(0) : 0;
}

Transaction::Transaction(Connection& connection, bool writes) : connection_(connection) {
  connection.run(writes ? "BEGIN IMMEDIATE" : "BEGIN");
}

Transaction::~Transaction() {
  if (!open_) return;
  try {
    connection_.run("ROLLBACK");
  } catch (const SqlError&) {
    // SQLite has rolled it back already, as it does after a failed write.
    open_ = false;
  }
}

void Transaction::commit() {
  connection_.run("COMMIT");
  open_ = false;
}

Statement::Statement(Connection& connection, std::string_view sql)
    : connection_(connection), handle_(nullptr, connection.sqlite_.finalize) {
  sqlite3_stmt* handle = nullptr;
  const int code = connection.sqlite_.prepare_v2(connection.handle_.get(), sql.data(),
                                                 static_cast<int>(sql.size()), &handle, nullptr);
  handle_.reset(handle);
  if (code != SQLITE_OK) fail(connection.sqlite_, code, connection.handle_.get());
}

Statement& Statement::with(std::int64_t value) {
  const auto& sqlite = connection_.sqlite_;
  if (const int code = sqlite.bind_int64(handle_.get(), next_++, value); code != SQLITE_OK)
    fail(sqlite, code, connection_.handle_.get());
  return *this;
}

Statement& Statement::with(std::string_view text) {
  const auto& sqlite = connection_.sqlite_;
  // A null pointer would bind NULL.
  const char* const data = text.empty() ? "" : text.data();
  if (const int code =
          sqlite.bind_text(handle_.get(), next_++, data, static_cast<int>(text.size()), SQLITE_STATIC);
      code != SQLITE_OK)
    fail(sqlite, code, connection_.handle_.get());
  return *this;
}

Statement& Statement::with_blob(std::string_view bytes) {
  const auto& sqlite = connection_.sqlite_;
  const char* const data = bytes.empty() ? "" : bytes.data();
  if (const int code =
          sqlite.bind_blob(handle_.get(), next_++, data, static_cast<int>(bytes.size()), SQLITE_STATIC);
      code != SQLITE_OK)
    fail(sqlite, code, connection_.handle_.get());
  return *this;
}

bool Statement::step() {
  const auto& sqlite = connection_.sqlite_;
  const int code = sqlite.step(handle_.get());
  if (code != SQLITE_ROW && code != SQLITE_DONE) fail(sqlite, code, connection_.handle_.get());
  return code == SQLITE_ROW;
}

std::int64_t Statement::run() {
  while (step()) {
  }
  return connection_.sqlite_.changes(connection_.handle_.get());
}

std::int64_t Statement::number(int column) const {
  return connection_.sqlite_.column_int64(handle_.get(), column);
}

std::string Statement::text(int column) const {
  const auto& sqlite = connection_.sqlite_;
  // In this order: the conversion of column_blob decides on the number of bytes.
  const auto* const data = static_cast<const char*>(sqlite.column_blob(handle_.get(), column));
  const auto size = sqlite.column_bytes(handle_.get(), column);
  return data == nullptr ? std::string() : std::string(data, static_cast<std::size_t>(size));
}

}  // namespace state
