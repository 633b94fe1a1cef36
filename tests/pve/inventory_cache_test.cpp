#include "pve/inventory_cache.h"

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
constexpr auto kLookUp = "GET /cluster/resources";

struct Fixture {
  test::ScriptedPve http;
  base::ManualClock clock;
  pve::Client client{http, {"root@pam!mcp", "secret-of-the-token", {}}, {"https://pve:8006", 40s, {}}};
  pve::InventoryCache inventory{client, clock};
};

TEST(InventoryCache, HoldsGuestsNodesAndStorages) {
  Fixture setup;
  setup.http.answer(kLookUp, kTwo);
  const auto list = setup.inventory.get({});
  ASSERT_TRUE(list);
  ASSERT_EQ((*list)->guests.size(), 2U);
  EXPECT_EQ(setup.http.asked().at(0), kLookUp);
  const auto* web = (*list)->guest(100);
  ASSERT_NE(web, nullptr);
  EXPECT_EQ(web->node, "pve1");
  EXPECT_FALSE(web->container);
  EXPECT_TRUE((*list)->guest(200)->container);
  EXPECT_EQ((*list)->guest(200)->name.find('\x1b'), std::string::npos);
  EXPECT_EQ((*list)->guest(101), nullptr);
}

TEST(InventoryCache, NumbersMayBeTexts) {
  Fixture setup;
  setup.http.answer(kLookUp, R"([{"type":"qemu","vmid":"100","name":5,"node":"pve1"}])");
  const auto list = setup.inventory.get({});
  ASSERT_TRUE(list);
  const auto* guest = (*list)->guest(100);
  ASSERT_NE(guest, nullptr);
  EXPECT_EQ(guest->name, "5");
}

TEST(InventoryCache, IsRememberedForSomeSeconds) {
  Fixture setup;
  setup.http.answer(kLookUp, kTwo);
  EXPECT_EQ(setup.inventory.remembered(), nullptr);
  const auto first = setup.inventory.get({});
  setup.clock.advance(2s);
  EXPECT_EQ(*setup.inventory.get({}), *first);
  EXPECT_EQ(setup.inventory.remembered(), *first);
  EXPECT_EQ(setup.http.asked().size(), 1U);
  setup.clock.advance(2s);
  EXPECT_EQ(setup.inventory.remembered(), nullptr);
  EXPECT_NE(*setup.inventory.get({}), *first);
  EXPECT_EQ(setup.http.asked().size(), 2U);
}

TEST(InventoryCache, IsReadAgainWhenItWasWrong) {
  Fixture setup;
  setup.http.answer(kLookUp, kTwo);
  const auto first = setup.inventory.get({});
  const auto second = setup.inventory.newer_than(*first, {});
  EXPECT_NE(*second, *first);
  // Another thread has asked meanwhile, so its list is used.
  EXPECT_EQ(*setup.inventory.newer_than(*first, {}), *second);
  EXPECT_EQ(setup.http.asked().size(), 2U);
  setup.inventory.forget();
  EXPECT_NE(*setup.inventory.get({}), *second);
}

TEST(InventoryCache, DropsAnAnswerThatWasForgottenDuringTheRequest) {
  Fixture setup;
  const auto forgetting = [&](const test::Asked&) {
    setup.inventory.forget();
    return test::pve_answer(kTwo);
  };
  setup.http.answer(kLookUp, forgetting, kTwo);
  EXPECT_TRUE(setup.inventory.get({}));
  EXPECT_EQ(setup.inventory.remembered(), nullptr);
  EXPECT_TRUE(setup.inventory.get({}));
  EXPECT_EQ(setup.http.asked().size(), 2U);
}

TEST(InventoryCache, AnErrorIsNotRemembered) {
  Fixture setup;
  setup.http.answer(kLookUp, net::Response{500, "no", {}, R"({"data":null,"message":"no"})"}, "{}", kTwo);
  EXPECT_EQ(setup.inventory.get({}).error().kind, pve::Error::Kind::Refused);
  EXPECT_EQ(setup.inventory.get({}).error().kind, pve::Error::Kind::Malformed);
  EXPECT_TRUE(setup.inventory.get({}));
}

TEST(InventoryCache, ConcurrentCallersShareOneRequest) {
  Fixture setup;
  setup.http.answer(kLookUp, kTwo);
  std::atomic<int> good{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        if (const auto list = setup.inventory.get({}); list && (*list)->guests.size() == 2) ++good;
      });
    }
  }
  EXPECT_EQ(good, 8);
  EXPECT_EQ(setup.http.asked().size(), 1U);
}

TEST(InventoryCache, NowIgnoresTheRememberedAnswer) {
  Fixture setup;
  const auto forgetting = [&](const test::Asked&) {
    setup.inventory.forget();
    return test::pve_answer(kTwo);
  };
  setup.http.answer(kLookUp, kTwo, kTwo, forgetting);
  const auto first = setup.inventory.get({});
  const auto second = setup.inventory.now({});
  ASSERT_TRUE(second);
  EXPECT_NE(*second, *first);
  EXPECT_EQ(setup.inventory.remembered(), *second);
  EXPECT_TRUE(setup.inventory.now({}));
  EXPECT_EQ(setup.inventory.remembered(), nullptr);
}

TEST(InventoryCache, ASlowAnswerDoesNotReplaceThatToALaterQuestion) {
  Fixture setup;
  pve::InventoryPtr later;
  const auto slow = [&](const test::Asked&) {
    later = setup.inventory.now({}).value();
    return test::pve_answer(kTwo);
  };
  setup.http.answer(kLookUp, slow, kTwo);
  EXPECT_TRUE(setup.inventory.now({}));
  ASSERT_NE(later, nullptr);
  EXPECT_EQ(setup.inventory.remembered(), later);
}

}  // namespace
