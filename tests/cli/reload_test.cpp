// The rules about changes, which a running server reads again on SIGHUP.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "cli/process.h"

namespace {

namespace fs = std::filesystem;
using test::Process;
using test::run;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Reload : public testing::Test {
 protected:
  Reload() {
    std::string pattern = testing::TempDir() + "reload-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  ~Reload() override { fs::remove_all(folder_); }

  std::string file() const { return (folder_ / "config.toml").string(); }
  void write(const std::string& text) const { std::ofstream(file()) << text; }

  std::string ask(Process& server, const std::string& method, const std::string& params) {
    server.write(R"({"jsonrpc":"2.0","id":)" + std::to_string(++id_) + R"(,"method":")" + method +
                 R"(","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
                 R"("io.modelcontextprotocol/clientCapabilities":{},)"
                 R"("io.modelcontextprotocol/clientInfo":{"name":"test","version":"1"}})" +
                 params + "}}\n");
    return server.read_line().value_or("");
  }
  std::string call(Process& server, const std::string& tool, const std::string& arguments) {
    return ask(server, "tools/call", R"(,"name":")" + tool + R"(","arguments":)" + arguments);
  }
  /// The reload is on another thread: asks until the answer holds `text`.
  static void await(const std::function<std::string()>& answer, const std::string& text) {
    for (int round = 0; round < 1000; ++round) {
      if (answer().find(text) != std::string::npos) return;
    }
    ADD_FAILURE() << "no answer held " << text;
  }

  fs::path folder_;
  int id_ = 0;
};

TEST_F(Reload, ChangesWhatIsProtectedConfirmedAndApproved) {
  constexpr auto kMark = R"("_meta":{"anthropic/requiresUserInteraction":true})";
  write("confirm = 'never'\n");
  Process server({"--simulate", "--config", file()}, {"HOME=" + folder_.string()});
  const auto list = [&] { return ask(server, "tools/list", ""); };
  const auto update = [&] { return call(server, "pve_update_qemu_config", R"({"vmid":100,"cores":3})"); };
  EXPECT_THAT(list(), AllOf(Not(HasSubstr(kMark)), Not(HasSubstr(R"("confirm")"))));
  EXPECT_THAT(update(), Not(HasSubstr("isError")));

  write("protect = ['vmid:100']\n");
  server.signal(SIGHUP);
  await(update, "PVE_PROTECT");
  EXPECT_THAT(list(), AllOf(Not(HasSubstr(kMark)), HasSubstr(R"("confirm")")));

  write("confirm = 'changes'\n");
  server.signal(SIGHUP);
  await(update, "Not done. ");

  write("approval = 'human'\n");
  server.signal(SIGHUP);
  await(list, kMark);

  // A mistake changes nothing.
  write("approval = 'human'\nconfirm = 'never'\n");
  server.signal(SIGHUP);
  while (server.is_pending(SIGHUP)) std::this_thread::yield();
  EXPECT_THAT(list(), HasSubstr(kMark));
  server.close_input();
  EXPECT_EQ(server.wait(), 0);
}

TEST(Approval, NeedsAConfirmationThatAsks) {
  const auto never = run({"--simulate", "--approval", "human", "--confirm", "never"});
  EXPECT_EQ(never.code, 2);
  EXPECT_THAT(never.errors, HasSubstr("PVE_APPROVAL is \"human\", but PVE_CONFIRM is \"never\""));
  const auto unknown = run({"--simulate"}, {"PVE_APPROVAL=humans"});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.errors, HasSubstr("PVE_APPROVAL is \"humans\""));
}

}  // namespace
