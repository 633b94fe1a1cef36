// The database in the state folder, shared by all processes that use the folder: the audit and the plans.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <concepts>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "state/folder.h"
#include "state/sqlite.h"

namespace state {

inline constexpr std::string_view kDatabase = "state.db";

struct DatabaseError {
  /// There is no database, and none can be made.
  bool absent = false;
  /// A clause with a full stop, and the remedy: "the state folder /x cannot be made: …. Set …."
  std::string text;
};

/// Opens the file at the first use, and again if another file has taken its name. Safe from many threads,
/// and from many processes. A second Database of the same file within a process is not safe.
class Database {
 public:
  struct Options {
    /// How long to wait for other processes.
    std::chrono::milliseconds patience{10'000};
    /// The write-ahead log, which needs memory that processes share. A file system without it gets the
    /// rollback journal in any case.
    bool write_ahead = true;
  };

  /// `folder` is asked at each use; nothing: there is none.
  explicit Database(std::function<std::optional<Folder>()> folder) : Database(std::move(folder), Options{}) {}
  Database(std::function<std::optional<Folder>()> folder, Options options);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Runs `work` in one transaction that no other process writes into, and commits it. Makes folder and file
  /// first where they are missing: the folder for its user alone, the file with mode 0600; root keeps the
  /// owner of the folder. `work` may throw SqlError; then nothing of it remains.
  template <std::invocable<Connection&> Work>
  auto change(const Work& work) {
    return within(true, true, work);
  }

  /// As change(), but makes nothing: the error is `absent` if there is no database.
  template <std::invocable<Connection&> Work>
  auto change_existing(const Work& work) {
    return within(true, false, work);
  }

  /// As change_existing(), for work that only reads, of one moment; others may write meanwhile.
  template <std::invocable<Connection&> Work>
  auto read(const Work& work) {
    return within(false, false, work);
  }

  /// Returns true if the folder has a database, opened or not. Opens nothing.
  bool exists() const;

  /// Where the file is, or would be; nothing without a folder.
  std::optional<std::filesystem::path> path() const;

 private:
  template <class Work>
  auto within(bool writes, bool make, const Work& work)
      -> std::expected<std::invoke_result_t<const Work&, Connection&>, DatabaseError> {
    using Result = std::invoke_result_t<const Work&, Connection&>;
    const std::scoped_lock lock(mutex_);
    try {
      if (auto open = ready(make); !open) return std::unexpected(std::move(open.error()));
      Transaction transaction(*connection_, writes);
      if constexpr (std::is_void_v<Result>) {
        work(*connection_);
        transaction.commit();
        return {};
      } else {
        Result result = work(*connection_);
        transaction.commit();
        return result;
      }
    } catch (const SqlError& error) {
      return std::unexpected(failed(error));
    }
  }

  std::expected<void, DatabaseError> ready(bool make);
  void open(int folder);
  DatabaseError failed(const SqlError& error);

  const std::function<std::optional<Folder>()> folder_;
  const Options options_;
  std::mutex mutex_;
  std::optional<Sqlite> sqlite_;
  std::filesystem::path path_;  ///< of the file that is opened
  dev_t device_ = 0;
  ino_t inode_ = 0;
  std::unique_ptr<Connection> connection_;
};

}  // namespace state
