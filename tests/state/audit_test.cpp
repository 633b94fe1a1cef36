#include "state/audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <set>

#include "state/state_folder.h"

namespace {

using guard::Ending;
using state::Connection;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Result = Ending::Result;

/// A server process of the folder.
struct Server {
  Server(const test::StateFolder& folder, const base::Clock& clock, state::AuditOptions options = {},
         std::string setting = {})
      : database(folder.finder()),
        key(std::move(setting), folder.finder()),
        audit(database, key, clock, std::move(options)) {}
  state::Database database;
  state::RecordKey key;
  state::AuditLog audit;
};

guard::Attempt attempt(int vmid) {
  return {"laptop",
          "pve_delete_qemu_vm",
          {{"node", "pve1"}, {"vmid", vmid}},
          {{"vmid", std::to_string(vmid)}, {"node", "pve1"}, {"type", "qemu"}, {"uuid", "5a1e"}},
          "DELETE /nodes/pve1/qemu/" + std::to_string(vmid),
          {"plan", "3f2a00112233", "ann"}};
}

class AuditTest : public testing::Test {
 protected:
  /// One change with its outcome: two records.
  static void change(Server& server, int vmid) {
    const auto begun = server.audit.begin(attempt(vmid));
    ASSERT_TRUE(begun) << begun.error();
    EXPECT_EQ(server.audit.end(*begun, {Result::Done, "UPID:pve1:1:", "OK"}), std::nullopt);
  }
  std::vector<std::string> findings(const std::optional<state::Head>& head = {}) {
    const auto verified = state::verify_audit(server_.database, server_.key, head);
    EXPECT_TRUE(verified) << verified.error().text;
    return verified ? verified->findings : std::vector<std::string>{"error"};
  }
  state::Verified verified() { return *state::verify_audit(server_.database, server_.key, {}); }
  std::vector<state::StoredRecord> records() {
    std::vector<state::StoredRecord> all;
    (void)state::read_audit(server_.database, [&](const state::StoredRecord& record) {
      all.push_back(record);
      return true;
    });
    return all;
  }
  /// As an attacker does with the file and without the key.
  void tamper(const std::string& sql) {
    ASSERT_TRUE(server_.database.change([&](Connection& connection) { connection.run(sql); }));
  }

  test::StateFolder folder_;
  base::ManualClock clock_;
  Server server_{folder_, clock_, {{"https://pve:8006", "root"}}};
};

TEST_F(AuditTest, AnAttemptIsRecordedWithWhatIdentifiesIt) {
  change(server_, 118);
  const auto all = records();
  ASSERT_EQ(all.size(), 2U);
  const auto first = *state::parse_record(all[0].record);
  EXPECT_EQ(all[0].number, 1);
  EXPECT_EQ(first.at, clock_.wall().time_since_epoch().count());
  EXPECT_EQ(first.of, 0);
  EXPECT_EQ(first.origin.cluster, "https://pve:8006");
  EXPECT_EQ(first.origin.user, "root");
  EXPECT_EQ(first.attempt.caller, "laptop");
  EXPECT_EQ(first.attempt.tool, "pve_delete_qemu_vm");
  EXPECT_EQ(first.attempt.arguments, (base::JsonObject{{"node", "pve1"}, {"vmid", 118}}));
  EXPECT_EQ(first.attempt.object.at("uuid"), "5a1e");
  EXPECT_EQ(first.attempt.request, "DELETE /nodes/pve1/qemu/118");
  EXPECT_EQ(first.attempt.approval.how, "plan");
  EXPECT_EQ(first.attempt.approval.plan, "3f2a00112233");
  EXPECT_EQ(first.attempt.approval.by, "ann");
  const auto second = *state::parse_record(all[1].record);
  EXPECT_EQ(second.of, 1);
  EXPECT_EQ(second.result, "done");
  EXPECT_EQ(second.ending.upid, "UPID:pve1:1:");
  EXPECT_EQ(second.ending.exit_status, "OK");
}

TEST_F(AuditTest, AnUntouchedChainIsWhole) {
  for (int i = 0; i < 5; ++i) change(server_, 100 + i);
  const auto all = verified();
  EXPECT_THAT(all.findings, IsEmpty());
  EXPECT_EQ(all.records, 10);
  EXPECT_EQ(all.head.number, 10);
  EXPECT_EQ(all.head.hash, state::hash_text(records().back().mac));
  EXPECT_THAT(findings(all.head), IsEmpty());
}

TEST_F(AuditTest, EveryChangedByteOfARecordIsFound) {
  change(server_, 118);
  change(server_, 119);
  const auto chain = records();
  const auto key = *server_.key.derive("mcp-pve audit 1", false);
  const auto is_whole = [&](const std::vector<state::StoredRecord>& all) {
    state::ChainCheck check(key);
    for (const auto& record : all) check.add(record);
    check.end();
    return check.count() == 0;
  };
  ASSERT_TRUE(is_whole(chain));
  std::size_t tried = 0;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    for (const auto member :
         {&state::StoredRecord::record, &state::StoredRecord::key, &state::StoredRecord::mac}) {
      for (std::size_t at = 0; at < (chain[i].*member).size(); ++at) {
        for (int bits = 1; bits < 256; bits = bits == 1 ? 0x80 : bits == 0x80 ? 0xFF : 256) {
          auto changed = chain;
          auto& byte = (changed[i].*member)[at];
          byte = static_cast<char>(static_cast<unsigned char>(byte) ^ static_cast<unsigned>(bits));
          EXPECT_FALSE(is_whole(changed)) << "record " << i << ", byte " << at;
          ++tried;
        }
      }
    }
    for (int bit = 0; bit < 64; ++bit) {
      auto changed = chain;
      changed[i].number = static_cast<std::int64_t>(static_cast<std::uint64_t>(changed[i].number) ^
                                                    (std::uint64_t{1} << bit));
      EXPECT_FALSE(is_whole(changed)) << "number of record " << i << ", bit " << bit;
      ++tried;
    }
  }
  EXPECT_GT(tried, 3000U);
}

TEST_F(AuditTest, AChangedByteInTheFileIsFound) {
  change(server_, 118);
  change(server_, 119);
  const auto all = records();
  for (std::size_t at = 0; at < all[1].record.size(); at += 7) {
    auto record = all[1].record;
    record[at] = record[at] == 'x' ? 'y' : 'x';
    ASSERT_TRUE(server_.database.change([&](Connection& connection) {
      state::Statement(connection, "UPDATE audit SET record=? WHERE number=2").with(record).run();
    }));
    EXPECT_THAT(findings(), ElementsAre("Record 2 was altered, or another record was before it."));
  }
}

TEST_F(AuditTest, RemovedInsertedAndReorderedRecordsAreFound) {
  for (int i = 0; i < 4; ++i) change(server_, 100 + i);
  tamper("DELETE FROM audit WHERE number IN (3,4)");
  EXPECT_THAT(findings(), ElementsAre("Records 3 to 4 are missing.",
                                      "Record 5 was altered, or another record was before it."));
  tamper("UPDATE audit SET number=number-2 WHERE number>4");
  EXPECT_THAT(findings(), testing::Contains("Record 3 was altered, or another record was before it."));
}

TEST_F(AuditTest, ASwapIsFound) {
  for (int i = 0; i < 3; ++i) change(server_, 100 + i);
  tamper("UPDATE audit SET number=-1 WHERE number=2");
  tamper("UPDATE audit SET number=2 WHERE number=4");
  tamper("UPDATE audit SET number=4 WHERE number=-1");
  EXPECT_EQ(findings().front(), "Record 2 was altered, or another record was before it.");
}

TEST_F(AuditTest, ACopiedRecordIsFound) {
  for (int i = 0; i < 2; ++i) change(server_, 100 + i);
  tamper("INSERT INTO audit(number,record,key,mac) SELECT 5,record,key,mac FROM audit WHERE number=3");
  EXPECT_THAT(findings(), ElementsAre("Record 5 was altered, or another record was before it."));
}

TEST_F(AuditTest, RemovedOldestRecordsAreFound) {
  for (int i = 0; i < 3; ++i) change(server_, 100 + i);
  tamper("DELETE FROM audit WHERE number<3");
  EXPECT_EQ(findings().front(), "Records 1 to 2 are missing.");
}

TEST_F(AuditTest, RemovedNewestRecordsAreFoundWithTheHead) {
  for (int i = 0; i < 3; ++i) change(server_, 100 + i);
  const auto head = verified().head;
  tamper("DELETE FROM audit WHERE number>4");
  EXPECT_THAT(findings(), IsEmpty()) << "without the head nothing tells";
  EXPECT_THAT(findings(head),
              ElementsAre("The newest records are missing: the log has record 6, and the audit "
                          "ends with 4."));
  change(server_, 200);
  EXPECT_THAT(findings(head), ElementsAre("The hash of record 6 differs from the one in the log."));
}

TEST_F(AuditTest, ItIsExportedWithNumberAndHash) {
  std::vector<std::string> lines;
  Server server(folder_, clock_, {.exported = [&](const std::string& line) { lines.push_back(line); }});
  change(server, 118);
  const auto all = records();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0], "audit 1:" + state::hash_text(all[0].mac) + " " + all[0].record);
  EXPECT_EQ(lines[1], "audit 2:" + state::hash_text(all[1].mac) + " " + all[1].record);
  EXPECT_THAT(findings(state::parse_head(lines[1].substr(6, 66))), IsEmpty());
}

TEST_F(AuditTest, RecordsExpireBehindACheckpoint) {
  change(server_, 100);
  clock_.advance(std::chrono::hours(24 * 364));
  change(server_, 101);
  EXPECT_EQ(records().size(), 4U);
  clock_.advance(std::chrono::hours(24 * 2));
  change(server_, 102);
  const auto all = records();
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(all.front().number, 3);
  const auto checked = verified();
  EXPECT_THAT(checked.findings, IsEmpty());
  EXPECT_EQ(checked.expired, 2);
  EXPECT_EQ(checked.head.number, 6);
}

TEST_F(AuditTest, AnAlteredOrMissingCheckpointIsFound) {
  change(server_, 100);
  clock_.advance(std::chrono::hours(24 * 366));
  change(server_, 101);
  const auto begins = [&](const std::string& text) { EXPECT_EQ(findings().front(), text); };
  ASSERT_THAT(findings(), IsEmpty());
  for (const auto* const change : {"at=at+1", "mac=zeroblob(32)"}) {
    tamper(std::string("UPDATE expired SET ") + change);
    begins("The checkpoint behind which records have expired was altered.");
  }
  tamper("DELETE FROM expired");
  begins("Records 1 to 2 are missing.");
}

TEST_F(AuditTest, AnAlteredRecordDoesNotExpire) {
  change(server_, 100);
  change(server_, 101);
  tamper("UPDATE audit SET record=replace(record,'101','102') WHERE number=3");
  clock_.advance(std::chrono::hours(24 * 366));
  change(server_, 103);
  EXPECT_EQ(records().front().number, 3) << "it is the evidence";
  EXPECT_EQ(findings().front(), "Record 3 was altered, or another record was before it.");
}

TEST_F(AuditTest, AllRecordsMayExpire) {
  change(server_, 100);
  clock_.advance(std::chrono::hours(24 * 366));
  change(server_, 101);
  clock_.advance(std::chrono::hours(24 * 366));
  change(server_, 102);
  EXPECT_EQ(records().front().number, 5);
  EXPECT_THAT(findings(), IsEmpty());
}

TEST_F(AuditTest, RecordsOfAnotherKeyAreNotTakenForWhole) {
  change(server_, 100);
  Server other(folder_, clock_, {}, std::string(32, 's'));
  change(other, 101);
  EXPECT_THAT(findings(), ElementsAre(HasSubstr("2 of the records were written with another key (")));
  EXPECT_THAT(state::verify_audit(other.database, other.key, {})->findings,
              ElementsAre(HasSubstr("2 of the records were written with another key (")));
}

TEST_F(AuditTest, GoesOnWithoutAFolderAndSaysSoOnce) {
  std::ofstream(folder_.path()) << "a file in its place";
  std::vector<std::string> warnings;
  Server server(folder_, clock_, {.warn = [&](const std::string& line) { warnings.push_back(line); }});
  const auto first = server.audit.begin(attempt(118));
  ASSERT_TRUE(first);
  EXPECT_EQ(first->number, 0);
  EXPECT_THAT(first->note, testing::StartsWith("Changes are not recorded: the state folder "));
  EXPECT_EQ(server.audit.end(*first, {}), std::nullopt);
  EXPECT_EQ(server.audit.begin(attempt(118))->note, "");
  EXPECT_THAT(warnings, ElementsAre(first->note));
}

TEST_F(AuditTest, RequiredItStopsChangesWithoutAFolder) {
  std::ofstream(folder_.path()) << "a file in its place";
  Server server(folder_, clock_, {.required = true});
  const auto no = server.audit.begin(attempt(118));
  ASSERT_FALSE(no);
  EXPECT_THAT(no.error(), testing::StartsWith("the audit cannot record it: the state folder "));
}

TEST_F(AuditTest, OnceThereIsADatabaseARecordThatCannotBeWrittenStopsChanges) {
  change(server_, 118);
  std::ofstream(folder_.file("state.db"), std::ios::trunc) << "no database at all, but with some bytes";
  Server server(folder_, clock_);
  const auto no = server.audit.begin(attempt(118));
  ASSERT_FALSE(no);
  EXPECT_THAT(no.error(), HasSubstr("is damaged"));
}

/// Runs it in a process whose files cannot grow beyond a limit, as on a full disk.
int on_full_disk(rlim_t bytes, const std::function<bool()>& work) {
  const auto child = ::fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{bytes, bytes};
    ::_exit(::setrlimit(RLIMIT_FSIZE, &limit) == 0 && work() ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(AuditTest, AFullDiskStopsChangesAndLeavesTheChainWhole) {
  EXPECT_EQ(on_full_disk(200'000,
                         [&] {
                           Server server(folder_, clock_);
                           for (int i = 0; i < 500; ++i) {
                             const auto begun = server.audit.begin(attempt(i));
                             if (begun) continue;
                             return i > 0 && begun.error().contains("cannot be written");
                           }
                           return false;
                         }),
            0);
  EXPECT_GT(records().size(), 10U);
  EXPECT_THAT(findings(), IsEmpty());
  change(server_, 101);
  EXPECT_THAT(findings(), IsEmpty()) << "it goes on when there is room";
}

TEST_F(AuditTest, AFullDiskAtTheFirstChangeLeavesNoDatabase) {
  EXPECT_EQ(on_full_disk(1000,
                         [&] {
                           Server server(folder_, clock_);
                           const auto begun = server.audit.begin(attempt(1));
                           return begun && begun->number == 0 && !begun->note.empty();
                         }),
            0);
  EXPECT_FALSE(server_.database.exists());
  change(server_, 101);
  EXPECT_THAT(findings(), IsEmpty());
}

TEST_F(AuditTest, TwoServersWriteOneChain) {
  constexpr int kServers = 2;
  constexpr int kChanges = 60;
  std::vector<pid_t> children;
  for (int i = 0; i < kServers; ++i) {
    const auto child = ::fork();
    if (child == 0) {
      Server server(folder_, clock_);
      for (int change = 0; change < kChanges; ++change) {
        const auto begun = server.audit.begin(attempt(1000 * i + change));
        if (!begun || begun->number == 0 || server.audit.end(*begun, {Result::Done})) ::_exit(1);
      }
      ::_exit(0);
    }
    children.push_back(child);
  }
  for (const auto child : children) {
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(records().size(), std::size_t{2} * kServers * kChanges);
  EXPECT_THAT(findings(), IsEmpty());
}

TEST_F(AuditTest, TextsOfAnyKindAreStoredAsTheyAre) {
  auto odd = attempt(118);
  odd.caller = "a\"b\\c\n\x1b[31m\xe2\x80\xae";
  ASSERT_TRUE(server_.audit.begin(odd));
  EXPECT_EQ(state::parse_record(records().front().record)->attempt.caller, odd.caller);
  EXPECT_THAT(findings(), IsEmpty());
}

TEST(AuditHead, IsANumberAndAHash) {
  const std::string hash(64, 'a');
  EXPECT_EQ(state::parse_head("12:" + hash)->number, 12);
  EXPECT_EQ(state::parse_head("12:" + hash)->hash, hash);
  for (const auto& bad : {std::string(), std::string("12"), "0:" + hash, "-1:" + hash, "12:" + hash + "a",
                          "12:" + hash.substr(1), "x:" + hash})
    EXPECT_FALSE(state::parse_head(bad)) << bad;
}

}  // namespace
