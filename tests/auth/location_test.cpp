#include "auth/location.h"

#include <gtest/gtest.h>

namespace {

using auth::parse_location;

std::string canonical(std::string_view text) {
  const auto location = parse_location(text);
  return location ? location->text() : "error: " + location.error();
}

TEST(Location, HasOneCanonicalForm) {
  EXPECT_EQ(canonical("https://mcp.example.com"), "https://mcp.example.com");
  EXPECT_EQ(canonical("https://mcp.example.com/"), "https://mcp.example.com");
  EXPECT_EQ(canonical("HTTPS://MCP.example.com:443/Mcp/"), "https://mcp.example.com/Mcp");
  EXPECT_EQ(canonical("http://127.0.0.1:80/mcp"), "http://127.0.0.1/mcp");
  EXPECT_EQ(canonical("http://127.0.0.1:8080/mcp"), "http://127.0.0.1:8080/mcp");
  EXPECT_EQ(canonical("https://[::1]:8443/x?y=1"), "https://[::1]:8443/x");
}

TEST(Location, AsksForPathAndQuery) {
  EXPECT_EQ(parse_location("https://a/keys?p=1")->target(), "/keys?p=1");
  EXPECT_EQ(parse_location("https://a?p=1")->target(), "/?p=1");
  EXPECT_EQ(parse_location("https://a")->target(), "/");
}

TEST(Location, IsSafeOverHttpsOrOnThisMachine) {
  for (const auto* safe : {"https://a", "http://localhost:1/x", "http://127.0.0.1", "http://[::1]:9"})
    EXPECT_TRUE(parse_location(safe)->is_safe()) << safe;
  for (const auto* unsafe : {"http://a", "http://127.0.0.1.example.com", "http://[::2]"})
    EXPECT_FALSE(parse_location(unsafe)->is_safe()) << unsafe;
}

TEST(Location, RefusesWhatIsNone) {
  for (const auto* bad : {"", "a", "a/b", "ftp://a", "https://", "https:///x", "https://a#b", "https://u:p@a",
                          "https://a b", "https://a/\"", "https://a/\x01", "https://a/ä", "https://a:0",
                          "https://a:99999", "https://[fe80::1%25eth0]/"})
    EXPECT_FALSE(parse_location(bad)) << bad;
  EXPECT_FALSE(parse_location("https://a/" + std::string(3000, 'x')));
}

}  // namespace
