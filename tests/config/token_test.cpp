#include "config/token.h"

#include <gtest/gtest.h>

namespace {

TEST(Token, IdsAsPveHasThem) {
  for (const auto* good :
       {"root@pam!mcp", "a.b-c@pve!T1", "user@ldap.example-1!tok_en.x", "me@home.org@pve!ab"}) {
    EXPECT_TRUE(config::is_token_id(good)) << good;
  }
  for (const auto* bad : {"", "root", "root@pam", "root@pam!", "root@pam!1x", "@pam!mcp", "root@!mcp",
                          "root!mcp", "ro:ot@pam!mcp", "r/t@pam!mcp", "root@p m!mcp", "root@pam!m",
                          "a=b@pam!mcp", "root@pam!mcp=uuid", "PVEAPIToken=root@pam!mcp"}) {
    EXPECT_FALSE(config::is_token_id(bad)) << bad;
  }
}

TEST(Token, SaysWhatIsWrongWithAnId) {
  EXPECT_FALSE(config::token_id_misfit("root@pam!mcp"));
  EXPECT_TRUE(config::is_short_token_id("root@pam!m"));
  for (const auto* other : {"root@pam!1", "root@pam!", "root!m", "root@pam!mc", ""})
    EXPECT_FALSE(config::is_short_token_id(other)) << other;
}

TEST(Token, UuidsAsPveMakesThem) {
  EXPECT_TRUE(config::is_uuid("12345678-1234-1234-1234-123456789aBc"));
  for (const auto* other :
       {"", "hunter2", "12345678-1234-1234-1234-123456789abcd", "12345678-1234-1234-1234"})
    EXPECT_FALSE(config::is_uuid(other)) << other;
}

TEST(Token, MasksWhatMayBeSecret) {
  EXPECT_EQ(config::without_secrets("12345678-1234-1234-1234-123456789ABC"), "…");
  EXPECT_EQ(config::without_secrets("a@pam!t=hunter2"), "a@pam!t=…");
  EXPECT_EQ(config::without_secrets("https://u:p@host/x"), "https://…@host/x");
  EXPECT_EQ(config::without_secrets("https://u:p/@q@host"), "https://…@host");
  EXPECT_EQ(config::without_secrets("u:p@host:8006"), "…@host:8006");
  EXPECT_EQ(config::without_secrets("root@pam!mcp"), "root@pam!mcp");
  EXPECT_EQ(config::without_secrets("https://host:8006/"), "https://host:8006/");
  EXPECT_EQ(config::without_secrets("read-only"), "read-only");
}

}  // namespace
