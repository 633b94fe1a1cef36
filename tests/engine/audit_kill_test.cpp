// Servers that are killed (kill -9) at any point of their work: the database opens, its chain is whole, and
// no change has arrived at PVE without its attempt.
#include <dlfcn.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <random>
#include <regex>
#include <set>
#include <thread>

#include "engine/rows.h"
#include "engine/toolbox.h"
#include "state/audit.h"
#include "state/state_folder.h"
#include "support/scripted_pve.h"

namespace {

namespace fs = std::filesystem;

constexpr int kPoints = 200;
constexpr int kPointsOfOneFolder = 20;
/// What a server does until its last point: about ten changes by two threads.
constexpr int kLastPoint = 200;

/// How many points are left until this process is killed; negative: it is not killed.
std::atomic<int> points_left{-1};
bool tears_writes = false;

[[noreturn]] void die() {
  ::kill(::getpid(), SIGKILL);
  while (true) ::pause();
}

bool is_last_point() { return points_left.load() >= 0 && points_left.fetch_sub(1) == 0; }

void point() {
  if (is_last_point()) die();
}

ssize_t pwrite_or_die(int file, const void* data, std::size_t size, off_t at) {
  if (is_last_point()) {
    if (tears_writes) (void)!::pwrite(file, data, size / 2, at);
    die();
  }
  const auto written = ::pwrite(file, data, size, at);
  point();
  return written;
}

int ftruncate_or_die(int file, off_t size) {
  point();
  return ::ftruncate(file, size);
}

/// Lets SQLite write through the functions above.
void count_writes() {
  auto* const library = ::dlopen("libsqlite3.so.0", RTLD_NOW | RTLD_LOCAL);
  ASSERT_NE(library, nullptr);
  const auto find = reinterpret_cast<decltype(&sqlite3_vfs_find)>(::dlsym(library, "sqlite3_vfs_find"));
  ASSERT_NE(find, nullptr);
  // The library initializes itself at the first use.
  const auto initialize =
      reinterpret_cast<decltype(&sqlite3_initialize)>(::dlsym(library, "sqlite3_initialize"));
  ASSERT_EQ(initialize(), SQLITE_OK);
  auto* const vfs = find(nullptr);
  for (const auto* const name : {"pwrite", "pwrite64"}) {
    if (vfs->xGetSystemCall(vfs, name) != nullptr)
      vfs->xSetSystemCall(vfs, name, reinterpret_cast<sqlite3_syscall_ptr>(&pwrite_or_die));
  }
  vfs->xSetSystemCall(vfs, "ftruncate", reinterpret_cast<sqlite3_syscall_ptr>(&ftruncate_or_die));
}

/// A server with its own PVE, which writes the name of each change that arrives into a file.
class Server {
 public:
  Server(const test::StateFolder& folder, const facts::Facts& facts, const std::string& arrived)
      : database_(folder.finder()),
        key_("", folder.finder()),
        audit_(database_, key_, clock_, {}),
        box_(test::kCategories, {}, {client_, facts, clock_, {}, nullptr, &audit_}),
        arrived_(::open(arrived.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {
    pve_.answer("GET *", R"({"name":"web","smbios1":"uuid=5a1e"})");
    pve_.answer("GET /cluster/resources", R"([{"type":"node","node":"pve1","status":"online"},
                                              {"type":"qemu","vmid":100,"node":"pve1","name":"web"}])");
    pve_.answer("PUT *", [this](const test::Asked& asked) -> test::Answer {
      const auto line = asked.request.body + "\n";
      if (::write(arrived_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) ::_exit(2);
      point();
      return test::pve_answer("null");
    });
  }

  void change(const std::string& name) {
    const base::JsonObject arguments{{"vmid", 100}, {"node", "pve1"}, {"description", name}};
    const base::JsonObject none;
    mcp::NullSink unheard;
    (void)box_.call(
        {{{}, mcp::Era::Modern, none, none, unheard, unheard, {}}, "pve_update_qemu_config", arguments});
    point();
  }

 private:
  base::ManualClock clock_;
  test::ScriptedPve pve_;
  pve::Client client_{pve_,
                      {"root@pam!t", "secret-of-the-token", ""},
                      {"https://pve:8006", std::chrono::seconds(30), {}, {}}};
  state::Database database_;
  state::RecordKey key_;
  state::AuditLog audit_;
  engine::Toolbox box_;
  int arrived_;
};

[[noreturn]] void serve_until_killed(const test::StateFolder& folder, const facts::Facts& facts,
                                     const std::string& arrived, int run) {
  Server server(folder, facts, arrived);
  const auto work = [&](char thread) {
    for (int i = 0; i < 1000; ++i) server.change(std::to_string(run) + thread + std::to_string(i));
  };
  std::thread other(work, 'b');
  work('a');
  ::_exit(3);
}

std::set<std::string> recorded(state::Database& database) {
  std::set<std::string> names;
  const auto read = state::read_audit(database, [&](const state::StoredRecord& stored) {
    const auto record = state::parse_record(stored.record);
    if (record && record->of == 0) names.emplace(record->attempt.arguments.at("description").as_string());
    return true;
  });
  // A process that was killed early may have made no database.
  EXPECT_TRUE(read || read.error().absent) << read.error().text;
  return names;
}

std::vector<std::string> arrived_names(const std::string& file) {
  std::vector<std::string> names;
  std::ifstream in(file);
  const std::regex form(".*description=([0-9a-z]+).*");
  for (std::string line; std::getline(in, line);) {
    std::smatch match;
    EXPECT_TRUE(std::regex_match(line, match, form)) << line;
    names.push_back(match[1]);
  }
  return names;
}

TEST(KilledServer, LeavesNoChangeWithoutItsAttemptAndAWholeChain) {
  count_writes();
  const facts::Facts facts;
  std::mt19937 random(20'261'130);
  std::size_t changes = 0;
  std::int64_t records = 0;
  for (int first = 0; first < kPoints; first += kPointsOfOneFolder) {
    const test::StateFolder folder;
    const auto arrived = folder.path().string() + ".arrived";
    for (int run = first; run < first + kPointsOfOneFolder; ++run) {
      const auto at = static_cast<int>(random() % kLastPoint);
      const bool tears = random() % 2 == 0;
      const auto child = ::fork();
      if (child == 0) {
        points_left = at;
        tears_writes = tears;
        serve_until_killed(folder, facts, arrived, run);
      }
      int status = 0;
      ASSERT_EQ(::waitpid(child, &status, 0), child);
      ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;

      state::Database database(folder.finder());
      const state::RecordKey key("", folder.finder());
      const auto attempts = recorded(database);
      for (const auto& name : arrived_names(arrived))
        EXPECT_TRUE(attempts.contains(name)) << name << " arrived, killed at point " << at;
      if (!database.exists()) continue;
      const auto verified = state::verify_audit(database, key, {});
      ASSERT_TRUE(verified) << verified.error().text;
      EXPECT_THAT(verified->findings, testing::IsEmpty()) << "killed at point " << at;
      if (run == first + kPointsOfOneFolder - 1) records += verified->records;
    }
    changes += arrived_names(arrived).size();
    fs::remove(arrived);
  }
  EXPECT_GT(changes, 100U);
  EXPECT_GT(records, 200);
  RecordProperty("changes", static_cast<int>(changes));
}

}  // namespace
