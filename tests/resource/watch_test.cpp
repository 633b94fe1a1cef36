// What counts as a change, and the thread that looks for it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <thread>

#include "engine/outcome/started.h"
#include "resource/lab.h"
#include "resource/poll.h"
#include "resource/read.h"
#include "resource/resources.h"
#include "resource/watch.h"

namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const std::set<std::string> kAll = {"pve://cluster/status",      "pve://cluster/resources",
                                    "pve://nodes/pve1/status",   "pve://guests/118/status",
                                    "pve://guests/118/config",   "pve://guests/web01/status",
                                    "pve://storage/nas/content", "pve://storage/local-lvm/content"};

class PollTest : public testing::Test {
 protected:
  std::vector<std::string> after(seconds time) {
    lab_.clock.advance(time);
    auto updates = poll_.once(watched_, {});
    tasks_ = updates.tasks;
    return updates.resources;
  }
  std::string started(std::string_view tool, std::string_view arguments) {
    const auto text = lab_.call(tool, arguments);
    const auto at = text.find("UPID:");
    return at == std::string::npos ? text : text.substr(at, text.find_first_of(" \n", at) - at);
  }

  lab::Lab lab_;
  resource::Poll poll_{catalog::resources(), lab_.toolbox};
  mcp::Watched watched_;
  std::vector<std::string> tasks_;
};

TEST_F(PollTest, TickingMembersAreIgnored) {
  watched_.resources = kAll;
  EXPECT_THAT(after(seconds{0}), IsEmpty()) << "the first look";
  for (int i = 0; i < 20; ++i) EXPECT_THAT(after(seconds{5}), IsEmpty());
  EXPECT_THAT(after(std::chrono::hours{1}), IsEmpty());
}

TEST_F(PollTest, TheStatesCostTwoQuestions) {
  watched_.resources = {"pve://cluster/resources", "pve://nodes/pve1/status", "pve://nodes/pve2/status",
                        "pve://guests/100/status", "pve://guests/118/status"};
  after(seconds{0});
  EXPECT_THAT(lab_.http.asked(), ElementsAre("GET /cluster/resources", "GET /nodes"));
  poll_.once(watched_, {});
  EXPECT_EQ(lab_.http.asked().size(), 2U) << "not due";
  EXPECT_EQ(poll_.rest(), seconds{5});
}

TEST_F(PollTest, AGuestStartsAndStops) {
  watched_.resources = kAll;
  after(seconds{0});
  started("pve_start_qemu_vm", R"({"vmid":118})");
  EXPECT_THAT(after(seconds{30}), UnorderedElementsAre("pve://cluster/resources", "pve://guests/118/status"));
  EXPECT_THAT(after(seconds{5}), IsEmpty());
  started("pve_stop_qemu_vm", R"({"vmid":100})");
  EXPECT_THAT(after(seconds{30}),
              UnorderedElementsAre("pve://cluster/resources", "pve://guests/web01/status"));
}

TEST_F(PollTest, TheReadersOfAChangeAreKnownBeforeItIsReported) {
  mcp::Caller lxc;
  lxc.categories = {"lxc"};
  resource::Resources resources{catalog::resources(), lab_.toolbox};
  for (const std::string uri : {"pve://guests/900/status", "pve://guests/900/config"}) {
    SCOPED_TRACE(uri);
    ASSERT_TRUE(resources.watchable(lxc, uri)) << "there is none yet";
    watched_.resources = {uri};
    after(seconds{0});
    started("pve_create_qemu_vm", R"({"node":"pve1","vmid":900,"name":"new"})");
    ASSERT_THAT(after(seconds{60}), ElementsAre(uri));
    EXPECT_FALSE(resources.watchable(lxc, uri));
    started("pve_delete_qemu_vm", R"({"vmid":900})");
    ASSERT_THAT(after(seconds{60}), ElementsAre(uri));
    EXPECT_FALSE(resources.watchable(lxc, uri)) << "nor of its end";
    EXPECT_TRUE(resources.watchable({}, uri));
    lab_.clock.advance(std::chrono::hours{1});
  }
}

/// With `by` added to all that writes to a neighbour change.
base::JsonArray thin_cluster(std::int64_t by, std::int64_t guest_disk, std::string_view node_status) {
  return {base::JsonObject{{"type", "node"},
                           {"node", "pve1"},
                           {"status", node_status},
                           {"cpu", 0.1 + static_cast<double>(by)},
                           {"mem", 100 + by},
                           {"disk", 100 + by},
                           {"maxdisk", 100'000 + by},
                           {"maxmem", 1000},
                           {"uptime", 5 + by}},
          base::JsonObject{{"type", "storage"},
                           {"node", "pve1"},
                           {"storage", "ceph"},
                           {"status", "available"},
                           {"disk", 100 + by},
                           {"maxdisk", 100'000 - by}},
          base::JsonObject{{"type", "qemu"},
                           {"node", "pve1"},
                           {"vmid", 100},
                           {"name", "web01"},
                           {"status", "running"},
                           {"maxdisk", guest_disk}}};
}

TEST_F(PollTest, DiskCountersAreIgnored) {
  std::int64_t by = 0;
  std::int64_t guest_disk = 1000;
  std::string_view status = "online";
  lab_.http.answer("GET /cluster/resources", [&](const test::Asked&) {
    return test::pve_answer(base::write_json(thin_cluster(by, guest_disk, status)));
  });
  watched_.resources = {"pve://cluster/resources", "pve://nodes/pve1/status", "pve://guests/100/status"};
  after(seconds{0});
  for (; by < 20; ++by) EXPECT_THAT(after(seconds{5}), IsEmpty());
  guest_disk = 2000;
  EXPECT_THAT(after(seconds{5}), UnorderedElementsAre("pve://cluster/resources", "pve://guests/100/status"));
  status = "offline";
  EXPECT_THAT(after(seconds{5}), UnorderedElementsAre("pve://cluster/resources", "pve://nodes/pve1/status"));
}

TEST_F(PollTest, ANodeThatDiesTakesItsGuestsAlong) {
  watched_.resources = {"pve://cluster/resources", "pve://nodes/pve3/status", "pve://guests/107/status",
                        "pve://guests/100/status"};
  after(seconds{0});
  ASSERT_TRUE(lab_.simulated.fault("offline=pve3"));
  EXPECT_THAT(after(seconds{5}), UnorderedElementsAre("pve://cluster/resources", "pve://nodes/pve3/status",
                                                      "pve://guests/107/status"));
  EXPECT_THAT(after(seconds{5}), IsEmpty());
  // Without the list of dead nodes the poller cannot tell what has changed.
  lab_.http.refuse("GET /nodes", 500, "no");
  EXPECT_THAT(after(seconds{5}), IsEmpty());
  lab_.http.forget("GET /nodes");
  EXPECT_THAT(after(seconds{60}), IsEmpty());
}

TEST_F(PollTest, ADeadNodeIsNotAsked) {
  const auto started_on =
      lab_.outcome("pve_run_backup", R"({"node":"pve3","vmid":"107","storage":"nas"})", true);
  watched_.tasks = {std::get<mcp::Task>(started_on).handle};
  watched_.resources = {"pve://cluster/resources", "pve://guests/107/config", "pve://guests/100/config"};
  after(seconds{0});
  ASSERT_TRUE(lab_.simulated.fault("offline=pve3"));
  lab_.http.clear_asked();
  after(seconds{5});
  EXPECT_THAT(lab_.http.asked(), testing::Contains(testing::StartsWith("GET /nodes/pve1/qemu/100/config")));
  EXPECT_THAT(lab_.http.asked(), testing::Not(testing::Contains(testing::StartsWith("GET /nodes/pve3/"))));
}

TEST_F(PollTest, AConfigurationChangesAndAGuestIsRenamed) {
  watched_.resources = kAll;
  after(seconds{0});
  started("pve_update_qemu_config", R"({"vmid":118,"description":"new"})");
  EXPECT_THAT(after(seconds{5}), ElementsAre("pve://guests/118/config"));
  started("pve_update_qemu_config", R"({"vmid":118,"name":"renamed"})");
  EXPECT_THAT(after(seconds{5}), UnorderedElementsAre("pve://cluster/resources", "pve://guests/118/config",
                                                      "pve://guests/118/status"));
}

TEST_F(PollTest, AGuestMovesGoesAndComes) {
  watched_.resources = {"pve://guests/107/status", "pve://guests/300/status", "pve://guests/300/config"};
  after(seconds{0});
  started("pve_migrate_qemu_vm", R"({"vmid":107,"target":"pve1"})");
  EXPECT_THAT(after(seconds{120}), ElementsAre("pve://guests/107/status"));
  started("pve_create_qemu_vm", R"({"node":"pve1","vmid":300,"name":"new","memory":512})");
  EXPECT_THAT(after(seconds{30}), UnorderedElementsAre("pve://guests/300/status", "pve://guests/300/config"));
  started("pve_delete_qemu_vm", R"({"vmid":300})");
  EXPECT_THAT(after(seconds{30}), UnorderedElementsAre("pve://guests/300/status", "pve://guests/300/config"));
}

TEST_F(PollTest, ContentAndALogGrow) {
  watched_.resources = {"pve://storage/nas/content"};
  after(seconds{0});
  const auto upid = started("pve_run_backup", R"({"node":"pve2","vmid":"104","storage":"nas"})");
  watched_.resources.insert("pve://tasks/" + upid + "/log");
  after(seconds{0});
  EXPECT_THAT(after(seconds{300}),
              UnorderedElementsAre("pve://storage/nas/content", "pve://tasks/" + upid + "/log"));
  EXPECT_THAT(after(seconds{5}), IsEmpty());
}

TEST_F(PollTest, AFailureIsIgnoredAndPolledLessOften) {
  watched_.resources = {"pve://guests/100/status", "pve://cluster/status"};
  after(seconds{0});
  ASSERT_TRUE(lab_.simulated.fault("status=500"));
  EXPECT_THAT(after(seconds{5}), IsEmpty());
  const auto asked = lab_.http.asked().size();
  EXPECT_THAT(after(seconds{5}), IsEmpty());
  EXPECT_EQ(lab_.http.asked().size(), asked) << "10 s are not over";
  for (int i = 0; i < 10; ++i) after(seconds{60});
  const auto slow = lab_.http.asked().size();
  after(seconds{59});
  EXPECT_EQ(lab_.http.asked().size(), slow);
  lab_.simulated.clear_faults();
  EXPECT_THAT(after(seconds{60}), IsEmpty()) << "nothing has changed meanwhile";
  started("pve_stop_qemu_vm", R"({"vmid":100})");
  EXPECT_THAT(after(seconds{30}), ElementsAre("pve://guests/100/status"));
}

TEST_F(PollTest, WhatThePolicyForbidsIsNotRead) {
  watched_.resources = {"pve://guests/100/status"};
  lab_.toolbox.set_policy({tool::Tier::Full, std::vector<std::string>{"nodes"}});
  after(seconds{0});
  EXPECT_THAT(lab_.http.asked(), IsEmpty());
}

TEST_F(PollTest, ATaskEnds) {
  const auto made = lab_.outcome("pve_run_backup", R"({"node":"pve2","vmid":"104","storage":"nas"})", true);
  const auto& task = std::get<mcp::Task>(made);
  watched_.tasks = {task.handle, "nonsense"};
  after(seconds{0});
  EXPECT_THAT(tasks_, IsEmpty());
  after(seconds{300});
  EXPECT_THAT(tasks_, ElementsAre(task.handle));
  const auto asked = lab_.http.asked().size();
  after(seconds{300});
  EXPECT_THAT(tasks_, IsEmpty());
  EXPECT_EQ(lab_.http.asked().size(), asked) << "what has ended is not asked again";
  // A client that subscribes only then is notified once.
  resource::Poll late(catalog::resources(), lab_.toolbox);
  EXPECT_THAT(late.once(watched_, {}).tasks, ElementsAre(task.handle));
}

/// Reads of a node that hangs end when they are stopped.
class HungNodeTest : public testing::Test {
 protected:
  lab::Lab lab_;
  // Those that hang take all of it; the healthy ones get it on a busy machine too.
  resource::Poll poll_{catalog::resources(), lab_.toolbox, seconds{5}};
  const resource::Permit permit_ = [](std::string_view) { return std::nullopt; };
};

TEST_F(HungNodeTest, TheOthersAreHeard) {
  mcp::Watched watched;
  // More of them than are asked at once, all before the other in order.
  for (const auto vmid : {"100", "101", "102", "103", "105", "110", "111", "200", "202", "203"})
    watched.resources.insert("pve://guests/" + std::string(vmid) + "/config");
  const std::string other = "pve://guests/118/config";
  watched.resources.insert(other);
  poll_.once(watched, {});
  lab_.http.clear_asked();
  lab_.http.hang("GET /nodes/pve1/*");
  ASSERT_THAT(lab_.call("pve_update_qemu_config", R"({"vmid":118,"description":"new"})"),
              testing::HasSubstr("changed"));
  std::vector<std::string> heard;
  for (int i = 0; i < 5 && heard.empty(); ++i) {
    // Those that hung before are due again as well.
    lab_.clock.advance(i == 0 ? seconds{5} : seconds{10});
    heard = poll_.once(watched, {}).resources;
  }
  EXPECT_THAT(heard, ElementsAre(other));
  EXPECT_GT(lab_.http.count("GET /nodes/pve1/*"), 0U);
}

TEST_F(HungNodeTest, OfALocalStorageTheOtherNodesAreRead) {
  lab_.http.hang("GET /nodes/pve1/*");
  const auto found = resource::match(catalog::resources(), "pve://storage/local-lvm/content");
  const auto got = resource::read(lab_.toolbox, *found, permit_, {}, seconds{5});
  ASSERT_TRUE(got.has_value());
  EXPECT_EQ(got->note, "The storage could not be read on pve1.");
  EXPECT_TRUE(got->partial);
  EXPECT_GT(got->data.as_array().size(), 3U);
}

TEST_F(HungNodeTest, OfASharedStorageAnotherNodeSaysAll) {
  lab_.http.hang("GET /nodes/pve1/*");
  const auto found = resource::match(catalog::resources(), "pve://storage/nas/content");
  // A third of it for the node that hangs, the rest for the others.
  const auto got = resource::read(lab_.toolbox, *found, permit_, {}, seconds{8});
  ASSERT_TRUE(got.has_value());
  EXPECT_EQ(got->note, "");
  EXPECT_FALSE(got->partial);
}

TEST_F(HungNodeTest, NoAnswerIsReported) {
  lab_.http.hang("GET /nodes/pve/*");
  lab_.http.answer("GET /cluster/resources", R"([{"type":"storage","node":"pve","storage":"x"}])");
  const auto found = resource::match(catalog::resources(), "pve://storage/x/content");
  const auto got = resource::read(lab_.toolbox, *found, permit_, {}, seconds{1});
  ASSERT_FALSE(got.has_value());
  EXPECT_EQ(std::get<mcp::ProtocolError>(got.error()).message,
            "No node that has the storage \"x\" answered in 1 s: pve.");
}

/// Only a broken test waits that long.
constexpr seconds kLong{60};

/// A clock whose pauses end only when the test says so. One thread sleeps at a time.
class Gated final : public base::Clock {
 public:
  Wall wall() const override { return inner_.wall(); }
  Steady steady() const override { return inner_.steady(); }
  void sleep(std::chrono::milliseconds time, const std::stop_token& stop) override {
    [[maybe_unused]] thread_local const OfThread own{this};
    std::unique_lock lock(mutex_);
    const auto turn = turns_;
    pause_ = Pause{stop, turn};
    changed_.notify_all();
    changed_.wait(lock, stop, [&] { return turns_ != turn; });
    pause_.reset();
    inner_.advance(time);
  }
  /// Returns true once a thread sleeps that was not woken yet; false if none does for long.
  bool asleep() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kLong, [&] { return sleeps(); });
  }
  /// Returns once a thread that slept here has ended. False: it sleeps again, or does neither for long.
  bool ended() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kLong, [&] { return ended_ > 0 || sleeps(); }) && ended_ > 0;
  }
  void turn() {
    const std::scoped_lock lock(mutex_);
    ++turns_;
    changed_.notify_all();
  }

 private:
  struct OfThread {
    ~OfThread() {
      const std::scoped_lock lock(clock->mutex_);
      ++clock->ended_;
      clock->changed_.notify_all();
    }
    Gated* clock;
  };
  struct Pause {
    std::stop_token stop;
    int turn;
  };

  /// Under the mutex. One that is about to wake up does not count.
  bool sleeps() const { return pause_ && pause_->turn == turns_ && !pause_->stop.stop_requested(); }

  base::ManualClock inner_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<Pause> pause_;
  int turns_ = 0;
  int ended_ = 0;
};

class Heard final : public mcp::Changes {
 public:
  void tools_changed() override {}
  void prompts_changed() override {}
  void resources_changed() override {}
  void resource_updated(std::string_view uri) override {
    {
      const std::scoped_lock lock(mutex_);
      uris_.emplace_back(uri);
      changed_.notify_all();
    }
    if (on_update) on_update();
  }
  bool task_updated(std::string_view, std::stop_token) override { return true; }
  mcp::Watched watched() const override {
    const std::scoped_lock lock(mutex_);
    return watched_;
  }
  void listen(mcp::Watched watched) {
    const std::scoped_lock lock(mutex_);
    watched_ = std::move(watched);
  }
  bool wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kLong, [&] { return uris_.size() >= count; });
  }
  std::function<void()> on_update;

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> uris_;
  mcp::Watched watched_;
};

class WatchTest : public testing::Test {
 protected:
  WatchTest() {
    http_.answer("GET /nodes", R"([{"node":"pve1","status":"online"}])");
    name("a");
  }
  /// From the next question on the only guest is called so.
  void name(const std::string& name) {
    http_.answer("GET /cluster/resources",
                 R"([{"type":"qemu","vmid":100,"node":"pve1","name":")" + name + R"("}])");
  }
  void watch(const mcp::Watched& watched) {
    heard_.listen(watched);
    watch_.watch(heard_);
  }

  Gated clock_;
  test::ScriptedPve http_;
  pve::Client client_{http_, {"root@pam!t", "secret", ""}, {"simulated", seconds{1}, {}}};
  engine::Toolbox toolbox_{catalog::categories(), {}, {client_, lab::facts(), clock_, {}}};
  Heard heard_;
  resource::Watch watch_{catalog::resources(), toolbox_};
  const mcp::Watched one_{{"pve://guests/100/status"}, {}};
};

TEST_F(WatchTest, DoesNotPollWithoutSubscribers) {
  watch({});
  watch_.stop();
  EXPECT_EQ(http_.asked().size(), 0U);
}

TEST_F(WatchTest, StopsPollingWithoutSubscribers) {
  watch(one_);
  ASSERT_TRUE(clock_.asleep());
  const auto first = http_.asked().size();
  clock_.turn();
  ASSERT_TRUE(clock_.asleep());
  const auto asked = http_.asked().size();
  EXPECT_GT(asked, first);
  watch({});
  EXPECT_TRUE(clock_.ended()) << "it goes on";
  EXPECT_EQ(http_.asked().size(), asked);
}

TEST_F(WatchTest, AChangeIsTold) {
  watch(one_);
  ASSERT_TRUE(clock_.asleep());
  name("b");
  clock_.turn();
  EXPECT_TRUE(heard_.wait_for(1));
}

TEST_F(WatchTest, ItEndsAndBeginsAgain) {
  watch(one_);
  ASSERT_TRUE(clock_.asleep());
  watch({});
  for (int i = 0; i < 50; ++i) {
    watch(one_);
    watch({});
  }
  watch(one_);
  ASSERT_TRUE(clock_.asleep());
  name("b");
  clock_.turn();
  EXPECT_TRUE(heard_.wait_for(1));
  watch_.stop();
  const auto asked = http_.asked().size();
  watch(one_);
  watch_.stop();
  EXPECT_EQ(http_.asked().size(), asked) << "stopped for good";
}

TEST_F(WatchTest, ACallbackMayChangeTheSubscriptions) {
  heard_.on_update = [&] { watch({}); };
  watch(one_);
  ASSERT_TRUE(clock_.asleep());
  name("b");
  clock_.turn();
  ASSERT_TRUE(heard_.wait_for(1));
  watch_.stop();
}

TEST_F(WatchTest, ManyMayCallAtOnce) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 50; ++k) {
        watch(one_);
        watch({});
      }
    });
  }
  threads.clear();
  watch_.stop();
}

}  // namespace
