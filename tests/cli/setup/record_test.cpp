#include "cli/setup/record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using cli::Record;
using cli::record_in;
using cli::with_record;

const Record& whole() {
  static const Record record{{"mcp@pve!pve", "MCP-pve", "PVEAuditor"},
                             "/h/my file.secret",
                             {"access_tier", "cluster.base_url"},
                             {"etc/mcp-pve/key.pem", "etc/mcp-pve/tokens.toml"}};
  return record;
}

constexpr const char* kLines =
    "# made by mcp-pve setup: token mcp@pve!pve\n# made by mcp-pve setup: role MCP-pve\n"
    "# made by mcp-pve setup: permission PVEAuditor\n# made by mcp-pve setup: file /h/my file.secret\n"
    "# made by mcp-pve setup: keys access_tier cluster.base_url\n"
    "# made by mcp-pve setup: service etc/mcp-pve/key.pem etc/mcp-pve/tokens.toml\n";

TEST(SettingsRecord, StandsInCommentsAndGoesWithoutATrace) {
  for (const std::string before :
       {"", "# mine\n", "scope = \"a\"\n", "scope = \"a\"\n\n[cluster]\ntoken_id = \"x\"\n"}) {
    const auto with = with_record(before, whole());
    ASSERT_TRUE(with) << with.error();
    EXPECT_EQ(*with, before + (before.empty() ? "" : "\n") + kLines);
    EXPECT_EQ(record_in(*with), whole());
    EXPECT_EQ(with_record(*with, whole()), *with);
    EXPECT_EQ(with_record(*with, {}), before);
  }
  std::string dos(kLines);
  for (auto at = dos.find('\n'); at != std::string::npos; at = dos.find('\n', at + 2)) dos.insert(at, "\r");
  EXPECT_EQ(record_in(dos), whole());
}

TEST(SettingsRecord, OfAnotherFormIsNone) {
  const std::string mark = "# made by mcp-pve setup: ";
  const std::string good = mark + "keys scope\n";
  EXPECT_NE(record_in(good), Record{});
  for (const auto& bad :
       {mark + "token root@pam!x", mark + "token mcp@pve", mark + "file relative", mark + "keys output",
        mark + "keys ", mark + "folder /h", mark + "service etc/passwd", mark + "role A B", mark + "role ",
        mark, good, mark + "keys scope  protect", std::string("x = \"\"\"\n") + mark + "role A\n\"\"\""})
    EXPECT_EQ(record_in(good + bad + "\n"), Record{}) << bad;
  EXPECT_EQ(record_in(" " + good), Record{});
}

TEST(SettingsRecord, IsNotWrittenWhereItCannotBeRead) {
  EXPECT_FALSE(with_record("x = \"\"\"\n# made by mcp-pve setup: role A\n\"\"\"\n", {}));
  auto record = whole();
  record.file = "/h/two\nlines";
  EXPECT_FALSE(with_record("", record));
}

TEST(SettingsRecord, ContentsAreSettingsAndComments) {
  const std::string first = std::string(cli::kFirstComment) + "\n";
  EXPECT_TRUE(cli::is_without_contents(""));
  EXPECT_TRUE(cli::is_without_contents(first + "[cluster]\n\n" + kLines));
  EXPECT_FALSE(cli::is_without_contents(first + "# mine\n"));
  EXPECT_FALSE(cli::is_without_contents("[cluster] # mine\n"));
  EXPECT_FALSE(cli::is_without_contents("scope = \"a\"\n"));
}

}  // namespace
