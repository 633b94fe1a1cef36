// Changes that are held back: ClientOptions::hold is asked before each time that one is sent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "pve/client.h"
#include "support/scripted_pve.h"

namespace {

using namespace std::chrono_literals;
using base::Method;
using net::Failure;
using pve::Error;
using testing::IsEmpty;

constexpr auto kWhy = "changes are frozen. Run `mcp-pve thaw`.";

class Hold : public testing::Test {
 protected:
  Hold() { http_.answer("*", "null"); }
  /// Held from the n-th question on; 0: never.
  pve::Client client(std::size_t from, pve::Credentials credentials = {"me@pve!t1", "secret-of-mine", {}}) {
    return {http_, credentials, {"https://pve:8006", 40s, {}, [this, from]() -> std::optional<std::string> {
                                   ++asked_;
                                   return from != 0 && asked_ >= from ? std::optional<std::string>(kWhy)
                                                                      : std::nullopt;
                                 }}};
  }

  test::ScriptedPve http_;
  std::size_t asked_ = 0;
};

TEST_F(Hold, EveryMethodButGetIsHeld) {
  auto all = client(1);
  for (const auto method : {Method::Post, Method::Put, Method::Delete}) {
    const auto answer = all.call({method, "/x", {}}, {});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, Error::Kind::Held);
    EXPECT_EQ(answer.error().message, kWhy);
    EXPECT_EQ(pve::explain(answer.error(), "POST /x", "https://pve:8006"),
              std::string("Nothing was sent: ") + kWhy);
    const auto text = all.text({method, "/x", {}}, {});
    ASSERT_FALSE(text);
    EXPECT_EQ(text.error().kind, Error::Kind::Held);
  }
  EXPECT_THAT(http_.asked(), IsEmpty());
  const auto before = asked_;
  EXPECT_TRUE(all.call({Method::Get, "/x", {}}, {}));
  EXPECT_EQ(asked_, before) << "a read does not even ask";
  EXPECT_EQ(all.held(), kWhy);
}

TEST_F(Hold, NothingIsHeldWithoutAReason) {
  auto free = client(0);
  EXPECT_TRUE(free.call({Method::Post, "/x", {}}, {}));
  EXPECT_EQ(asked_, 1U);
  pve::Client none(http_, {"me@pve!t1", "secret-of-mine", {}}, {"https://pve:8006", 40s, {}});
  EXPECT_TRUE(none.call({Method::Post, "/x", {}}, {}));
  EXPECT_FALSE(none.held());
}

TEST_F(Hold, IsAskedAgainBeforeARepeatOnAnotherConnection) {
  http_.fail("POST /x", Failure::Kind::Closed);
  auto later = client(2);
  const auto answer = later.call({Method::Post, "/x", {}}, {});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, Error::Kind::Held);
  EXPECT_EQ(http_.count("POST /x"), 1U);
}

TEST_F(Hold, IsAskedAgainBeforeARepeatWithAnotherSecret) {
  std::string pattern = testing::TempDir() + "secret-XXXXXX";
  const std::string folder = ::mkdtemp(pattern.data());
  const auto file = folder + "/secret";
  std::ofstream(file) << "secret-of-old";
  std::filesystem::permissions(file,
                               std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  http_.answer("POST /x", [&](const test::Asked&) -> test::Answer {
    std::ofstream(file) << "secret-of-new";
    return net::Response{401, "No ticket", {}, ""};
  });
  auto later = client(2, {"me@pve!t1", "", file});
  const auto answer = later.call({Method::Post, "/x", {}}, {});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, Error::Kind::Held);
  EXPECT_EQ(http_.count("POST /x"), 1U);
}

TEST_F(Hold, AnotherHostIsTriedOnlyWhileChangesMayBeSent) {
  http_.answer("POST /x", [&](const test::Asked& asked) -> test::Answer {
    EXPECT_TRUE(asked.options.may_go_on);
    EXPECT_FALSE(asked.options.may_go_on());
    return test::pve_failure(Failure::Kind::Refused);
  });
  auto later = client(2);
  const auto answer = later.call({Method::Post, "/x", {}}, {});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, Error::Kind::Held) << "not that the host was unreachable";
}

}  // namespace
