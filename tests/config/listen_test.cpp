#include "config/listen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using testing::HasSubstr;

TEST(Listen, AddressesAsPeopleWriteThem) {
  const auto text = [](std::string_view written) {
    const auto listen = config::parse_listen("--listen", written, 8006);
    return listen ? listen->address + " " + std::to_string(listen->port) : "error";
  };
  EXPECT_EQ(text("127.0.0.1:8006"), "127.0.0.1 8006");
  EXPECT_EQ(text("127.0.0.1:0"), "127.0.0.1 0");
  EXPECT_EQ(text("0.0.0.0"), "0.0.0.0 8006");
  EXPECT_EQ(text("localhost:1"), "localhost 1");
  EXPECT_EQ(text("9000"), "127.0.0.1 9000");
  EXPECT_EQ(text("[::1]:5"), "::1 5");
  EXPECT_EQ(text("[::1]"), "::1 8006");
  EXPECT_EQ(text("::1"), "::1 8006");
  EXPECT_EQ(text("[fe80::1%eth0]:5"), "fe80::1%eth0 5");
  for (const auto* bad : {"", ":8006", "127.0.0.1:", "127.0.0.1:99999", "a:b", "[]:1", "127.1:80", "pve:80",
                          "127.0.0.1.example.com:80", "localhost.example.com:80", "[::1:80", "127.0.0.1:80 "})
    EXPECT_EQ(text(bad), "error") << bad;
}

TEST(Listen, APortIsNeededWhereThereIsNoUsualOne) {
  EXPECT_TRUE(config::parse_listen("--http", "8080", std::nullopt));
  for (const auto* bad : {"127.0.0.1", "::1", "[::1]", "localhost"}) {
    const auto listen = config::parse_listen("--http", bad, std::nullopt);
    ASSERT_FALSE(listen) << bad;
    EXPECT_THAT(listen.error(),
                HasSubstr("--http is \"" + std::string(bad) + "\", but must be localhost or an IP address"));
  }
}

TEST(Listen, KnowsWhetherOtherMachinesCanReachIt) {
  const auto listen = [](const char* address) { return config::Listen{address, 1}; };
  for (const auto* here : {"localhost", "127.0.0.1", "127.9.9.9", "::1"})
    EXPECT_TRUE(listen(here).is_loopback()) << here;
  for (const auto* there :
       {"0.0.0.0", "::", "192.0.2.1", "::ffff:192.0.2.1", "fe80::1%eth0", "127.0.0.1.example"})
    EXPECT_FALSE(listen(there).is_loopback()) << there;
  EXPECT_TRUE(listen("0.0.0.0").is_any());
  EXPECT_TRUE(listen("::").is_any());
  EXPECT_FALSE(listen("127.0.0.1").is_any());
  EXPECT_EQ(listen("::1").text(), "[::1]:1");
  EXPECT_EQ(listen("127.0.0.1").text(), "127.0.0.1:1");
}

}  // namespace
