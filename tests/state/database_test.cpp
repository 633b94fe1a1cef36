#include "state/database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <fstream>
#include <thread>
#include <vector>

#include "state/state_folder.h"

namespace {

namespace fs = std::filesystem;
using state::Connection;
using testing::AllOf;
using testing::HasSubstr;

class DatabaseTest : public testing::Test {
 protected:
  static void add(Connection& connection, std::string_view id) {
    state::Statement(connection,
                     "INSERT INTO plans(id,caller,call,identity,state,tool,object,text,issued,until) "
                     "VALUES(?,'','','','','','','',0,0)")
        .with(id)
        .run();
  }
  static std::int64_t count(state::Database& database) {
    return database
        .change([](Connection& connection) { return connection.number("SELECT count(*) FROM plans"); })
        .value_or(-1);
  }
  std::string pragma(state::Database& database, const std::string& name) {
    return database.change([&](Connection& connection) { return connection.text("PRAGMA " + name); })
        .value_or("error");
  }

  test::StateFolder folder_;
  state::Database database_{folder_.finder()};
};

TEST_F(DatabaseTest, NothingIsMadeOrLoadedBeforeTheFirstChange) {
  EXPECT_FALSE(database_.exists());
  const auto none = database_.change_existing([](Connection&) { return 1; });
  ASSERT_FALSE(none);
  EXPECT_TRUE(none.error().absent);
  EXPECT_EQ(none.error().text, "the state folder " + folder_.path().string() + " has no database.");
  EXPECT_FALSE(fs::exists(folder_.path()));
}

TEST_F(DatabaseTest, IsMadeForItsUserAlone) {
  ASSERT_TRUE(database_.change([](Connection& connection) { add(connection, "one"); }));
  EXPECT_TRUE(database_.exists());
  EXPECT_EQ(test::StateFolder::mode(folder_.path()), 0700U);
  for (const auto& entry : fs::directory_iterator(folder_.path()))
    EXPECT_EQ(test::StateFolder::mode(entry.path()), 0600U) << entry.path();
}

TEST_F(DatabaseTest, TakesTheModeBackFromOtherUsers) {
  ASSERT_EQ(count(database_), 0);
  fs::permissions(folder_.file("state.db"), fs::perms(0666));
  state::Database other(folder_.finder());
  EXPECT_EQ(count(other), 0);
  EXPECT_EQ(test::StateFolder::mode(folder_.file("state.db")), 0600U);
}

TEST_F(DatabaseTest, OverwritesWhatItDeletesAndWaitsForTheDisk) {
  EXPECT_EQ(pragma(database_, "journal_mode"), "wal");
  EXPECT_EQ(pragma(database_, "secure_delete"), "1");
  EXPECT_EQ(pragma(database_, "synchronous"), "2");
}

TEST_F(DatabaseTest, UsesTheRollbackJournalWithoutSharedMemory) {
  fs::create_directories(folder_.file("state.db-shm"));
  EXPECT_EQ(count(database_), 0);
  EXPECT_EQ(pragma(database_, "journal_mode"), "delete");
}

TEST_F(DatabaseTest, LeavesTheWriteAheadLogWhereTheSharedMemoryIsLost) {
  {
    state::Database before(folder_.finder());
    ASSERT_TRUE(before.change([](Connection& connection) { add(connection, "one"); }));
  }
  fs::remove(folder_.file("state.db-shm"));
  fs::create_directories(folder_.file("state.db-shm"));
  EXPECT_EQ(count(database_), 1);
  EXPECT_EQ(pragma(database_, "journal_mode"), "delete");
}

TEST_F(DatabaseTest, UndoesAFailedChange) {
  const auto failed = database_.change([](Connection& connection) {
    add(connection, "one");
    add(connection, "one");
  });
  ASSERT_FALSE(failed);
  EXPECT_FALSE(failed.error().absent);
  EXPECT_EQ(count(database_), 0);
}

TEST_F(DatabaseTest, BeginsAnewWhenTheFileWasRemoved) {
  ASSERT_TRUE(database_.change([](Connection& connection) { add(connection, "one"); }));
  fs::remove_all(folder_.path());
  EXPECT_EQ(count(database_), 0);
  EXPECT_TRUE(fs::exists(folder_.file("state.db")));
}

TEST_F(DatabaseTest, IsAbsentWithoutAFolder) {
  state::Database nowhere([] { return std::optional<state::Folder>(); });
  const auto none = nowhere.change([](Connection&) { return 1; });
  ASSERT_FALSE(none);
  EXPECT_TRUE(none.error().absent);
  EXPECT_THAT(none.error().text, HasSubstr("neither PVE_STATE_DIR nor HOME is set"));
}

TEST_F(DatabaseTest, IsAbsentWhereTheFolderCannotBeMade) {
  std::ofstream(folder_.path()) << "a file in its place";
  const auto none = database_.change([](Connection&) { return 1; });
  ASSERT_FALSE(none);
  EXPECT_TRUE(none.error().absent);
  EXPECT_THAT(none.error().text, AllOf(HasSubstr(folder_.path().string()), HasSubstr("Set PVE_STATE_DIR")));
}

TEST_F(DatabaseTest, IsNotAbsentOnceThereIsOne) {
  ASSERT_EQ(count(database_), 0);
  std::ofstream(folder_.file("state.db"), std::ios::trunc) << "no database at all, but with some bytes";
  state::Database other(folder_.finder());
  const auto broken = other.change([](Connection&) { return 1; });
  ASSERT_FALSE(broken);
  EXPECT_FALSE(broken.error().absent);
  EXPECT_THAT(broken.error().text, HasSubstr("is damaged"));
}

TEST_F(DatabaseTest, IsNotOpenedThroughALink) {
  fs::create_directories(folder_.path());
  fs::create_symlink("/etc/passwd", folder_.file("state.db"));
  const auto broken = database_.change([](Connection&) { return 1; });
  ASSERT_FALSE(broken);
  EXPECT_THAT(broken.error().text, HasSubstr("is not a regular file"));
}

TEST_F(DatabaseTest, RefusesTheTablesOfALaterVersion) {
  ASSERT_TRUE(database_.change([](Connection& connection) { connection.run("PRAGMA user_version=2"); }));
  state::Database other(folder_.finder());
  const auto later = other.change([](Connection&) { return 1; });
  ASSERT_FALSE(later);
  EXPECT_THAT(later.error().text, HasSubstr("it has version 2, and this mcp-pve knows version 1"));
}

TEST_F(DatabaseTest, SaysThatAnotherProcessKeepsItBusy) {
  ASSERT_EQ(count(database_), 0);
  const state::Database::Options hasty{std::chrono::milliseconds(1)};
  state::Database other(folder_.finder(), hasty);
  const auto result = database_.change([&](Connection&) {
    const auto busy = other.change([](Connection&) { return 1; });
    return busy ? "not busy" : busy.error().text;
  });
  EXPECT_THAT(*result, HasSubstr("another process has used the database"));
}

/// Ends the test's process where a child has run it.
int in_child(const std::function<bool()>& work) {
  const auto child = ::fork();
  if (child == 0) ::_exit(work() ? 0 : 1);
  return child;
}

bool ends_well(int child) {
  int status = 0;
  return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST_F(DatabaseTest, ManyProcessesMakeItAtOnceAndWriteAtOnce) {
  constexpr int kProcesses = 6;
  constexpr int kEach = 20;
  for (const bool write_ahead : {true, false}) {
    fs::remove_all(folder_.path());
    std::vector<int> children;
    for (int process = 0; process < kProcesses; ++process) {
      children.push_back(in_child([&] {
        state::Database own(folder_.finder(), {std::chrono::seconds(60), write_ahead});
        for (int i = 0; i < kEach; ++i) {
          const auto id = std::to_string(process) + "-" + std::to_string(i);
          if (!own.change([&](Connection& connection) { add(connection, id); })) return false;
        }
        return true;
      }));
    }
    for (const auto child : children) EXPECT_TRUE(ends_well(child));
    state::Database after(folder_.finder(), {std::chrono::seconds(60), write_ahead});
    EXPECT_EQ(count(after), kProcesses * kEach);
  }
}

}  // namespace
