#include "state/sqlite.h"

#include "base/library.h"
#include "base/text.h"

namespace state {
namespace {

[[noreturn]] void fail(const Sqlite& sqlite, int code, sqlite3* handle) {
  throw SqlError(code, handle == nullptr ? "out of memory" : base::printable(sqlite.errmsg(handle), 300));
}

}  // namespace

std::expected<Sqlite, std::string> load_sqlite() {
  base::Library library("libsqlite3.so.0");
  if (!library.loaded())
    return std::unexpected("the library libsqlite3.so.0 cannot be loaded. Install the package libsqlite3-0.");
  const Sqlite sqlite{
      .open_v2 = MCP_PVE_FUNCTION(library, sqlite3_open_v2),
      .close_v2 = MCP_PVE_FUNCTION(library, sqlite3_close_v2),
      .busy_timeout = MCP_PVE_FUNCTION(library, sqlite3_busy_timeout),
      .extended_result_codes = MCP_PVE_FUNCTION(library, sqlite3_extended_result_codes),
      .errmsg = MCP_PVE_FUNCTION(library, sqlite3_errmsg),
      .prepare_v2 = MCP_PVE_FUNCTION(library, sqlite3_prepare_v2),
      .finalize = MCP_PVE_FUNCTION(library, sqlite3_finalize),
      .bind_int64 = MCP_PVE_FUNCTION(library, sqlite3_bind_int64),
      .bind_text = MCP_PVE_FUNCTION(library, sqlite3_bind_text),
      .bind_blob = MCP_PVE_FUNCTION(library, sqlite3_bind_blob),
      .step = MCP_PVE_FUNCTION(library, sqlite3_step),
      .column_int64 = MCP_PVE_FUNCTION(library, sqlite3_column_int64),
      .column_blob = MCP_PVE_FUNCTION(library, sqlite3_column_blob),
      .column_bytes = MCP_PVE_FUNCTION(library, sqlite3_column_bytes),
      .changes = MCP_PVE_FUNCTION(library, sqlite3_changes),
      .libversion = MCP_PVE_FUNCTION(library, sqlite3_libversion),
  };
  if (!library.complete())
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
