// The built binary as a user meets it: exit codes, what goes to stdout and what to stderr, the end.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <thread>

#include "base/json.h"
#include "base/program.h"
#include "cli/process.h"
#include "cli/simulated_pve.h"
#include "pve/fingerprint.h"
#include "simulator/release.h"

namespace {

using test::Process;
using test::run;
using test::Simulator;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

using Texts = std::vector<std::string>;

constexpr const char* kSecret = "00000000-0000-4000-8000-000000000000";
constexpr const char* kWrong = "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9";

std::string initialize() {
  return R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25",)"
         R"("capabilities":{},"clientInfo":{"name":"test","version":"1"}}})"
         "\n"
         R"({"jsonrpc":"2.0","method":"notifications/initialized"})"
         "\n";
}

std::string call(int id, const std::string& tool) {
  return R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"method":"tools/call","params":{"name":")" +
         tool + R"(","arguments":{}}})" + "\n";
}

/// A simulated cluster whose answers come ten minutes late: a process that waits for one would not end within
/// the time of Process::wait.
const Texts kLate = {"--simulate", "--fault", "latency=600000", "--timeout=600"};

TEST(Binary, VersionAndHelpGoToStdout) {
  const auto version = run({"--version"});
  EXPECT_EQ(version.code, 0);
  EXPECT_THAT(version.output, StartsWith("mcp-pve "));
  EXPECT_THAT(version.errors, IsEmpty());
  const auto help = run({"--help"}).output;
  EXPECT_THAT(help, HasSubstr("PVE_BASE_URL"));
  EXPECT_THAT(help, HasSubstr("nodes, qemu, lxc, "));
  const auto names = simulator::release_names();
  EXPECT_THAT(help, HasSubstr("cluster: " + std::string(names[0]) + ", " + std::string(names[1]) + " or " +
                              std::string(names[2]) + "."));
}

TEST(Binary, SaysWhichPackageAChartNeeds) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "no-cairo";
  std::filesystem::create_directories(folder);
  // What the loader finds first, and cannot load.
  std::ofstream(folder / "libcairo.so.2") << "no library";
  const auto file = (folder / "chart.png").string();
  const auto end =
      run({"--simulate", "call", "pve_get_qemu_rrddata", "vmid=100", "timeframe=hour", "--chart", file},
          {"LD_LIBRARY_PATH=" + folder.string()});
  EXPECT_EQ(end.code, 1);
  EXPECT_THAT(end.output, HasSubstr("cpu "));
  EXPECT_THAT(end.output,
              HasSubstr("There is no chart: Charts need the library cairo. Install it on the machine of the "
                        "server: apt-get install libcairo2"));
  EXPECT_THAT(end.errors, HasSubstr("The tool returned no chart, so " + file + " was not written."));
  std::filesystem::remove_all(folder);
}

TEST(Binary, BadSettingsAreOneSentenceAndExitCode2) {
  const std::vector<std::tuple<Texts, Texts, std::string>> cases = {
      {{}, {}, "PVE_BASE_URL is not set"},
      {{}, {"PVE_BASE_URL=https://pve"}, "PVE_TOKEN_ID is not set"},
      {{}, {"PVE_BASE_URL=https://pve", "PVE_TOKEN_ID=root@pam!mcp"}, "PVE_TOKEN_SECRET is not set"},
      {{"--simulate"}, {"PVE_ACCESS_TIER=ful"}, "PVE_ACCESS_TIER is \"ful\""},
      {{"--simulate"}, {"PVE_CATEGORIES=vms"}, "PVE_CATEGORIES is \"vms\""},
      {{"--simulate", "--fault", "gremlin"}, {}, "gremlin"},
      {{"tools", "--fault", "drop"}, {}, "--fault applies to the simulated cluster only"},
      {{"--guests", "5"}, {"PVE_BASE_URL=https://pve"}, "--guests applies to the simulated cluster only"},
      {{"--simulate", "--pve", "8.3"}, {}, "--pve is \"8.3\", but must be one of 8.4, 9.0, 9.2"},
      {{"--simulate", "--world", "/nowhere/home.json"},
       {},
       "PVE_SIMULATE_WORLD (--world) is \"/nowhere/home.json\", but there is no such file."},
      {{"tools", "--world", "home.json"}, {}, "--world applies to the simulated cluster only"},
      {{"tools", "--pve", "8.4"}, {}, "--pve applies to the simulated cluster only"},
      {{"tools"}, {"PVE_BASE_URL=ftp://pve"}, "PVE_BASE_URL is \"ftp://pve\""},
      {{"tools", "--base-url", "https://pve/x"}, {}, "--base-url is \"https://pve/x\""},
      {{"tools"}, {"PVE_ACCES_TIER=read-only"}, "did you mean PVE_ACCESS_TIER?"},
      {{"doctor"}, {"PVE_TIER=read-only"}, "did you mean PVE_ACCESS_TIER?"},
      {{"tools"}, {"PVE_BASE_URL=http://192.0.2.1"}, "PVE needs https: write https://192.0.2.1:8006."},
      {{"tools"}, {"PVE_BASE_URL=http://pve:8006"}, "PVE needs https: write https://pve:8006."},
      {{"tools"}, {"PVE_BASE_URL=pve1,http://[fe80::1]:81"}, "PVE needs https: write https://[fe80::1]:81."},
      {{"tools"}, {"PVE_FINGERPRINT=AA:BB"}, "PVE_FINGERPRINT is \"AA:BB\""},
      {{"tools"}, {"PVE_BASE_URL=https://root:hunter2@pve"}, "PVE_BASE_URL"},
      {{"tools"}, {"PVE_BASE_URL=pve1,https://root:hun,ter2@pve"}, "it has a user name"},
      {{"tools"}, {"PVE_BASE_URL=https://pve1,ftp://pve2"}, "PVE_BASE_URL is \"ftp://pve2\", but"},
      {{"tools"}, {"PVE_BASE_URL=https://pve1,pve2:99999"}, "PVE_BASE_URL is \"pve2:99999\", but"},
      {{"tools"}, {"PVE_BASE_URL=pve1,https://PVE1:8006/"}, "it names https://pve1:8006 twice"},
      {{"tools"}, {"PVE_BASE_URL=,,"}, "it has no address"},
      {{"tools"}, {"PVE_BASE_URL=1,2,3,4,5,6,7,8,9,a,b,c,d,e,f,g,h"}, "PVE_BASE_URL is \"1\""},
      {{"tools"}, {"PVE_BASE_URL=a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q"}, "names 17 hosts; the maximum is 16"},
      {{"--nonsense"}, {}, "--nonsense is not an option"},
      {{"doctor"}, {}, "PVE_BASE_URL is not set"},
      {{"simulate", "--listen", "x:y"}, {}, "--listen"},
  };
  for (const auto& [arguments, environment, sentence] : cases) {
    const auto result = run(arguments, environment);
    EXPECT_EQ(result.code, 2) << sentence;
    EXPECT_THAT(result.output, IsEmpty());
    EXPECT_THAT(result.errors, AllOf(StartsWith("mcp-pve: error: "), HasSubstr(sentence),
                                     Not(HasSubstr("hunter2")), Not(HasSubstr("ter2"))));
    EXPECT_EQ(std::ranges::count(result.errors, '\n'), 1) << result.errors;
  }
}

TEST(Binary, ToolsNeedNoPve) {
  const auto table = run({"tools", "--access-tier", "read-only"});
  EXPECT_EQ(table.code, 0) << table.errors;
  EXPECT_THAT(table.output, AllOf(HasSubstr("pve_list_nodes"), Not(HasSubstr("pve_delete_"))));
  const auto lines = std::ranges::count(table.output, '\n');
  EXPECT_THAT(table.output, EndsWith(fmt::format("\n{} tools\n", lines - 1)));
}

TEST(Binary, ToolsAsJsonAreThoseOfTheTable) {
  for (const std::string categories : {"ha", "network-plus", "all,network-plus"}) {
    const auto table = run({"tools"}, {"PVE_CATEGORIES=" + categories}).output;
    const auto json = base::parse_json(run({"tools", "--json", "--categories", categories}).output);
    ASSERT_TRUE(json) << json.error();
    const auto& tools = json->at("tools").as_array();
    for (const auto& tool : tools)
      EXPECT_THAT(table, HasSubstr(std::string_view(tool.at("name").as_string()))) << table;
    EXPECT_THAT(table, EndsWith(fmt::format("\n{} tools\n", tools.size())));
    EXPECT_FALSE(tools.empty());
  }
}

TEST(Binary, CallPrintsTheResultAndFailsWithOne) {
  const auto good = run({"--simulate", "--output", "json", "call", "pve_get_qemu_config", "vmid=100"});
  EXPECT_EQ(good.code, 0) << good.errors;
  EXPECT_TRUE(base::parse_json(good.output));
  EXPECT_THAT(good.errors, IsEmpty());

  const auto bad = run({"--simulate", "call", "pve_get_qemu_config", "node=pve1", "vmid=99999"});
  EXPECT_EQ(bad.code, 1);
  EXPECT_THAT(bad.output, IsEmpty());
  EXPECT_THAT(bad.errors, HasSubstr("99999"));

  const auto file = testing::TempDir() + "chart-" + std::to_string(::getpid()) + ".png";
  const auto chart =
      run({"--simulate", "call", "pve_get_qemu_rrddata", "vmid=100", "timeframe=hour", "--chart", file});
  EXPECT_EQ(chart.code, 0) << chart.errors;
  EXPECT_THAT(chart.output, HasSubstr("[image/png, "));
  std::string picture;
  std::getline(std::ifstream(file, std::ios::binary), picture);
  EXPECT_EQ(picture, "\x89PNG\r");
  std::remove(file.c_str());
  EXPECT_EQ(run({"--simulate", "call", "pve_list_nodes", "--chart", file}).code, 2);
  EXPECT_EQ(run({"--simulate", "call", "pve_get_qemu_rrddata", "vmid=100", "timeframe=hour", "--chart",
                 "/nowhere/x"})
                .code,
            1);

  const auto json = run({"--simulate", "call", "pve_list_qemu_vms", "--json", "-"}, {}, R"({"node":"pve1"})");
  EXPECT_EQ(json.code, 0) << json.errors;
  const std::string spaces(std::size_t{5} << 20U, ' ');
  const auto large = run({"--simulate", "call", "pve_list_qemu_vms", "--json", "-"}, {}, spaces);
  EXPECT_EQ(large.code, 2);
  EXPECT_THAT(large.errors, HasSubstr("longer than 4 MiB"));
  EXPECT_EQ(run({"--simulate", "call", "pve_list_qemu_vms", "node"}).code, 2);
  EXPECT_EQ(run({"--simulate", "call", "pve_list_qemu_vms", "--json", "{"}).code, 2);
  EXPECT_NE(run({"--simulate", "call", "pve_lst_nodes"}).code, 0);
  const auto hidden =
      run({"--simulate", "--access-tier=read-only", "call", "pve_delete_qemu_vm", "node=pve1", "vmid=1"});
  EXPECT_NE(hidden.code, 0);
  EXPECT_THAT(hidden.errors, HasSubstr("PVE_ACCESS_TIER"));
}

TEST(Binary, CallWarnsAsTheServerDoes) {
  Simulator simulator;
  const auto unverified = run({"call", "pve_list_nodes"},
                              simulator.environment({{"PVE_FINGERPRINT", ""}, {"PVE_VERIFY_SSL", "false"}}));
  EXPECT_EQ(unverified.code, 0) << unverified.errors;
  EXPECT_THAT(unverified.errors,
              HasSubstr("warning: PVE_VERIFY_SSL is false: anybody on the network between"));
  const auto stranger = run({"call", "pve_list_nodes", "--simulate"}, {"PVE_QUITE_ELSE=1"});
  EXPECT_EQ(stranger.code, 0) << stranger.errors;
  EXPECT_THAT(stranger.errors, HasSubstr("warning: PVE_QUITE_ELSE is not a setting and has no effect."));
}

TEST(Binary, EndOfInputEndsItAtOnce) {
  Process process(kLate);
  process.write(initialize() + call(1, "pve_list_nodes"));
  ASSERT_TRUE(process.read_line());
  process.close_input();
  EXPECT_EQ(process.wait(), 0);
}

TEST(Binary, SignalsEndItAtOnce) {
  for (const int signal : {SIGTERM, SIGINT}) {
    Process process(kLate);
    process.write(initialize() + call(1, "pve_list_nodes"));
    ASSERT_TRUE(process.read_line());
    process.signal(signal);
    EXPECT_EQ(process.wait(), 0) << process.errors();
  }
}

TEST(Binary, EndsAlthoughTheClientDoesNotReadTheNotification) {
  Process process({"--simulate"});
  process.write(initialize());
  ASSERT_TRUE(process.read_line());
  // Far more than a pipe holds, each taken before the next.
  for (int i = 0; i < 1000; ++i) {
    process.signal(SIGHUP);
    // If no thread takes signals, the time limit ends the test.
    while (process.is_pending(SIGHUP)) std::this_thread::yield();
  }
  process.signal(SIGTERM);
  EXPECT_EQ(process.wait(), 0) << process.errors();
}

TEST(Binary, ASignalEndsASubscriptionWithItsLastAnswer) {
  Process process({"--simulate"});
  process.write(
      R"({"jsonrpc":"2.0","id":"L","method":"subscriptions/listen","params":{"_meta":{)"
      R"("io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},)"
      R"("io.modelcontextprotocol/clientInfo":{"name":"test","version":"1"}},)"
      R"("notifications":{"toolsListChanged":true}}})"
      "\n");
  EXPECT_THAT(process.read_line().value_or(""), HasSubstr("acknowledged"));
  process.signal(SIGTERM);
  EXPECT_THAT(process.read_line().value_or(""), AllOf(HasSubstr(R"("id":"L")"), HasSubstr(R"("result")")));
  EXPECT_EQ(process.wait(), 0);
}

TEST(Binary, EndsAtOnceWhileANameLookUpHangs) {
  const std::function<void(Process&)> ends[] = {[](Process& process) { process.close_input(); },
                                                [](Process& process) { process.signal(SIGTERM); }};
  for (const auto& end : ends) {
    Process process({}, {"PVE_BASE_URL=https://pve.example.com", "PVE_TOKEN_ID=root@pam!demo",
                         std::string("PVE_TOKEN_SECRET=") + kSecret, "LD_PRELOAD=" HANGING_LOOKUP});
    process.write(initialize() + call(1, "pve_list_nodes"));
    ASSERT_TRUE(process.read_line()) << process.errors();
    process.write(R"({"jsonrpc":"2.0","id":2,"method":"ping"})"
                  "\n");
    EXPECT_THAT(process.read_line().value_or(""), HasSubstr(R"("id":2)")) << "the call waits for nobody else";
    end(process);
    EXPECT_EQ(process.wait(), 0) << process.errors();
  }
}

TEST(Binary, AnswersWithoutAConnectionToPve) {
  const Texts environment = {"PVE_BASE_URL=https://127.0.0.1:1", "PVE_TOKEN_ID=root@pam!demo",
                             std::string("PVE_TOKEN_SECRET=") + kWrong, "DEBUG=1"};
  Process process({}, environment);
  process.write(initialize() + call(1, "pve_list_nodes"));
  ASSERT_TRUE(process.read_line());
  const auto failed = process.read_line();
  ASSERT_TRUE(failed);
  EXPECT_THAT(*failed, AllOf(HasSubstr("isError"), HasSubstr("refused"), Not(HasSubstr(kWrong))));
  process.close_input();
  EXPECT_EQ(process.wait(), 0);
  EXPECT_THAT(process.errors(), Not(HasSubstr(kWrong)));
}

TEST(Binary, RejectedCredentialsEndItWithExitCode1) {
  Simulator simulator;
  Process process({}, simulator.environment({{"PVE_TOKEN_SECRET", kWrong}, {"DEBUG", "1"}}));
  process.write(initialize() + call(1, "pve_list_nodes"));
  ASSERT_TRUE(process.read_line());
  const auto answer = process.read_line();
  ASSERT_TRUE(answer) << process.errors();
  EXPECT_THAT(*answer, AllOf(HasSubstr("isError"), HasSubstr("PVE_TOKEN")));
  EXPECT_EQ(process.wait(), 1) << "though the input is still open";
  EXPECT_THAT(process.errors(), AllOf(HasSubstr("error: "), Not(HasSubstr(kWrong))));
  EXPECT_THAT(process.output(), Not(HasSubstr(kWrong)));
}

void expect_read_again(const std::string& name, const std::string& variable) {
  Simulator simulator;
  std::string pattern = testing::TempDir() + "secret-XXXXXX";
  ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
  const std::string path = pattern + "/" + name;
  const auto put = [&](const char* secret) {
    std::ofstream(path) << secret << '\n';
    std::filesystem::permissions(path,
                                 std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  };
  put(kWrong);
  const auto value = variable == "CREDENTIALS_DIRECTORY" ? pattern : path;
  Process process({}, simulator.environment({{"PVE_TOKEN_SECRET", ""}, {variable, value}}));
  process.write(initialize());
  ASSERT_TRUE(process.read_line());
  put(kSecret);
  process.write(call(1, "pve_list_nodes"));
  const auto answer = process.read_line();
  ASSERT_TRUE(answer) << process.errors();
  EXPECT_THAT(*answer, AllOf(HasSubstr("pve1"), Not(HasSubstr("isError\":true"))));
  process.close_input();
  EXPECT_EQ(process.wait(), 0) << process.errors();
  EXPECT_THAT(process.errors(), AllOf(Not(HasSubstr(kSecret)), Not(HasSubstr(kWrong))));
  std::filesystem::remove_all(pattern);
}

TEST(Binary, AChangedSecretFileIsReadAgain) { expect_read_again("secret", "PVE_TOKEN_SECRET_FILE"); }

TEST(Binary, AChangedCredentialOfSystemdIsReadAgain) {
  expect_read_again("pve-token-secret", "CREDENTIALS_DIRECTORY");
}

TEST(Binary, ACommandGivesTheSecret) {
  Simulator simulator;
  const auto environment = simulator.environment(
      {{"PVE_TOKEN_SECRET", ""}, {"PVE_TOKEN_COMMAND", "echo " + std::string(kSecret)}, {"DEBUG", "1"}});
  const auto called = run({"call", "pve_list_nodes"}, environment);
  EXPECT_EQ(called.code, 0) << called.errors;
  EXPECT_THAT(called.output + called.errors, AllOf(HasSubstr("pve1"), Not(HasSubstr(kSecret))));
  const auto doctor = run({"doctor"}, environment);
  EXPECT_EQ(doctor.code, 0) << doctor.output;
  EXPECT_THAT(doctor.output + doctor.errors,
              AllOf(HasSubstr("secret from PVE_TOKEN_COMMAND"), Not(HasSubstr(kSecret))));
}

// Two simulated nodes as the hosts of one setting.
struct TwoHosts {
  Simulator one;
  Simulator two;
  Texts environment() {
    two.read_fingerprint();
    one.read_fingerprint();
    return one.environment(
        {{"PVE_BASE_URL", one.settings["PVE_BASE_URL"] + ", " + two.settings["PVE_BASE_URL"]},
         {"PVE_FINGERPRINT", one.settings["PVE_FINGERPRINT"] + "," + two.settings["PVE_FINGERPRINT"]}});
  }
  static void end(Simulator& simulator) {
    simulator.process().signal(SIGTERM);
    simulator.process().wait();
  }
};

TEST(Hosts, TheSecondAnswersWhenTheFirstHasGone) {
  TwoHosts hosts;
  Process process({}, hosts.environment());
  process.write(initialize() + call(1, "pve_list_nodes"));
  ASSERT_TRUE(process.read_line());
  EXPECT_THAT(process.read_line().value_or(""), AllOf(HasSubstr("pve1"), Not(HasSubstr("isError\":true"))));
  TwoHosts::end(hosts.one);
  for (const int id : {2, 3}) {
    process.write(call(id, "pve_list_nodes"));
    EXPECT_THAT(process.read_line().value_or(""), AllOf(HasSubstr("pve1"), Not(HasSubstr("isError\":true"))));
  }
  TwoHosts::end(hosts.two);
  process.write(call(4, "pve_list_nodes"));
  EXPECT_THAT(process.read_line().value_or(""),
              AllOf(HasSubstr("isError\":true"), HasSubstr(hosts.one.settings["PVE_BASE_URL"] + ": "),
                    HasSubstr(hosts.two.settings["PVE_BASE_URL"] + ": "), Not(HasSubstr(kSecret))));
  process.close_input();
  EXPECT_EQ(process.wait(), 0);
  EXPECT_THAT(process.errors(), AllOf(HasSubstr(hosts.one.settings["PVE_BASE_URL"] + " is skipped for 30 s"),
                                      Not(HasSubstr(kSecret))));
}

TEST(Hosts, DoctorSaysWhichWork) {
  TwoHosts hosts;
  const auto environment = hosts.environment();
  const auto both = run({"doctor"}, environment);
  EXPECT_EQ(both.code, 0) << both.output;
  EXPECT_THAT(both.output, AllOf(HasSubstr("ok    host        " + hosts.two.settings["PVE_BASE_URL"]),
                                 HasSubstr("ok    hosts       all work"), HasSubstr("ok    privileges")));
  TwoHosts::end(hosts.one);
  const auto second = run({"doctor"}, environment);
  EXPECT_EQ(second.code, 0) << second.output;
  EXPECT_THAT(second.output, AllOf(HasSubstr("warn  connection"), HasSubstr("warn  hosts"),
                                   HasSubstr("these work: " + hosts.two.settings["PVE_BASE_URL"]),
                                   HasSubstr("see above: " + hosts.one.settings["PVE_BASE_URL"]),
                                   HasSubstr("ok    privileges")));
  TwoHosts::end(hosts.two);
  const auto none = run({"doctor"}, environment);
  EXPECT_EQ(none.code, 1);
  EXPECT_THAT(none.output, HasSubstr("FAIL  hosts       none of them works"));
}

TEST(Doctor, ChecksEveryStep) {
  Simulator simulator;
  const auto good = run({"doctor"}, simulator.environment());
  EXPECT_EQ(good.code, 0) << good.output;
  for (const auto* step : {"settings", "name", "connection", "TLS", "token", "version", "privileges"}) {
    EXPECT_THAT(good.output, HasSubstr(std::string("ok    ") + step));
  }
  EXPECT_THAT(good.output, HasSubstr(simulator.settings["PVE_FINGERPRINT"]));
}

TEST(Doctor, SaysWhereTheTierComesFromAndEndsWithALine) {
  EXPECT_THAT(run({"doctor", "--simulate"}, {"HOME=/nonexistent"}).output,
              AllOf(HasSubstr("tier full (default)"), EndsWith("\nEverything works: start your client.\n")));
  Simulator simulator;
  const auto limited = run({"doctor"}, simulator.environment({{"PVE_ACCESS_TIER", "read-only"}}));
  EXPECT_THAT(limited.output,
              AllOf(HasSubstr("secret from PVE_TOKEN_SECRET, tier read-only (PVE_ACCESS_TIER)"),
                    Not(HasSubstr(kSecret)), EndsWith("\nEverything works: start your client.\n")));
  EXPECT_THAT(run({"doctor"}, simulator.environment({{"HOME", "/nonexistent"}})).output,
              EndsWith("Everything works: start your client.\nAn API token of root@pam can delete everything "
                       "in the access tier full. Set PVE_ACCESS_TIER=read-only to allow reading only.\n"));
}

TEST(Doctor, SaysWhichStepFailsAndWhatToDo) {
  const std::string kCompare(pve::kCompareFingerprint);
  Simulator simulator;
  const auto unpinned = run({"doctor"}, simulator.environment({{"PVE_FINGERPRINT", ""}}));
  EXPECT_EQ(unpinned.code, 1);
  EXPECT_THAT(unpinned.output, AllOf(HasSubstr("FAIL  TLS"), HasSubstr(kCompare),
                                     HasSubstr("not signed by an authority that this machine trusts"),
                                     HasSubstr("PVE_FINGERPRINT=" + simulator.settings["PVE_FINGERPRINT"])));

  const std::string other(64, 'a');
  const auto pinned = run({"doctor"}, simulator.environment({{"PVE_FINGERPRINT", other}}));
  EXPECT_EQ(pinned.code, 1);
  EXPECT_THAT(pinned.output, AllOf(HasSubstr(simulator.settings["PVE_FINGERPRINT"]), HasSubstr(kCompare)));

  const auto unverified =
      run({"doctor"}, simulator.environment({{"PVE_FINGERPRINT", ""}, {"PVE_VERIFY_SSL", "false"}}));
  EXPECT_EQ(unverified.code, 0) << unverified.output;
  EXPECT_THAT(unverified.output,
              AllOf(HasSubstr("warn  TLS"), HasSubstr("(PVE_VERIFY_SSL)"), HasSubstr(kCompare),
                    HasSubstr("\nIt works, but see the warnings above. Start your client.\n")));
  EXPECT_THAT(unverified.errors, HasSubstr("PVE_VERIFY_SSL"));

  const auto token = run({"doctor"}, simulator.environment({{"PVE_TOKEN_SECRET", kWrong}}));
  EXPECT_EQ(token.code, 1);
  EXPECT_THAT(token.output, AllOf(HasSubstr("FAIL  token"),
                                  HasSubstr("Check PVE_TOKEN_ID and PVE_TOKEN_SECRET; on a node, "),
                                  HasSubstr("\"pveum user token list root@pam\""), Not(HasSubstr(kWrong)),
                                  Not(HasSubstr("look like")), Not(HasSubstr("start your client"))));
  const auto odd = run({"doctor"}, simulator.environment({{"PVE_TOKEN_SECRET", "hunter2"}}));
  EXPECT_THAT(odd.output, AllOf(HasSubstr("PVE's secrets look like"), Not(HasSubstr("hunter2"))));

  const auto port = run({"doctor"}, simulator.environment({{"PVE_BASE_URL", "https://127.0.0.1:1"}}));
  EXPECT_EQ(port.code, 1);
  EXPECT_THAT(port.output, AllOf(HasSubstr("FAIL  connection"), HasSubstr("refused"), HasSubstr("pveproxy")));

  const auto plain = run(
      {"doctor"},
      simulator.environment({{"PVE_BASE_URL", "http://" + simulator.settings["PVE_BASE_URL"].substr(8)}}));
  EXPECT_EQ(plain.code, 1) << plain.output;
  EXPECT_THAT(plain.output,
              HasSubstr("it needs https: set PVE_BASE_URL=" + simulator.settings["PVE_BASE_URL"]));
}

TEST(Simulate, TakesATokenServesPlainAndEndsOnASignal) {
  Simulator simulator({"--token", "me@pve!mine=secret", "--plain", "--guests", "3"});
  EXPECT_EQ(simulator.settings["PVE_TOKEN_ID"], "me@pve!mine");
  EXPECT_THAT(simulator.settings["PVE_BASE_URL"], StartsWith("http://127.0.0.1:"));
  const auto result =
      run({"call", "pve_list_nodes"}, {"PVE_BASE_URL=" + simulator.settings["PVE_BASE_URL"],
                                       "PVE_TOKEN_ID=me@pve!mine", "PVE_TOKEN_SECRET=secret"});
  EXPECT_EQ(result.code, 0) << result.errors;
  EXPECT_THAT(result.errors, IsEmpty()) << "plain HTTP to this machine needs no warning";
  simulator.process().signal(SIGTERM);
  EXPECT_EQ(simulator.process().wait(), 0);
}

TEST(Simulate, ATokenCanHaveARoleOnAPath) {
  Simulator simulator(
      {"--token", "me@pve!mine=secret", "--role", "PVEAuditor", "--path", "/vms/100", "--plain"});
  const auto as_me = [&](Texts words) {
    words.insert(words.begin(), "call");
    return run(words, {"PVE_BASE_URL=" + simulator.settings["PVE_BASE_URL"], "PVE_TOKEN_ID=me@pve!mine",
                       "PVE_TOKEN_SECRET=secret"});
  };
  EXPECT_EQ(as_me({"pve_get_qemu_status", "node=pve1", "vmid=100"}).code, 0);
  const auto stopped = as_me({"pve_stop_qemu_vm", "node=pve1", "vmid=100"});
  EXPECT_EQ(stopped.code, 1);
  EXPECT_THAT(stopped.errors, HasSubstr("VM.PowerMgmt"));
  EXPECT_NE(as_me({"pve_get_qemu_status", "node=pve1", "vmid=101"}).code, 0);
}

TEST(Simulate, RefusesARoleThatPveDoesNotHave) {
  const std::vector<std::pair<Texts, std::string>> cases = {
      {{"--token", "me@pve!mine=secret", "--role", "Auditor"}, "role 'Auditor' does not exist"},
      {{"--token", "me@pve!mine=secret", "--role", "PVEAuditor", "--path", "/guests"}, "invalid ACL path"},
      {{"--token", "me@pve!mine=secret", "--path", "/vms"}, "it needs --role"},
      {{"--role", "PVEAuditor"}, "root@pam, which may do everything"},
      {{"--token", "me@pve!m=secret"}, "two characters"},
  };
  for (const auto& [words, said] : cases) {
    Texts all = {"simulate", "--listen", "127.0.0.1:0"};
    all.insert(all.end(), words.begin(), words.end());
    const auto refused = run(all);
    EXPECT_EQ(refused.code, 2) << said;
    EXPECT_THAT(refused.errors, HasSubstr(said));
  }
}

TEST(Binary, MakesATokenWithoutPve) {
  const auto made = run({"token", "laptop", "--tier", "read-only", "--categories", "nodes,qemu"});
  ASSERT_EQ(made.code, 0) << made.errors;
  EXPECT_THAT(made.output, StartsWith("[[token]]\nname = \"laptop\"\nsha256 = \""));
  EXPECT_THAT(made.output, EndsWith("tier = \"read-only\"\ncategories = [\"nodes\", \"qemu\"]\n"));
  const auto at = made.errors.find("\npve_");
  ASSERT_NE(at, std::string::npos) << made.errors;
  const auto token = made.errors.substr(at + 1, made.errors.find('\n', at + 1) - at - 1);
  EXPECT_EQ(token.size(), 47U);
  EXPECT_THAT(made.output, Not(HasSubstr(token))) << "stdout can go into the file";
  EXPECT_EQ(made.errors.find(token, at + 2), std::string::npos) << "it is printed once";
  EXPECT_THAT(run({"token", "laptop"}).errors, Not(HasSubstr(token)));
  for (const auto& words : {Texts{"token"}, Texts{"token", "a b"}, Texts{"token", "a", "--tier", "root"},
                            Texts{"token", "a", "--categories", "nodes,cats"}}) {
    const auto refused = run(words);
    EXPECT_EQ(refused.code, 2) << words.back();
    EXPECT_THAT(refused.output, IsEmpty());
  }
}

TEST(Binary, AppendsNoSecondTokenOfAName) {
  std::string folder = testing::TempDir() + "tokens-XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  const auto file = folder + "/tokens.toml";
  const auto by_hand = "[[ token ]]\n  name   = 'ann'\n  sha256='" + std::string(64, 'a') + "'\n";
  std::ofstream(file) << by_hand;
  const auto append = [&](const std::string& name) {
    return base::run_program({"sh", "-c", test::binary() + " token " + name + " >> " + file},
                             {.errors = 4096});
  };
  const auto text = [&] {
    std::ifstream in(file);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  const auto refused = append("ann");
  EXPECT_EQ(refused.exit_code(), 2);
  EXPECT_THAT(refused.errors, AllOf(HasSubstr("with the name \"ann\" already"), Not(HasSubstr("pve_"))));
  EXPECT_EQ(text(), by_hand);
  EXPECT_TRUE(append("bob").succeeded());
  EXPECT_THAT(text(), StartsWith(by_hand + "[[token]]\nname = \"bob\"\n"));
  EXPECT_EQ(append("bob").exit_code(), 2);
  std::filesystem::remove_all(folder);
}

}  // namespace
