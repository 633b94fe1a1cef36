#include "cli/setup/people.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

TEST(StartedProgram, IsTheOneThatRunsOrNpxAgain) {
  struct Case {
    std::string program;
    std::vector<std::string> words;
  };
  for (const auto& [program, words] : std::vector<Case>{
           {"/usr/bin/mcp-pve", {"/usr/bin/mcp-pve"}},
           {"/home/ann/.npm/_npx/0a1b/node_modules/@mcp-pve/linux-x64/mcp-pve", {"npx", "-y", "mcp-pve"}},
           {"/usr/lib/node_modules/mcp-pve/node_modules/@mcp-pve/linux-x64/mcp-pve",
            {"/usr/lib/node_modules/mcp-pve/node_modules/@mcp-pve/linux-x64/mcp-pve"}},
       }) {
    ::setup::Server server;
    cli::start(server, program);
    server.args.insert(server.args.begin(), server.command);
    EXPECT_EQ(server.args, words);
  }
}

}  // namespace
