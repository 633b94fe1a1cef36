#include "simulator/exchanges.h"

namespace simulator {
namespace {

using enum base::Method;

const std::string kVm = "/nodes/pve1/qemu/100";
const std::string kAgent = kVm + "/agent";

TEST(SimulatedAgent, RunsCommands) {
  Demo demo;
  const Form command{
      {"command", "/bin/sh"}, {"command", "-c"}, {"command", "echo out; echo err >&2; exit 3"}};
  const auto pid = demo.post(kAgent + "/exec", command).data().at("pid").as_int64();
  const Form process{{"pid", std::to_string(pid)}};
  expect_exchanges(
      demo, {
                {Get, kAgent + "/exec-status", process,
                 R"({"exited":1,"exitcode":3,"out-data":"out\n","err-data":"err\n","out-truncated":0})"},
                {Get, kAgent + "/exec-status", process, "", 500, "Agent error: Invalid parameter 'pid'"},
                {Post, kAgent + "/exec", {{"command", "/nonexistent"}}, "", 596, "Broken pipe"},
            });
}

TEST(SimulatedAgent, ACommandTakesItsTime) {
  Demo demo;
  const auto pid =
      demo.post(kAgent + "/exec", {{"command", "/bin/sleep"}, {"command", "4"}}).data().at("pid").as_int64();
  const Form process{{"pid", std::to_string(pid)}};
  expect_exchanges(demo, {{Get, kAgent + "/exec-status", process, R"({"exited":0})"}});
  demo.pass(std::chrono::seconds(5));
  expect_exchanges(demo, {{Get, kAgent + "/exec-status", process, R"({"exited":1,"exitcode":0})"}});
}

TEST(SimulatedAgent, KeepsFilesAsBytes) {
  Demo demo;
  expect_exchanges(
      demo, {
                {Post, kAgent + "/file-write", {{"file", "/tmp/a"}, {"content", "zw\xC3\xB6lf\n"}}},
                {Get,
                 kAgent + "/file-read",
                 {{"file", "/tmp/a"}},
                 "{\"bytes-read\":6,\"content\":\"zw\xC3\xB6lf\\n\"}"},
                {Post, kAgent + "/file-write", {{"file", "/tmp/b"}, {"content", "4oKs"}, {"encode", "0"}}},
                {Get,
                 kAgent + "/file-read",
                 {{"file", "/tmp/b"}},
                 "{\"bytes-read\":3,\"content\":\"\xC3\xA2\xC2\x82\xC2\xAC\"}"},
                {Post,
                 kAgent + "/file-write",
                 {{"file", "/tmp/c"}, {"content", "\xE2\x82\xAC"}},
                 "",
                 500,
                 "Wide character in subroutine entry at /usr/share/perl5/PVE/API2/Qemu/Agent.pm line 624."},
                {Get,
                 kAgent + "/file-read",
                 {{"file", "/nonexistent"}},
                 "",
                 500,
                 "Agent error: failed to open file '/nonexistent' (mode: 'r'): No such file or directory"},
            });
}

TEST(SimulatedAgent, DiesOfACharacterAboveLatin1) {
  Demo demo(1);
  expect_exchanges(demo, {
                             {Post,
                              kAgent + "/exec",
                              {{"command", "echo"}, {"command", "\xE2\x82\xAC"}},
                              "",
                              500,
                              "VM 100 qga command 'guest-exec' failed - got timeout"},
                             {Post, kAgent + "/ping", {}, "", 500, "QEMU guest agent is not running"},
                         });
}

TEST(SimulatedAgent, AnswersTheRest) {
  Demo demo;
  expect_exchanges(demo, {
                             {Post, kAgent + "/fsfreeze-freeze", {}, R"({"result":1})"},
                             {Post, kAgent + "/fsfreeze-status", {}, R"({"result":"frozen"})"},
                             {Post, kAgent + "/fsfreeze-thaw", {}, R"({"result":1})"},
                             {Post, kAgent, {{"command", "fsfreeze-status"}}, R"({"result":"thawed"})"},
                             {Post, kAgent + "/fstrim", {}, R"({"result":{"paths":[{"path":"/"}]}})"},
                             {Get, kAgent + "/get-users", {}, R"({"result":[]})"},
                             {Get, kAgent + "/get-timezone", {}, R"({"result":{"zone":"UTC"}})"},
                             {Get, kAgent + "/get-fsinfo", {}, R"({"result":[{"mountpoint":"/"}]})"},
                             {Post,
                              kAgent + "/set-user-password",
                              {{"username", "root"}, {"password", "secret1"}},
                              R"({"result":{}})"},
                             {Post, kAgent + "/shutdown", {}, R"({"result":null})"},
                             {Post, kAgent + "/ping", {}, "", 500, "VM 100 is not running"},
                         });
}

TEST(SimulatedCloudInit, IsGeneratedFromTheConfiguration) {
  Demo demo;
  ASSERT_EQ(demo.put("/nodes/pve1/qemu/105/config",
                     {{"ciuser", "alice"}, {"ipconfig0", "ip=dhcp"}, {"searchdomain", "lab.local"}})
                .status,
            200U);
  const auto dump = [&](const char* type) {
    const auto got = demo.get("/nodes/pve1/qemu/105/cloudinit/dump", {{"type", type}});
    return got.upid();
  };
  EXPECT_NE(dump("user").find("\nuser: alice\n"), std::string::npos);
  EXPECT_NE(dump("network").find("      - type: dhcp4\n"), std::string::npos);
  EXPECT_TRUE(dump("meta").starts_with("instance-id: "));
  const auto rows = demo.get("/nodes/pve1/qemu/105/cloudinit");
  EXPECT_TRUE(holds(rows.data(), *base::parse_json(R"([{"key":"ciuser","value":"alice"},
      {"key":"ipconfig0"},{"key":"searchdomain"}])")))
      << rows.text;
  EXPECT_EQ(demo.put("/nodes/pve1/qemu/105/cloudinit").status, 200U);
}

}  // namespace
}  // namespace simulator
