// PVE_TOOLS_ALLOW and PVE_TOOLS_DENY at the built binary.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/json.h"
#include "cli/process.h"

namespace {

using test::Process;
using test::run;
using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

using Texts = std::vector<std::string>;

std::string modern(int id, const std::string& method, const std::string& members) {
  return R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"method":")" + method +
         R"(","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
         R"("io.modelcontextprotocol/clientCapabilities":{},)"
         R"("io.modelcontextprotocol/clientInfo":{"name":"test","version":"1"}})" +
         members + "}}\n";
}

std::string call(int id, const std::string& tool, const std::string& arguments = "{}") {
  return modern(id, "tools/call", R"(,"name":")" + tool + R"(","arguments":)" + arguments);
}

Texts names(const std::string& line) {
  Texts all;
  const auto answer = base::parse_json(line);
  if (!answer) return {"no JSON"};
  for (const auto& tool : answer->at("result").at("tools").as_array())
    all.emplace_back(std::string_view(tool.at("name").as_string()));
  return all;
}

TEST(ToolLists, HideToolsOverStdio) {
  Process process({"--simulate", "--tools-deny", "pve_list_nodes"},
                  {"PVE_TOOLS_ALLOW=pve_list_nodes,pve_list_pools"});
  process.write(modern(1, "tools/list", ""));
  EXPECT_THAT(names(process.read_line().value_or("")), ElementsAre("pve_list_pools"));
  process.write(call(2, "pve_list_nodes"));
  EXPECT_THAT(
      process.read_line().value_or(""),
      AllOf(HasSubstr(R"("isError":true)"),
            HasSubstr("pve_list_nodes is off, because PVE_TOOLS_DENY has the entry \\\"pve_list_nodes")));
  process.write(call(3, "pve_delete_qemu_vm", R"({"vmid":100})"));
  EXPECT_THAT(process.read_line().value_or(""),
              AllOf(HasSubstr(R"("isError":true)"), HasSubstr("PVE_TOOLS_ALLOW does not name it")));
  process.write(call(4, "pve_list_pools"));
  EXPECT_THAT(process.read_line().value_or(""), Not(HasSubstr("isError")));
}

TEST(ToolLists, OfTheEarlierServerForbidToo) {
  const auto hidden = run({"--simulate", "call", "pve_delete_qemu_vm", "vmid=100"},
                          {"PVE_TOOL_BLACKLIST=pve_delete_qemu_vm"});
  EXPECT_EQ(hidden.code, 1);
  EXPECT_THAT(hidden.errors, HasSubstr("PVE_TOOLS_DENY has the entry \"pve_delete_qemu_vm"));
  const auto only = run({"tools"}, {"PVE_TOOL_WHITELIST=pve_list_pools"});
  EXPECT_THAT(only.output, AllOf(HasSubstr("\n1 tool\n"), Not(HasSubstr("pve_list_nodes  "))));
}

TEST(ToolLists, AreReadAgain) {
  std::string pattern = testing::TempDir() + "lists-XXXXXX";
  const std::filesystem::path folder = ::mkdtemp(pattern.data());
  const auto file = (folder / "config.toml").string();
  std::ofstream(file) << "tools_allow = ['pve_list_pools', 'pve_list_nodes']\n";
  Process process({"--simulate", "--config", file});
  process.write(modern(1, "tools/list", ""));
  EXPECT_THAT(names(process.read_line().value_or("")), ElementsAre("pve_list_nodes", "pve_list_pools"));
  std::ofstream(file) << "tools_allow = ['pve_list_pools', 'pve_list_nodes']\ntools_deny = ['*nodes']\n";
  process.signal(SIGHUP);
  // The reload is on another thread; the list is asked until it has come.
  for (int id = 2; id < 1000; ++id) {
    process.write(modern(id, "tools/list", ""));
    if (names(process.read_line().value_or("")) == Texts{"pve_list_pools"}) break;
    ASSERT_LT(id, 999);
  }
  process.write(call(1000, "pve_list_nodes"));
  EXPECT_THAT(process.read_line().value_or(""), HasSubstr("PVE_TOOLS_DENY"));
  // A mistake in it changes nothing.
  std::ofstream(file) << "tools_deny = ['pve_list_node']\n";
  process.signal(SIGHUP);
  while (process.is_pending(SIGHUP)) std::this_thread::yield();
  process.write(call(1001, "pve_list_nodes"));
  EXPECT_THAT(process.read_line().value_or(""), HasSubstr("PVE_TOOLS_DENY"));
  process.close_input();
  EXPECT_EQ(process.wait(), 0);
  EXPECT_THAT(process.errors(), HasSubstr("tier, categories and tools were read again, "));
  std::filesystem::remove_all(folder);
}

TEST(ToolLists, StopTheStartWhereTheyNameNoTool) {
  for (const auto& [environment, sentence] : std::vector<std::pair<Texts, std::string>>{
           {{"PVE_TOOLS_DENY=pve_delete_vm"},
            "PVE_TOOLS_DENY is \"pve_delete_vm\", but no tool has this name; the nearest is "
            "pve_delete_qemu_vm."},
           {{"PVE_TOOL_WHITELIST=pve_list_node*,pve_lst_*"},
            "PVE_TOOL_WHITELIST is \"pve_lst_*\", but no tool has a name that matches it; the nearest is "
            "pve_list_"},
           {{"PVE_TOOLS_DENY=pve_list_nodes", "PVE_TOOL_BLACKLIST=pve_list_pools"},
            "PVE_TOOLS_DENY and PVE_TOOL_BLACKLIST are two names of one setting, but have different "
            "values"}}) {
    const auto result = run({"--simulate"}, environment);
    EXPECT_EQ(result.code, 2);
    EXPECT_THAT(result.output, IsEmpty());
    EXPECT_THAT(result.errors, HasSubstr(sentence));
  }
}

TEST(ToolLists, AreToldByToolsAndDoctor) {
  EXPECT_THAT(run({"tools"}, {"PVE_TOOLS_DENY=pve_delete_qemu_vm,pve_stop_task"}).output,
              EndsWith("\n103 tools\nPVE_TOOLS_DENY hides 2 tools: pve_delete_qemu_vm, pve_stop_task.\n"));
  EXPECT_THAT(run({"tools"}, {"PVE_TOOLS_DENY=pve_delete_*"}).output, HasSubstr(" and "));
  EXPECT_THAT(
      run({"tools"}, {"PVE_TOOLS_ALLOW=pve_start_qemu_vm,pve_list_pools", "PVE_ACCESS_TIER=read-only"})
          .output,
      EndsWith("PVE_TOOLS_ALLOW names pve_start_qemu_vm, but PVE_ACCESS_TIER or PVE_CATEGORIES excludes it. "
               "Change that setting, or remove the entry from PVE_TOOLS_ALLOW.\n"));
  const auto good = run({"doctor", "--simulate"}, {"PVE_TOOLS_DENY=pve_stop_task", "HOME=/nonexistent"});
  EXPECT_EQ(good.code, 0);
  EXPECT_THAT(good.output, HasSubstr("ok    tools       PVE_TOOLS_DENY hides 1 tool: pve_stop_task."));
  const auto none = run({"doctor", "--simulate"}, {"PVE_TOOLS_DENY=*"});
  EXPECT_THAT(none.output,
              HasSubstr("warn  tools       These settings offer no tool. Check PVE_TOOLS_DENY, "));
  EXPECT_THAT(run({"doctor", "--simulate"}, {"HOME=/nonexistent"}).output, Not(HasSubstr("tools       ")));
}

TEST(ToolLists, ThatLeaveNothingAreALineInTheLog) {
  const auto served = run({"--simulate"}, {"PVE_TOOLS_ALLOW=pve_start_qemu_vm", "PVE_ACCESS_TIER=read-only"});
  EXPECT_EQ(served.code, 0);
  EXPECT_THAT(served.errors, HasSubstr("warning: These settings offer no tool. Check PVE_TOOLS_ALLOW, "));
}

}  // namespace
