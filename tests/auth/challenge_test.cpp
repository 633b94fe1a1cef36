#include "auth/challenge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/scopes.h"
#include "base/json.h"

namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kMetadata = "https://mcp.example.com/.well-known/oauth-protected-resource/mcp";

TEST(Challenges, AreThoseOfTheSpecification) {
  const auth::Challenges challenges(kMetadata);
  const auto none = challenges.no_token();
  EXPECT_EQ(none.status, 401U);
  EXPECT_EQ(none.challenge,
            "Bearer resource_metadata=\"" + std::string(kMetadata) + "\", scope=\"pve:read\"");
  const auto invalid = challenges.invalid_token("The token has expired.");
  EXPECT_EQ(invalid.status, 401U);
  EXPECT_EQ(invalid.challenge, "Bearer error=\"invalid_token\", resource_metadata=\"" +
                                   std::string(kMetadata) +
                                   "\", scope=\"pve:read\", error_description=\"The token has expired.\"");
  EXPECT_EQ(challenges.invalid_request("Twice.").status, 400U);
  EXPECT_THAT(challenges.invalid_request("Twice.").challenge, HasSubstr("Bearer error=\"invalid_request\""));
  const auto scopes = auth::scopes_up_to(1);
  const auto scarce = challenges.insufficient_scope(scopes, "More.");
  EXPECT_EQ(scarce.status, 403U);
  EXPECT_EQ(scarce.challenge, "Bearer error=\"insufficient_scope\", resource_metadata=\"" +
                                  std::string(kMetadata) +
                                  "\", scope=\"pve:read pve:execute\", error_description=\"More.\"");
  EXPECT_EQ(auth::Challenges::unavailable("Later.").status, 503U);
  EXPECT_EQ(auth::Challenges::unavailable("Later.").challenge, "");
}

TEST(Challenges, WithoutOAuthNameNoScope) {
  const auth::Challenges challenges("");
  EXPECT_EQ(challenges.no_token().challenge, "Bearer realm=\"mcp-pve\"");
  EXPECT_EQ(challenges.invalid_token("No.").challenge,
            "Bearer error=\"invalid_token\", realm=\"mcp-pve\", error_description=\"No.\"");
}

TEST(Challenges, AValueCannotLeaveItsQuotes) {
  const auth::Challenges challenges(kMetadata);
  const auto told = challenges.invalid_token("a\"b\\c\r\nX: y\xC3\xA4").challenge;
  EXPECT_THAT(told, HasSubstr("error_description=\"a'b?c??X: y??\""));
}

TEST(Bearer, IsFoundInTheHeader) {
  EXPECT_EQ(*auth::bearer_token({{"Authorization", "Bearer abc.DEF-_~+/=="}}), "abc.DEF-_~+/==");
  EXPECT_EQ(*auth::bearer_token({{"AUTHORIZATION", "bearer   abc "}}), "abc");
  EXPECT_EQ(*auth::bearer_token({}), "");
  EXPECT_EQ(*auth::bearer_token({{"Cookie", "Bearer abc"}}), "");
  EXPECT_EQ(*auth::bearer_token({{"Authorization", "Basic YTpi"}}), "") << "another scheme has no token";
  EXPECT_EQ(*auth::bearer_token({{"Authorization", ""}}), "");
}

TEST(Bearer, MalformedOnesAreRefused) {
  for (const auto* bad : {"Bearer", "Bearer ", "Bearer a b", "Bearer a,b", "Bearer \"a\"", "Bearer a=b",
                          "Bearer =", "Bearer \xC3\xA4"})
    EXPECT_FALSE(auth::bearer_token({{"Authorization", bad}})) << bad;
  const auto twice = auth::bearer_token({{"Authorization", "Bearer a"}, {"authorization", "Bearer a"}});
  ASSERT_FALSE(twice);
  EXPECT_THAT(twice.error(), HasSubstr("more than one"));
  EXPECT_FALSE(auth::bearer_token({{"Authorization", "Basic YTpi"}, {"Authorization", "Bearer a"}}));
}

TEST(Scopes, HigherOnesIncludeLowerOnes) {
  using Scopes = std::vector<std::string>;
  EXPECT_EQ(auth::highest(Scopes{}), std::nullopt);
  EXPECT_EQ(auth::highest(Scopes{"openid", "PVE:READ", "pve:reader"}), std::nullopt);
  EXPECT_EQ(auth::highest(Scopes{"openid", "pve:read"}), 0U);
  EXPECT_EQ(auth::highest(Scopes{"pve:execute"}), 1U);
  EXPECT_EQ(auth::highest(Scopes{"pve:full", "pve:read"}), 2U);
  EXPECT_THAT(auth::scopes_up_to(0), ElementsAre("pve:read"));
  EXPECT_THAT(auth::scopes_up_to(2), ElementsAre("pve:read", "pve:execute", "pve:full"));
  EXPECT_THAT(auth::scopes_up_to(9), ElementsAre("pve:read", "pve:execute", "pve:full"));
}

TEST(Metadata, AreThoseOfRfc9728) {
  const auto resource = *auth::parse_location("https://MCP.example.com:443/mcp/");
  const auto scopes = auth::scopes_up_to(2);
  EXPECT_EQ(
      auth::protected_resource_metadata(resource, "https://id.example.com/", scopes),
      R"({"resource":"https://mcp.example.com/mcp","authorization_servers":["https://id.example.com/"],)"
      R"("scopes_supported":["pve:read","pve:execute","pve:full"],"bearer_methods_supported":["header"],)"
      R"("resource_name":"Proxmox VE"})");
  const auto paths = auth::metadata_paths(resource);
  EXPECT_EQ(paths.root, "/.well-known/oauth-protected-resource");
  EXPECT_EQ(paths.inserted, "/.well-known/oauth-protected-resource/mcp");
  const auto behind = auth::metadata_paths(*auth::parse_location("https://example.com/pve/mcp/"));
  EXPECT_EQ(behind.inserted, "/.well-known/oauth-protected-resource/pve/mcp");
  EXPECT_EQ(behind.local, "/.well-known/oauth-protected-resource/mcp");
  const auto bare = auth::metadata_paths(*auth::parse_location("https://mcp.example.com/"));
  EXPECT_EQ(bare.inserted, bare.root);
}

}  // namespace
