#include "pve/guests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "support/scripted_pve.h"

namespace {

using namespace std::chrono_literals;

constexpr auto kTwo =
    R"([{"type":"lxc","vmid":200,"name":"dns\u001b[0m","node":"pve2"},{"type":"node","node":"pve1"},)"
    R"({"type":"qemu","vmid":100,"name":"web","node":"pve1"},{"vmid":"x"},7])";
constexpr auto kLookUp = "GET /cluster/resources?type=vm";

struct Fixture {
  test::ScriptedPve http;
  base::ManualClock clock;
  pve::Client client{http, {"root@pam!mcp", "secret-of-the-token", {}}, {"https://pve:8006", 40s, {}}};
  pve::Guests guests{client, clock};
};

TEST(Guests, AreThoseOfTheCluster) {
  Fixture setup;
  setup.http.answer(kLookUp, kTwo);
  const auto list = setup.guests.list({});
  ASSERT_TRUE(list);
  ASSERT_EQ((*list)->size(), 2U);
  EXPECT_EQ(setup.http.asked().at(0), kLookUp);
  const auto* web = pve::find(**list, 100);
  ASSERT_NE(web, nullptr);
  EXPECT_EQ(web->node, "pve1");
  EXPECT_FALSE(web->container);
  EXPECT_TRUE(pve::find(**list, 200)->container);
  EXPECT_EQ(pve::find(**list, 200)->name.find('\x1b'), std::string::npos);
  EXPECT_EQ(pve::find(**list, 101), nullptr);
}

TEST(Guests, MayHaveTheirNumberAsText) {
  Fixture setup;
  setup.http.answer(kLookUp, R"([{"type":"qemu","vmid":"100","name":5,"node":"pve1"}])");
  const auto list = setup.guests.list({});
  ASSERT_TRUE(list);
  const auto* guest = pve::find(**list, 100);
  ASSERT_NE(guest, nullptr);
  EXPECT_EQ(guest->name, "5");
}

TEST(Guests, AreRememberedForSomeSeconds) {
  Fixture setup;
  setup.http.answer(kLookUp, kTwo);
  EXPECT_EQ(setup.guests.remembered(), nullptr);
  const auto first = setup.guests.list({});
  setup.clock.advance(2s);
  EXPECT_EQ(*setup.guests.list({}), *first);
  EXPECT_EQ(setup.guests.remembered(), *first);
  EXPECT_EQ(setup.http.asked().size(), 1U);
  setup.clock.advance(2s);
  EXPECT_EQ(setup.guests.remembered(), nullptr);
  EXPECT_NE(*setup.guests.list({}), *first);
  EXPECT_EQ(setup.http.asked().size(), 2U);
}

TEST(Guests, AreAskedForAgainWhenTheListWasWrong) {
  Fixture setup;
  setup.http.answer(kLookUp, kTwo);
  const auto first = setup.guests.list({});
  const auto second = setup.guests.newer_than(*first, {});
  EXPECT_NE(*second, *first);
  // Somebody else has asked meanwhile: that list will do.
  EXPECT_EQ(*setup.guests.newer_than(*first, {}), *second);
  EXPECT_EQ(setup.http.asked().size(), 2U);
  setup.guests.forget();
  EXPECT_NE(*setup.guests.list({}), *second);
}

TEST(Guests, WhatIsForgottenWhileItIsReadIsNotRemembered) {
  Fixture setup;
  const auto forgetting = [&](const test::Asked&) {
    setup.guests.forget();
    return test::pve_answer(kTwo);
  };
  setup.http.answer(kLookUp, forgetting, kTwo);
  EXPECT_TRUE(setup.guests.list({}));
  EXPECT_EQ(setup.guests.remembered(), nullptr);
  EXPECT_TRUE(setup.guests.list({}));
  EXPECT_EQ(setup.http.asked().size(), 2U);
}

TEST(Guests, AnErrorIsNotRemembered) {
  Fixture setup;
  setup.http.answer(kLookUp, net::Response{500, "no", {}, R"({"data":null,"message":"no"})"}, "{}", kTwo);
  EXPECT_EQ(setup.guests.list({}).error().kind, pve::Error::Kind::Refused);
  EXPECT_EQ(setup.guests.list({}).error().kind, pve::Error::Kind::Malformed);
  EXPECT_TRUE(setup.guests.list({}));
}

TEST(Guests, OneAsksForAll) {
  Fixture setup;
  setup.http.answer(kLookUp, kTwo);
  std::atomic<int> good{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        if (const auto list = setup.guests.list({}); list && (*list)->size() == 2) ++good;
      });
    }
  }
  EXPECT_EQ(good, 8);
  EXPECT_EQ(setup.http.asked().size(), 1U);
}

}  // namespace
