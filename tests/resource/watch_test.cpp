// What counts as a change, and the thread that looks for it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <set>
#include <thread>

#include "engine/started.h"
#include "resource/lab.h"
#include "resource/poll.h"
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

TEST_F(PollTest, TimeAloneIsNoChange) {
  watched_.resources = kAll;
  EXPECT_THAT(after(seconds{0}), IsEmpty()) << "the first look";
  for (int i = 0; i < 20; ++i) EXPECT_THAT(after(seconds{5}), IsEmpty());
  EXPECT_THAT(after(std::chrono::hours{1}), IsEmpty());
}

TEST_F(PollTest, TheStatesCostOneQuestion) {
  watched_.resources = {"pve://cluster/resources", "pve://nodes/pve1/status", "pve://nodes/pve2/status",
                        "pve://guests/100/status", "pve://guests/118/status"};
  after(seconds{0});
  EXPECT_THAT(lab_.http.asked, ElementsAre("/cluster/resources"));
  poll_.once(watched_, {});
  EXPECT_EQ(lab_.http.asked.size(), 1U) << "not due";
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

TEST_F(PollTest, WhatWritesMoveIsNoChange) {
  std::int64_t by = 0;
  std::int64_t guest_disk = 1000;
  std::string_view status = "online";
  lab_.http.change = [&](const std::string& target, net::Response& response) {
    if (target.ends_with("/cluster/resources"))
      response.body = base::write_json(base::JsonObject{{"data", thin_cluster(by, guest_disk, status)}});
  };
  watched_.resources = {"pve://cluster/resources", "pve://nodes/pve1/status", "pve://guests/100/status"};
  after(seconds{0});
  for (; by < 20; ++by) EXPECT_THAT(after(seconds{5}), IsEmpty());
  guest_disk = 2000;
  EXPECT_THAT(after(seconds{5}), UnorderedElementsAre("pve://cluster/resources", "pve://guests/100/status"));
  status = "offline";
  EXPECT_THAT(after(seconds{5}), UnorderedElementsAre("pve://cluster/resources", "pve://nodes/pve1/status"));
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

TEST_F(PollTest, AFailureIsNoChangeAndAskedMoreSeldom) {
  watched_.resources = {"pve://guests/100/status", "pve://cluster/status"};
  after(seconds{0});
  ASSERT_TRUE(lab_.simulated.fault("status=500"));
  EXPECT_THAT(after(seconds{5}), IsEmpty());
  const auto asked = lab_.http.asked.size();
  EXPECT_THAT(after(seconds{5}), IsEmpty());
  EXPECT_EQ(lab_.http.asked.size(), asked) << "10 s are not over";
  for (int i = 0; i < 10; ++i) after(seconds{60});
  const auto slow = lab_.http.asked.size();
  after(seconds{59});
  EXPECT_EQ(lab_.http.asked.size(), slow);
  lab_.simulated.clear_faults();
  EXPECT_THAT(after(seconds{60}), IsEmpty()) << "nothing has changed meanwhile";
  started("pve_stop_qemu_vm", R"({"vmid":100})");
  EXPECT_THAT(after(seconds{30}), ElementsAre("pve://guests/100/status"));
}

TEST_F(PollTest, WhatThePolicyForbidsIsNotRead) {
  watched_.resources = {"pve://guests/100/status"};
  lab_.toolbox.set_policy({tool::Tier::Full, std::vector<std::string>{"nodes"}});
  after(seconds{0});
  EXPECT_THAT(lab_.http.asked, IsEmpty());
}

TEST_F(PollTest, ATaskEnds) {
  const auto made = lab_.outcome("pve_run_backup", R"({"node":"pve2","vmid":"104","storage":"nas"})", true);
  const auto& task = std::get<mcp::Task>(made);
  watched_.tasks = {task.handle, "nonsense"};
  after(seconds{0});
  EXPECT_THAT(tasks_, IsEmpty());
  after(seconds{300});
  EXPECT_THAT(tasks_, ElementsAre(task.handle));
  const auto asked = lab_.http.asked.size();
  after(seconds{300});
  EXPECT_THAT(tasks_, IsEmpty());
  EXPECT_EQ(lab_.http.asked.size(), asked) << "what has ended is not asked again";
  // Who begins to listen only then is told once.
  resource::Poll late(catalog::resources(), lab_.toolbox);
  EXPECT_THAT(late.once(watched_, {}).tasks, ElementsAre(task.handle));
}

/// A clock whose pauses end only when the test says so.
class Gated final : public base::Clock {
 public:
  Wall wall() const override { return inner_.wall(); }
  Steady steady() const override { return inner_.steady(); }
  void sleep(std::chrono::milliseconds time, const std::stop_token& stop) override {
    std::unique_lock lock(mutex_);
    ++sleeping_;
    changed_.notify_all();
    const auto turn = turns_;
    changed_.wait(lock, stop, [&] { return turns_ != turn; });
    --sleeping_;
    inner_.advance(time);
  }
  /// Returns once a thread sleeps.
  bool asleep() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, seconds{20}, [&] { return sleeping_ > 0; });
  }
  void turn() {
    const std::scoped_lock lock(mutex_);
    ++turns_;
    changed_.notify_all();
  }

 private:
  base::ManualClock inner_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  int sleeping_ = 0;
  int turns_ = 0;
};

/// One guest whose name the test changes.
class OneGuest final : public net::HttpClient {
 public:
  std::expected<net::Response, net::Failure> send(const net::Request&, const net::SendOptions&) override {
    const std::scoped_lock lock(mutex_);
    ++asked_;
    return net::Response{
        200, "OK", {}, R"({"data":[{"type":"qemu","vmid":100,"node":"pve1","name":")" + name_ + R"("}]})"};
  }
  void name(std::string name) {
    const std::scoped_lock lock(mutex_);
    name_ = std::move(name);
  }
  int asked() {
    const std::scoped_lock lock(mutex_);
    return asked_;
  }

 private:
  std::mutex mutex_;
  std::string name_ = "a";
  int asked_ = 0;
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
  void task_updated(std::string_view) override {}
  bool wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, seconds{20}, [&] { return uris_.size() >= count; });
  }
  std::function<void()> on_update;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> uris_;
};

class WatchTest : public testing::Test {
 protected:
  Gated clock_;
  OneGuest http_;
  pve::Client client_{http_, {"root@pam!t", "secret", ""}, {"simulated", seconds{1}, {}}};
  engine::Toolbox toolbox_{catalog::categories(), {}, {client_, lab::facts(), clock_, {}}};
  Heard heard_;
  resource::Watch watch_{catalog::resources(), toolbox_};
  const mcp::Watched one_{{"pve://guests/100/status"}, {}};
};

TEST_F(WatchTest, NobodyListensNobodyLooks) {
  watch_.watch({}, heard_);
  watch_.stop();
  EXPECT_EQ(http_.asked(), 0);
}

TEST_F(WatchTest, AChangeIsTold) {
  watch_.watch(one_, heard_);
  ASSERT_TRUE(clock_.asleep());
  http_.name("b");
  clock_.turn();
  EXPECT_TRUE(heard_.wait_for(1));
}

TEST_F(WatchTest, ItEndsAndBeginsAgain) {
  watch_.watch(one_, heard_);
  ASSERT_TRUE(clock_.asleep());
  watch_.watch({}, heard_);
  for (int i = 0; i < 50; ++i) {
    watch_.watch(one_, heard_);
    watch_.watch({}, heard_);
  }
  watch_.watch(one_, heard_);
  ASSERT_TRUE(clock_.asleep());
  http_.name("b");
  clock_.turn();
  EXPECT_TRUE(heard_.wait_for(1));
  watch_.stop();
  watch_.watch(one_, heard_);
  const auto asked = http_.asked();
  watch_.stop();
  EXPECT_EQ(http_.asked(), asked) << "stopped for good";
}

TEST_F(WatchTest, WhoIsToldMayChangeWhatIsWatched) {
  heard_.on_update = [&] { watch_.watch({}, heard_); };
  watch_.watch(one_, heard_);
  ASSERT_TRUE(clock_.asleep());
  http_.name("b");
  clock_.turn();
  ASSERT_TRUE(heard_.wait_for(1));
  watch_.stop();
}

TEST_F(WatchTest, ManyMayCallAtOnce) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 50; ++k) {
        watch_.watch(one_, heard_);
        watch_.watch({}, heard_);
      }
    });
  }
  threads.clear();
  watch_.stop();
}

}  // namespace
