#include "state/database.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "base/text.h"

namespace state {
namespace {

namespace fs = std::filesystem;

constexpr int kVersion = 1;
/// "mPVE", which tells `file` whose database it is.
constexpr auto kApplication = "PRAGMA application_id=1834997317";

constexpr std::array kTables{
    // `record` is JSON. `mac` authenticates it, its number and the record before it (state/audit.h).
    "CREATE TABLE audit(number INTEGER PRIMARY KEY, record TEXT NOT NULL, key TEXT NOT NULL, mac BLOB NOT "
    "NULL)",
    // One row at most: the last record that has expired.
    "CREATE TABLE expired(number INTEGER PRIMARY KEY, at INTEGER NOT NULL, head BLOB NOT NULL, key TEXT NOT "
    "NULL, mac BLOB NOT NULL)",
    // Of the call and the object's state only keyed hashes.
    "CREATE TABLE plans(rank INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, caller TEXT NOT NULL, call BLOB "
    "NOT NULL, identity TEXT NOT "
    "NULL, state BLOB NOT NULL, tool TEXT NOT NULL, object TEXT NOT NULL, text TEXT NOT NULL, issued INTEGER "
    "NOT NULL, until INTEGER NOT NULL, decision TEXT NOT NULL DEFAULT 'open', decided_by TEXT NOT NULL "
    "DEFAULT '', decided_at INTEGER NOT NULL DEFAULT 0)",
};

std::string shown(const fs::path& path) { return base::printable(path.string()); }

std::string words(int code) { return std::generic_category().message(code); }

/// Processes on several machines may use such a folder. They share no memory, also where each of them can
/// map the file.
bool is_on_network(int folder) {
  // As in linux/magic.h, and those of statfs(2) that it lacks.
  constexpr std::array<unsigned, 10> kNetwork{0x6969U /* NFS */,       0x517BU /* SMB */,
                                              0xFF534D42U /* CIFS */,  0xFE534D42U /* SMB2 */,
                                              0x01021997U /* 9P */,    0x65735546U /* FUSE */,
                                              0x00C36400U /* Ceph */,  0x01161970U /* GFS2 */,
                                              0x7461636FU /* OCFS2 */, 0x5346414FU /* AFS */};
  struct statfs about{};
  return ::fstatfs(folder, &about) == 0 &&
         std::ranges::find(kNetwork, static_cast<unsigned>(about.f_type)) != kNetwork.end();
}

/// Makes the file, where it is missing, for the owner of the folder alone; 0 or an errno.
int make_file(int folder, const char* name) {
  const int file = ::openat(folder, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return errno == EEXIST ? 0 : errno;
  struct stat owner{};
  // SQLite gives the files beside it the same owner.
  const bool own =
      ::geteuid() != 0 || (::fstat(folder, &owner) == 0 && ::fchown(file, owner.st_uid, owner.st_gid) == 0);
  const int code = own ? 0 : errno;
  ::close(file);
  return code;
}

/// Why the file in the folder must not be used, as the rest of a clause.
std::optional<std::string> misfit(int folder, const char* name) {
  struct stat about{};
  if (::fstatat(folder, name, &about, AT_SYMLINK_NOFOLLOW) != 0) return "cannot be read: " + words(errno);
  if (!S_ISREG(about.st_mode)) return "is not a regular file";
  if (about.st_uid != ::geteuid() && ::geteuid() != 0)
    return fmt::format("belongs to the user {}", user_name(about.st_uid));
  if ((about.st_mode & 077U) != 0 && ::fchmodat(folder, name, 0600, 0) != 0)
    return "may be used by other users, and its mode cannot be changed: " + words(errno);
  return std::nullopt;
}

/// SQLite could not make or map the file that processes share.
bool lacks_shared_memory(int code) {
  return code == SQLITE_IOERR_SHMOPEN || code == SQLITE_IOERR_SHMSIZE || code == SQLITE_IOERR_SHMMAP ||
         code == SQLITE_IOERR_SHMLOCK || (code & 0xFF) == SQLITE_CANTOPEN ||
         (code & 0xFF) == SQLITE_READONLY || (code & 0xFF) == SQLITE_PROTOCOL;
}

/// In the rollback journal, where a failure leaves an empty file: one that is not empty has all tables.
void make_tables(Connection& connection) {
  const auto version = connection.number("PRAGMA user_version");
  if (version == kVersion) return;
  if (version != 0)
    throw SqlError(SQLITE_MISMATCH,
                   fmt::format("it has version {}, and this mcp-pve knows version {}", version, kVersion));
  Transaction transaction(connection, true);
  if (connection.number("PRAGMA user_version") == 0) {
    for (const auto* const table : kTables) connection.run(table);
    connection.run(kApplication);
    connection.run(fmt::format("PRAGMA user_version={}", kVersion));
  }
  transaction.commit();
}

void set_up(Connection& connection, bool write_ahead, bool alone) {
  // Until a process alone has turned the write-ahead log off, the file cannot be read without shared memory.
  // So this comes before all that reads it.
  if (alone) connection.run("PRAGMA locking_mode=EXCLUSIVE");
  if (alone) connection.run("PRAGMA journal_mode=DELETE");
  connection.run("PRAGMA secure_delete=ON");
  connection.run("PRAGMA synchronous=FULL");
  connection.run("PRAGMA trusted_schema=OFF");
  make_tables(connection);
  if (alone) connection.run("PRAGMA locking_mode=NORMAL");
  if (!alone) {
    const auto mode = connection.text(write_ahead ? "PRAGMA journal_mode=WAL" : "PRAGMA journal_mode=DELETE");
    if (write_ahead && mode != "wal") throw SqlError(SQLITE_IOERR_SHMOPEN, "no write-ahead log");
  }
  // Only now SQLite needs the shared memory, or gives up the lock of a process alone.
  Transaction(connection, true).commit();
  connection.number("SELECT count(*) FROM plans");
}

std::string no_folder() {
  return "there is no state folder, because neither PVE_STATE_DIR nor HOME is set. Set PVE_STATE_DIR to a "
         "folder that this user owns.";
}

}  // namespace

Database::Database(std::function<std::optional<Folder>()> folder, Options options)
    : folder_(std::move(folder)), options_(options) {}

Database::~Database() = default;

std::optional<fs::path> Database::path() const {
  const auto folder = folder_();
  return folder ? std::optional(folder->path / kDatabase) : std::nullopt;
}

bool Database::exists() const {
  const auto file = path();
  if (!file) return false;
  struct stat about{};
  if (::stat(file->c_str(), &about) == 0) return about.st_size > 0;
  // A folder that its owner has locked may have one.
  return errno == EACCES && ::stat(file->parent_path().c_str(), &about) == 0 && about.st_uid == ::geteuid();
}

std::expected<void, DatabaseError> Database::ready(bool make) {
  const auto folder = folder_();
  if (!folder) return std::unexpected(DatabaseError{true, no_folder()});
  const auto path = folder->path / kDatabase;
  struct stat about{};
  const bool is_there = ::stat(path.c_str(), &about) == 0;
  if (connection_ && is_there && path == path_ && about.st_dev == device_ && about.st_ino == inode_)
    return {};
  connection_.reset();
  if (!make && !exists())
    return std::unexpected(
        DatabaseError{true, fmt::format("the state folder {} has no database.", shown(folder->path))});
  if (!sqlite_) {
    auto loaded = load_sqlite();
    if (!loaded) return std::unexpected(DatabaseError{!exists(), std::move(loaded.error())});
    sqlite_ = *loaded;
  }
  const auto opened = open_for_writing(*folder);
  if (!opened) return std::unexpected(DatabaseError{!exists(), opened.error()});
  const std::string name(kDatabase);
  if (const int code = make_file(opened->descriptor(), name.c_str()); code != 0)
    return std::unexpected(DatabaseError{
        !exists(), fmt::format("the database {} cannot be made: {}. Set PVE_STATE_DIR to a folder that this "
                               "user can write to.",
                               shown(path), words(code))});
  if (const auto why = misfit(opened->descriptor(), name.c_str()))
    return std::unexpected(DatabaseError{
        false, fmt::format("the database {} {}. Remove it, or set PVE_STATE_DIR to another folder.",
                           shown(path), *why)});
  path_ = path;
  // Processes that start at once would disturb each other while one of them makes the tables.
  ::flock(opened->descriptor(), LOCK_EX);
  open(opened->descriptor());
  if (::stat(path.c_str(), &about) == 0) {
    device_ = about.st_dev;
    inode_ = about.st_ino;
  }
  return {};
}

void Database::open(int folder) {
  const bool write_ahead = options_.write_ahead && !is_on_network(folder);
  const auto connect = [&](bool alone) {
    connection_.reset();
    connection_ = std::make_unique<Connection>(*sqlite_, path_.string());
    connection_->wait_for(options_.patience);
    set_up(*connection_, write_ahead, alone);
  };
  try {
    connect(false);
  } catch (const SqlError& error) {
    if (!write_ahead || !lacks_shared_memory(error.code())) throw;
    connect(true);
  }
}

DatabaseError Database::failed(const SqlError& error) {
  const auto file = shown(path_);
  const int code = error.code() & 0xFF;
  if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
    return {false,
            fmt::format("another process has used the database {} for more than {} s. Repeat the call.", file,
                        std::chrono::ceil<std::chrono::seconds>(options_.patience).count())};
  // The next use begins anew: what failed may have left the connection in any state.
  connection_.reset();
  const bool absent = !exists();
  if (code == SQLITE_FULL || code == SQLITE_IOERR)
    return {absent, fmt::format("the database {} cannot be written: {}. Check the disk and its free space.",
                                file, error.what())};
  if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
    return {absent, fmt::format("the database {} is damaged: {}. Keep a copy of it and of the files beside "
                                "it, then remove them.",
                                file, error.what())};
  return {absent,
          fmt::format("the database {} cannot be used: {}. Check the state folder.", file, error.what())};
}

}  // namespace state
