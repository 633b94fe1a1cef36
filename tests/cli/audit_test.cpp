// `mcp-pve audit`, and the servers whose changes it shows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/process.h"
#include "state/audit.h"
#include "state/database.h"

namespace {

namespace fs = std::filesystem;
using test::Process;
using test::run;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

using Texts = std::vector<std::string>;

class AuditCommand : public testing::Test {
 protected:
  AuditCommand() {
    std::string pattern = testing::TempDir() + "audit-XXXXXX";
    home_ = ::mkdtemp(pattern.data());
    environment_ = {"HOME=" + home_.string(), "PVE_STATE_DIR=" + folder().string()};
  }
  ~AuditCommand() override { fs::remove_all(home_); }

  fs::path folder() const { return home_ / "state"; }
  test::Finished command(Texts words) const { return run(std::move(words), environment_); }
  test::Finished call(Texts words) const {
    words.insert(words.begin(), {"--simulate", "call"});
    return command(std::move(words));
  }
  void change(const std::string& vmid) const {
    EXPECT_EQ(call({"pve_update_qemu_config", "vmid=" + vmid, "cores=3"}).code, 0);
  }
  /// As an attacker does with the file and without the key.
  void tamper(const std::string& sql) const {
    state::Database database([this] { return std::optional(state::Folder{folder(), ""}); });
    ASSERT_TRUE(database.change_existing([&](state::Connection& connection) { connection.run(sql); }));
  }

  fs::path home_;
  Texts environment_;
};

TEST_F(AuditCommand, ShowsWhoChangedWhatAndHowItEnded) {
  change("100");
  EXPECT_EQ(call({"pve_delete_qemu_vm", "vmid=109", "--yes"}).code, 0);
  const auto shown = command({"audit"});
  EXPECT_EQ(shown.code, 0) << shown.errors;
  EXPECT_THAT(
      shown.output,
      MatchesRegex("20..-..-.. ..:..:.. UTC  #1 pve_update_qemu_config VM 100 .web01. on pve1: done\n"
                   "  by [^ ]+ .no bearer token. on simulated; no confirmation was needed\n"
                   "  PUT /nodes/pve1/qemu/100/config [^\n]*cores=3[^\n]*\n"
                   "20..-..-.. ..:..:.. UTC  #3 pve_delete_qemu_vm VM 109 .k8s-worker2. on pve2: done\n"
                   "  by [^ ]+ .no bearer token. on simulated; confirmed with --yes\n"
                   "  DELETE /nodes/pve2/qemu/109 [^\n]*\n"
                   "  UPID:pve2:[^ ]* .OK.\n"));
}

TEST_F(AuditCommand, ShowsTheLastOutcomeOfATaskThatWasRecordedAsRunning) {
  const auto where = [this] { return std::optional(state::Folder{folder(), ""}); };
  state::Database database(where);
  const state::RecordKey key("", where);
  const base::ManualClock clock;
  state::AuditLog audit(database, key, clock, {});
  const auto begun = audit.begin({"", "pve_start_qemu_vm", {}, {{"vmid", "100"}}, "POST /x"});
  ASSERT_TRUE(begun) << begun.error();
  using Result = guard::Ending::Result;
  EXPECT_FALSE(audit.end(*begun, {Result::Running, "UPID:pve1:1:"}));
  EXPECT_THAT(command({"audit"}).output, HasSubstr(": PVE has started it\n"));
  EXPECT_FALSE(audit.end(*begun, {Result::Failed, "UPID:pve1:1:", "no space"}));
  EXPECT_THAT(command({"audit"}).output,
              AllOf(HasSubstr(": failed\n"), HasSubstr("UPID:pve1:1: (no space)")));
  EXPECT_EQ(command({"audit", "verify"}).code, 0);
}

TEST_F(AuditCommand, Filters) {
  change("100");
  change("102");
  EXPECT_EQ(call({"pve_create_user", "userid=ann@pve"}).code, 0);
  const auto count = [&](Texts words) {
    words.insert(words.begin(), "audit");
    const auto shown = command(std::move(words));
    EXPECT_EQ(shown.code, 0) << shown.errors;
    std::size_t changes = 0;
    for (const auto line : base::split(shown.output, '\n')) changes += line.contains(" UTC  #");
    return changes;
  };
  EXPECT_EQ(count({}), 3U);
  EXPECT_EQ(count({"--object", "102"}), 1U);
  EXPECT_EQ(count({"--object", "10?"}), 2U);
  EXPECT_EQ(count({"--object", "*web01*"}), 1U);
  EXPECT_EQ(count({"--object", "ann@pve"}), 1U);
  EXPECT_EQ(count({"--tool", "pve_update_*"}), 2U);
  EXPECT_EQ(count({"--caller", "laptop"}), 0U);
  EXPECT_EQ(count({"--since", "1h"}), 3U);
  EXPECT_EQ(count({"--until", "1h"}), 0U);
  EXPECT_EQ(count({"--since", "2026-01-01", "--until", "2026-01-02"}), 0U);
  const auto wrong = command({"audit", "--since", "yesterday"});
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.errors, HasSubstr("--since is \"yesterday\", but must be a time"));
}

TEST_F(AuditCommand, ExportsEachRecordOnALine) {
  change("100");
  const auto exported = command({"audit", "--json"});
  ASSERT_EQ(exported.code, 0) << exported.errors;
  const auto lines = base::split(exported.output, '\n');
  ASSERT_EQ(lines.size(), 3U);
  const auto attempt = *base::parse_json(lines[0]);
  EXPECT_EQ(attempt.at("number"), 1);
  EXPECT_EQ(attempt.at("hash").as_string().size(), 64U);
  EXPECT_EQ(attempt.at("tool"), "pve_update_qemu_config");
  EXPECT_EQ(attempt.at("object").at("vmid"), "100");
  EXPECT_TRUE(attempt.at("object").as_object().contains("uuid"));
  const auto outcome = *base::parse_json(lines[1]);
  EXPECT_EQ(outcome.at("of"), 1);
  EXPECT_EQ(outcome.at("result"), "done");
}

TEST_F(AuditCommand, VerifiesTheChain) {
  change("100");
  change("102");
  const auto whole = command({"audit", "verify"});
  EXPECT_EQ(whole.code, 0) << whole.errors;
  EXPECT_THAT(whole.output, StartsWith("The audit in " + folder().string() +
                                       " is whole: records 1 to 4. Its newest record "
                                       "is 4:"));
  std::smatch head;
  ASSERT_TRUE(std::regex_search(whole.output, head, std::regex("4:[0-9a-f]{64}")));
  EXPECT_EQ(command({"audit", "verify", "--head", head.str()}).code, 0);
  tamper("DELETE FROM audit WHERE number>2");
  EXPECT_EQ(command({"audit", "verify"}).code, 0);
  const auto short_one = command({"audit", "verify", "--head", head.str()});
  EXPECT_EQ(short_one.code, 1);
  EXPECT_THAT(short_one.errors, HasSubstr("The newest records are missing: the log has record 4"));
  tamper("UPDATE audit SET record=replace(record,'done','dome') WHERE number=2");
  const auto altered = command({"audit", "verify"});
  EXPECT_EQ(altered.code, 1);
  EXPECT_THAT(altered.output, IsEmpty());
  EXPECT_THAT(altered.errors, HasSubstr("Record 2 was altered, or another record was before it."));
  EXPECT_EQ(command({"audit", "verify", "--head", "4"}).code, 2);
}

TEST_F(AuditCommand, SaysThatThereIsNone) {
  const auto none = command({"audit"});
  EXPECT_EQ(none.code, 0);
  EXPECT_THAT(none.output, IsEmpty());
  const auto verified = command({"audit", "verify"});
  EXPECT_EQ(verified.code, 1);
  EXPECT_THAT(verified.errors, HasSubstr("there is no audit in " + folder().string() +
                                         ": no change was recorded, or the database was removed."));
  EXPECT_FALSE(fs::exists(folder()));
  EXPECT_EQ(run({"audit"}).code, 2);
}

TEST_F(AuditCommand, RequiredItStopsChangesThatCannotBeRecorded) {
  const Texts without_folder{"PVE_AUDIT=required"};
  const auto refused =
      run({"--simulate", "call", "pve_update_qemu_config", "vmid=100", "cores=3"}, without_folder);
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(
      refused.errors,
      AllOf(HasSubstr("VM 100 (web01) on pve1 was not changed: the audit cannot record it: there is no "
                      "state folder"),
            HasSubstr("Set PVE_STATE_DIR")));
  EXPECT_EQ(run({"--simulate", "call", "pve_get_qemu_config", "vmid=100"}, without_folder).code, 0)
      << "reads go on";
  const auto doctor = run({"--simulate", "doctor"}, without_folder);
  EXPECT_EQ(doctor.code, 1);
  EXPECT_THAT(doctor.output, HasSubstr("FAIL  audit       changes are refused: "));
}

TEST_F(AuditCommand, GoesOnWithoutAFolderAndSaysSo) {
  // No user can make a folder there, not even root.
  environment_ = {"PVE_STATE_DIR=/proc/mcp-pve"};
  const auto done = call({"pve_update_qemu_config", "vmid=100", "cores=3"});
  EXPECT_EQ(done.code, 0) << done.errors;
  EXPECT_THAT(done.output, StartsWith("Changes are not recorded: the state folder /proc/mcp-pve cannot be "));
  EXPECT_THAT(done.errors, HasSubstr("Changes are not recorded: the state folder /proc/mcp-pve cannot be "));
}

TEST_F(AuditCommand, OffIsOff) {
  environment_.emplace_back("PVE_AUDIT=off");
  change("100");
  EXPECT_FALSE(fs::exists(folder()));
  EXPECT_THAT(command({"--simulate", "doctor"}).output,
              HasSubstr("warn  audit       off (PVE_AUDIT=off): changes are not recorded"));
}

TEST_F(AuditCommand, DoctorSaysWhereItIs) {
  EXPECT_THAT(command({"--simulate", "doctor", "--audit-days", "30"}).output,
              HasSubstr("ok    audit       changes are recorded in " + (folder() / "state.db").string() +
                        " for 30 days"));
  EXPECT_FALSE(fs::exists(folder())) << "looking makes nothing";
}

TEST_F(AuditCommand, OpensNothingAtTheStartAndForReads) {
  Process server({"--simulate"}, environment_);
  server.write(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"_meta":)"
               R"({"io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
               R"("io.modelcontextprotocol/clientCapabilities":{},)"
               R"("io.modelcontextprotocol/clientInfo":{"name":"test","version":"1"}},)"
               R"("name":"pve_get_qemu_config","arguments":{"vmid":100}}})"
               "\n");
  EXPECT_THAT(server.read_line().value_or(""), Not(HasSubstr("isError")));
  EXPECT_FALSE(fs::exists(folder()));
  std::ifstream in("/proc/" + std::to_string(server.id()) + "/maps");
  const std::string maps{std::istreambuf_iterator<char>(in), {}};
  EXPECT_THAT(maps, Not(HasSubstr("sqlite")));
}

TEST_F(AuditCommand, HasItsHelpAndItsMistakes) {
  EXPECT_THAT(
      command({"audit", "--help"}).output,
      AllOf(HasSubstr("Usage: mcp-pve [settings] audit [verify] [options]"), HasSubstr("--since TIME")));
  EXPECT_THAT(command({"audit", "verfy"}).errors, HasSubstr("did you mean audit verify?"));
  EXPECT_THAT(command({"audit", "--head", "x"}).errors, HasSubstr("--head belongs to audit verify."));
  EXPECT_THAT(command({"--audit", "sometimes", "doctor"}).errors, HasSubstr("sometimes"));
  EXPECT_THAT(command({"--audit-days", "0", "doctor"}).errors, HasSubstr("0"));
}

TEST_F(AuditCommand, RootKeepsTheOwnerOfTheFolder) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  constexpr uid_t kService = 4242;
  fs::create_directories(folder());
  ASSERT_EQ(::chown(folder().c_str(), kService, kService), 0);
  fs::permissions(folder(), fs::perms(0700));
  change("100");
  for (const auto& entry : fs::directory_iterator(folder())) {
    struct stat about{};
    ASSERT_EQ(::stat(entry.path().c_str(), &about), 0);
    EXPECT_EQ(about.st_uid, kService) << entry.path();
  }
}

}  // namespace
