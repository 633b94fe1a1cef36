// HA's managers as recorded on a node with all HA daemons: 17 to 27 s from a request to its end, the states
// in between, and the state "error", which only `disabled` ends. Moves between nodes are from memory.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/text.h"
#include "simulator/refusals.h"

namespace simulator {
namespace {

using enum base::Method;
using std::chrono::seconds;

constexpr const char* kResources = "/cluster/ha/resources";

struct Seen {
  std::string state;
  std::string crm;
  std::string request;
};

Seen seen(Demo& demo, const std::string& sid) {
  const auto got = demo.get("/cluster/ha/status/current");
  const auto* const row = row_with(got.data(), "sid", sid);
  if (row == nullptr) return {"(no row)", "", ""};
  const auto text = [&](std::string_view key) {
    return row->contains(key) ? std::string(row->at(key).as_string()) : std::string("(none)");
  };
  return {text("state"), text("crm_state"), text("request_state")};
}

std::string state_of(Demo& demo, const std::string& sid) { return seen(demo, sid).state; }

std::string power(Demo& demo, std::string_view guest) {
  return std::string(
      demo.get("/nodes/" + std::string(guest) + "/status/current").data().at("status").as_string());
}

/// The newest tasks of that type of the guest.
std::vector<base::JsonObject> tasks(Demo& demo, const std::string& node, const std::string& vmid,
                                    const std::string& type) {
  std::vector<base::JsonObject> found;
  const auto got =
      demo.get("/nodes/" + node + "/tasks", {{"vmid", vmid}, {"typefilter", type}, {"source", "all"}});
  for (const auto& row : rows(got)) found.push_back(row.as_object());
  return found;
}

TEST(HaRounds, AStartTakesRoundsAndIsATaskOfRoot) {
  Demo demo(1);
  ASSERT_EQ(demo.post(kResources, {{"sid", "vm:105"}, {"state", "started"}}).status, 200U);
  const auto first = seen(demo, "vm:105");
  EXPECT_EQ(first.state, "queued");
  EXPECT_EQ(first.crm, "(none)");
  EXPECT_TRUE(demo.get("/nodes/pve1/qemu/105/status/current").data().at("ha").at("state").is_null());
  demo.pass(seconds(10));
  const auto second = seen(demo, "vm:105");
  EXPECT_EQ(second.state, "starting");
  EXPECT_EQ(second.crm, "started");
  EXPECT_EQ(power(demo, "pve1/qemu/105"), "stopped");
  demo.pass(seconds(6));
  EXPECT_EQ(state_of(demo, "vm:105"), "starting") << "not before 17 s";
  demo.pass(seconds(11));
  EXPECT_EQ(state_of(demo, "vm:105"), "started");
  EXPECT_EQ(power(demo, "pve1/qemu/105"), "running");
  const auto started = tasks(demo, "pve1", "105", "qmstart");
  ASSERT_FALSE(started.empty());
  EXPECT_EQ(started.front().at("user"), "root@pam");
  EXPECT_FALSE(started.front().contains("tokenid"));
  EXPECT_EQ(demo.log(std::string(started.front().at("upid").as_string())).front(),
            "task started by HA resource agent");
}

TEST(HaRounds, AShutdownStartsInTheNextRound) {
  Demo demo(1);
  const auto asked = demo.post("/nodes/pve1/qemu/100/status/shutdown", {{"timeout", "40"}}).upid();
  EXPECT_THAT(asked, testing::HasSubstr(":hastop:100:"));
  EXPECT_EQ(demo.finish(asked), "OK");
  EXPECT_EQ(power(demo, "pve1/qemu/100"), "running");
  EXPECT_EQ(seen(demo, "vm:100").request, "started") << "the manager's next round changes it";
  demo.pass(seconds(10));
  const auto half = seen(demo, "vm:100");
  EXPECT_EQ(half.state, "request_stop");
  EXPECT_EQ(half.request, "stopped");
  demo.pass(seconds(17));
  EXPECT_EQ(state_of(demo, "vm:100"), "stopped");
  EXPECT_EQ(power(demo, "pve1/qemu/100"), "stopped");
  EXPECT_EQ(tasks(demo, "pve1", "100", "qmshutdown").front().at("status"), "OK");
}

TEST(HaRounds, DisabledShutsTheGuestDownAndIgnoredDoesNot) {
  Demo demo(1);
  const std::string sid = "vm:100";
  ASSERT_EQ(demo.put(std::string(kResources) + "/" + sid, {{"state", "ignored"}}).status, 200U);
  EXPECT_EQ(state_of(demo, sid), "ignored");
  EXPECT_EQ(demo.get("/nodes/pve1/qemu/100/status/current").data().at("ha").at("managed"), 0);
  demo.pass(seconds(40));
  EXPECT_EQ(power(demo, "pve1/qemu/100"), "running");
  ASSERT_EQ(demo.put(std::string(kResources) + "/" + sid, {{"state", "disabled"}}).status, 200U);
  EXPECT_EQ(state_of(demo, sid), "stopping");
  demo.pass(seconds(27));
  EXPECT_EQ(state_of(demo, sid), "disabled");
  EXPECT_EQ(power(demo, "pve1/qemu/100"), "stopped");
}

/// Puts VM 105 on a bridge that the node lacks and under HA, and waits until HA gives up.
void into_error(Demo& demo) {
  ASSERT_EQ(demo.put("/nodes/pve1/qemu/105/config", {{"net0", "virtio,bridge=vmbr77"}}).status, 200U);
  ASSERT_EQ(demo.post(kResources, {{"sid", "vm:105"}, {"max_restart", "1"}, {"max_relocate", "1"}}).status,
            200U);
  demo.pass(seconds(57));
}

TEST(HaRounds, FourFailedStartsEndInError) {
  Demo demo(1);
  into_error(demo);
  const auto failed = tasks(demo, "pve1", "105", "qmstart");
  ASSERT_EQ(failed.size(), 4U);
  for (const auto& task : failed) EXPECT_EQ(task.at("status"), "bridge 'vmbr77' does not exist");
  EXPECT_EQ(state_of(demo, "vm:105"), "error");
  const auto listed = demo.get("/cluster/resources");
  const auto* const row = row_with(listed.data(), "id", "qemu/105");
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->at("hastate"), "error");
}

TEST(HaRounds, OnlyDisabledClearsTheError) {
  Demo demo(1);
  into_error(demo);
  const std::string why = "service 'vm:105' in error state, must be disabled and fixed first";
  const auto refused = [&](const std::string& action, const std::string& end) {
    const auto upid = demo.post("/nodes/pve1/qemu/105/status/" + action).upid();
    EXPECT_EQ(demo.finish(upid), end);
    const auto log = demo.log(upid);
    EXPECT_NE(std::ranges::find(log, why), log.end());
  };
  refused("start", "command 'ha-manager set vm:105 --state started' failed: exit code 255");
  refused("stop", "command 'ha-manager crm-command stop vm:105 0' failed: exit code 255");
  const auto resource = std::string(kResources) + "/vm:105";
  expect_refused(demo, {{Put, resource, {{"state", "started"}}, 500, why}});
  ASSERT_EQ(demo.put("/nodes/pve1/qemu/105/config", {{"net0", "virtio,bridge=vmbr0"}}).status, 200U);
  ASSERT_EQ(demo.put(resource, {{"state", "disabled"}}).status, 200U);
  EXPECT_EQ(state_of(demo, "vm:105"), "clearing error flag");
  demo.pass(seconds(10));
  EXPECT_EQ(state_of(demo, "vm:105"), "disabled");
  ASSERT_EQ(demo.put(resource, {{"state", "started"}}).status, 200U);
  demo.pass(seconds(27));
  EXPECT_EQ(state_of(demo, "vm:105"), "started");
}

TEST(HaRounds, AFailedMoveHasATaskAndLeavesTheGuestOnItsNode) {
  Demo demo(1);
  ASSERT_EQ(
      demo.put("/nodes/pve1/qemu/100/config",
               {{"serial0", "socket"}, {"ide2", "local:iso/debian-13.1.0-amd64-netinst.iso,media=cdrom"}})
          .status,
      200U);
  const auto asked = demo.post("/nodes/pve1/qemu/100/migrate", {{"target", "pve2"}, {"online", "1"}}).upid();
  EXPECT_EQ(demo.finish(asked), "OK");
  demo.pass(seconds(27));
  const auto moves = tasks(demo, "pve1", "100", "qmigrate");
  ASSERT_EQ(moves.size(), 1U);
  EXPECT_EQ(moves.front().at("status"), "migration aborted");
  EXPECT_EQ(moves.front().at("user"), "root@pam");
  EXPECT_EQ(power(demo, "pve1/qemu/100"), "running");
  EXPECT_EQ(state_of(demo, "vm:100"), "started");
}

TEST(HaRounds, AMoveStopsAContainerMeanwhileButNotAVm) {
  Demo demo(1);
  ASSERT_EQ(demo.post(kResources, {{"sid", "vm:101"}}).status, 200U);
  demo.pass(seconds(27));
  demo.finish(demo.post("/nodes/pve2/qemu/101/migrate", {{"target", "pve3"}, {"online", "1"}}).upid());
  EXPECT_EQ(power(demo, "pve2/qemu/101"), "running") << "nothing has happened yet";
  demo.pass(seconds(27));
  EXPECT_EQ(power(demo, "pve3/qemu/101"), "running");
  EXPECT_EQ(state_of(demo, "vm:101"), "started");
  demo.finish(demo.post("/nodes/pve1/lxc/200/migrate", {{"target", "pve2"}, {"restart", "1"}}).upid());
  demo.pass(seconds(27));
  EXPECT_EQ(power(demo, "pve2/lxc/200"), "stopped");
  demo.pass(seconds(30));
  EXPECT_EQ(power(demo, "pve2/lxc/200"), "running");
}

TEST(HaRounds, RequestsEndAtOnceAtSpeedZero) {
  Demo demo;
  demo.finish(demo.post("/nodes/pve1/qemu/100/status/stop").upid());
  EXPECT_EQ(state_of(demo, "vm:100"), "stopped");
  demo.finish(demo.post("/nodes/pve1/qemu/100/status/start").upid());
  EXPECT_EQ(state_of(demo, "vm:100"), "started");
  EXPECT_EQ(power(demo, "pve1/qemu/100"), "running");
}

}  // namespace
}  // namespace simulator
