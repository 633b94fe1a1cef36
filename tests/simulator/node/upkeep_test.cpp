// The endpoints for the health of the cluster: agents, certificates, updates, disks, subscriptions,
// replication, and forgotten disks.
#include <gtest/gtest.h>

#include <limits>

#include "base/text.h"
#include "simulator/refusals.h"
#include "simulator/shape.h"
#include "simulator/support.h"

namespace simulator {
namespace {

constexpr const char* kFile = "upkeep.jsonl";
constexpr std::int64_t kNow = 1'780'000'000;
constexpr std::int64_t kDay = 86'400;

TEST(Upkeep, AnswersAreAsRecorded) {
  struct Row {
    const char* path;
    const char* recorded;
    Allowed allowed;
  };
  const Row table[] = {
      {"/nodes/pve2/certificates/info", "/nodes/*/certificates/info", {}},
      {"/nodes/pve3/apt/update", "/nodes/*/apt/update", {}},
      // The recorded disk was virtual, without SMART, and mounted. One disk of the demo is a spare.
      {"/nodes/pve3/disks/list",
       "/nodes/*/disks/list",
       {.missing = {"[].mounted", "[].used"}, .extra = {}, .type = {"[].wearout", "[].osdid-list"}}},
      {"/nodes/pve2/qemu/103/agent/network-get-interfaces",
       "/nodes/*/qemu/*/agent/network-get-interfaces",
       {}},
      {"/nodes/pve2/qemu/103/agent/get-host-name", "/nodes/*/qemu/*/agent/get-host-name", {}},
      // The recorded VM ran a rescue system instead of a distribution.
      {"/nodes/pve2/qemu/103/agent/get-osinfo",
       "/nodes/*/qemu/*/agent/get-osinfo",
       {.missing = {}, .extra = {"result.version"}, .type = {}}},
  };
  Demo demo;
  for (const auto& row : table) {
    SCOPED_TRACE(row.path);
    const auto got = demo.get(row.path);
    ASSERT_EQ(got.status, 200U) << got.text;
    auto answers = recorded(kFile, "GET", row.recorded);
    std::erase_if(answers, [](const Recorded& answer) { return answer.status != 200; });
    expect_same_shape(got.data(), answers, row.allowed);
  }
  EXPECT_EQ(demo.post("/nodes/pve1/qemu/100/agent/ping").text, R"({"data":{"result":{}}})");
}

TEST(GuestAgent, IsRefusedInPvesWords) {
  using enum base::Method;
  Demo demo;
  const auto path = [](const std::string& guest) {
    return "/nodes/" + guest + "/agent/network-get-interfaces";
  };
  demo.put("/nodes/pve1/qemu/113/config", {{"agent", "0"}});
  demo.finish(demo.post("/nodes/pve1/qemu/113/status/reboot").upid());
  demo.post("/nodes/pve3/qemu/106/status/suspend");
  expect_refused(demo, {{Get, path("pve1/qemu/113"), {}, 500, "No QEMU guest agent configured"},
                        {Get, path("pve1/qemu/105"), {}, 500, "VM 105 is not running"},
                        {Get, path("pve1/qemu/117"), {}, 500, "QEMU guest agent is not running"},
                        {Get, path("pve3/qemu/106"), {}, 500, "QEMU guest agent is not running"},
                        {Get,
                         path("pve1/qemu/999"),
                         {},
                         500,
                         "Configuration file 'nodes/pve1/qemu-server/999.conf' does not exist"}});
}

/// The row of the first card after the loopback.
base::JsonObject card(const base::Json& interfaces) { return interfaces.at(1).as_object(); }

TEST(GuestAgent, ReportsTheMacOfTheConfiguration) {
  Demo demo;
  for (const std::string guest : {"pve1/qemu/100", "pve2/qemu/103", "pve3/qemu/106"}) {
    const auto answer = demo.get("/nodes/" + guest + "/agent/network-get-interfaces");
    const auto row = card(answer.data().at("result"));
    const auto net = std::string(demo.get("/nodes/" + guest + "/config").data().at("net0").get_string());
    EXPECT_THAT(net, testing::HasSubstr("virtio=BC:24:11:00:00:")) << net;
    const auto mac = base::lower_ascii(net.substr(7, 17));
    EXPECT_EQ(row.at("hardware-address"), base::Json(mac));
    EXPECT_EQ(row.at("ip-addresses").at(0).at("ip-address"),
              base::Json("192.0.2." + guest.substr(guest.size() - 3)));
  }
  EXPECT_EQ(
      card(demo.get("/nodes/pve3/qemu/106/agent/network-get-interfaces").data().at("result")).at("name"),
      "Ethernet")
      << "it is a Windows";
}

TEST(GuestNetwork, FollowsTheConfiguration) {
  Demo demo;
  const auto interfaces = [&] { return demo.get("/nodes/pve1/lxc/200/interfaces"); };
  EXPECT_EQ(card(interfaces().data()).at("inet"), "192.0.2.200/24");
  EXPECT_EQ(card(interfaces().data()).at("hwaddr"), "bc:24:11:00:00:c8");
  EXPECT_EQ(card(interfaces().data()).at("inet6"), "fe80::be24:11ff:fe00:c8/64");
  demo.finish(demo.post("/nodes/pve1/lxc/200/status/stop").upid());
  demo.put("/nodes/pve1/lxc/200/config",
           {{"net0", "name=eth0,bridge=vmbr0,hwaddr=BC:24:11:0A:0B:0C,ip=192.0.2.33/27"},
            {"net1", "name=eth1,bridge=vmbr1,hwaddr=BC:24:11:0A:0B:0D,ip=manual"}});
  demo.finish(demo.post("/nodes/pve1/lxc/200/status/start").upid());
  const auto got = interfaces();
  EXPECT_EQ(card(got.data()).at("ip-addresses").at(0).at("prefix"), "27");
  EXPECT_FALSE(got.data().at(2).get_object().contains("inet")) << got.text;
}

/// The days until the first of the node's certificates expires.
std::int64_t soonest_end(Demo& demo, const std::string& node) {
  auto soonest = std::numeric_limits<std::int64_t>::max();
  for (const auto& row : rows(demo.get("/nodes/" + node + "/certificates/info"))) {
    soonest = std::min(soonest, (row.at("notafter").to_number<std::int64_t>() - kNow) / kDay);
  }
  return soonest;
}

TEST(Upkeep, OneCertificateExpiresSoon) {
  Demo demo;
  EXPECT_GT(soonest_end(demo, "pve1"), 100);
  EXPECT_EQ(soonest_end(demo, "pve2"), 17);
  EXPECT_GT(soonest_end(demo, "pve3"), 100);
  for (const auto& node : rows(demo.get("/nodes"))) {
    const std::string name(node.at("node").get_string());
    const auto shown = rows(demo.get("/nodes/" + name + "/certificates/info")).back();
    EXPECT_EQ(shown.at("fingerprint"), node.at("ssl_fingerprint")) << name;
  }
}

TEST(Upkeep, OneNodeHasUpdatesThatOnlyAnAdministratorSees) {
  Demo demo;
  EXPECT_TRUE(rows(demo.get("/nodes/pve1/apt/update")).empty());
  EXPECT_EQ(rows(demo.get("/nodes/pve3/apt/update")).size(), 4U);
  demo.as_auditor();
  EXPECT_EQ(demo.get("/nodes/pve3/apt/update").reason, "Permission check failed (/nodes/pve3, Sys.Modify)");
}

TEST(Upkeep, ShowsTheKeyOfTheSubscriptionToAuditors) {
  Demo demo;
  EXPECT_EQ(demo.get("/nodes/pve1/subscription").data().at("status"), "active");
  EXPECT_EQ(demo.get("/nodes/pve3/subscription").data().at("status"), "notfound");
  EXPECT_EQ(demo.get("/nodes/pve3/subscription").data().at("message"), "There is no subscription key");
  demo.as_auditor();
  EXPECT_TRUE(demo.get("/nodes/pve1/subscription").data().get_object().contains("key"));
  demo.as_operator();
  EXPECT_FALSE(demo.get("/nodes/pve1/subscription").data().get_object().contains("key"));
}

TEST(Upkeep, ListsDisksByUseAndWithPartitions) {
  Demo demo;
  const auto unused = rows(demo.get("/nodes/pve3/disks/list", {{"type", "unused"}}));
  ASSERT_EQ(unused.size(), 1U);
  EXPECT_EQ(unused[0].at("devpath"), "/dev/sdc");
  const auto all = rows(demo.get("/nodes/pve1/disks/list", {{"include-partitions", "1"}}));
  EXPECT_EQ(all.size(), 5U);
  EXPECT_EQ(all[1].at("parent"), all[0].at("devpath"));
  const auto worn = demo.get("/nodes/pve3/disks/list");
  EXPECT_EQ(row_with(worn.data(), "devpath", "/dev/sda")->at("wearout"), 6);
  const auto blind = demo.get("/nodes/pve3/disks/list", {{"skipsmart", "1"}});
  EXPECT_EQ(row_with(blind.data(), "devpath", "/dev/sda")->at("health"), "UNKNOWN");
  EXPECT_EQ(row_with(blind.data(), "devpath", "/dev/sda")->at("wearout"), "N/A");
}

TEST(Upkeep, ReplicationIsShownOnTheGuestsNode) {
  Demo demo;
  const auto here = rows(demo.get("/nodes/pve1/replication"));
  ASSERT_EQ(here.size(), 1U);
  EXPECT_EQ(here[0].at("id"), "102-0");
  EXPECT_LE(here[0].at("last_sync").to_number<std::int64_t>(), kNow);
  EXPECT_GT(here[0].at("next_sync").to_number<std::int64_t>(), kNow);
  EXPECT_TRUE(rows(demo.get("/nodes/pve2/replication")).empty());
  EXPECT_TRUE(rows(demo.get("/nodes/pve1/replication", {{"guest", "100"}})).empty());
  EXPECT_EQ(demo.get("/nodes/pve1/replication/102-0/status").data(), here[0]);
  EXPECT_EQ(demo.get("/nodes/pve1/replication/100-0/status").reason, "no such replication job '100-0'");
  demo.as_limited();
  EXPECT_TRUE(rows(demo.get("/nodes/pve1/replication")).empty());
}

/// The configurations of all guests in the cluster as one text.
std::string all_configurations(Demo& demo) {
  std::string text;
  for (const auto& row : rows(demo.get("/cluster/resources", {{"type", "vm"}}))) {
    text += demo.get("/nodes/" + std::string(row.at("node").get_string()) + "/" +
                     std::string(row.at("id").get_string()) + "/config")
                .text;
  }
  return text;
}

TEST(Upkeep, TheDemoHasForgottenDisks) {
  Demo demo;
  const auto named = all_configurations(demo);
  std::vector<std::string> orphans;
  for (const auto* storage : {"nas", "ceph-vm", "local-lvm"}) {
    for (const auto* node : {"pve1", "pve2", "pve3"}) {
      for (const auto& row :
           rows(demo.get(std::string("/nodes/") + node + "/storage/" + storage + "/content"))) {
        if (row.at("content") != "images" && row.at("content") != "rootdir") continue;
        std::string volid(row.at("volid").get_string());
        if (named.find(volid) == std::string::npos) orphans.push_back(std::move(volid));
      }
    }
  }
  EXPECT_THAT(orphans, testing::Each("nas:131/vm-131-disk-0.raw"));
  EXPECT_EQ(orphans.size(), 3U) << "the same on each node";
  EXPECT_EQ(demo.get("/nodes/pve3/qemu/116/config").data().at("unused0"), "nas:116/vm-116-disk-0.raw");
  const auto stale = rows(demo.get("/nodes/pve1/storage/nas/content", {{"vmid", "206"}}));
  ASSERT_EQ(stale.size(), 1U);
  EXPECT_EQ((kNow - stale[0].at("ctime").to_number<std::int64_t>()) / kDay, 74);
  EXPECT_NE(row_with(demo.get("/cluster/backup-info/not-backed-up").data(), "name", "unifi"), nullptr);
  const auto failed =
      rows(demo.get("/nodes/pve1/tasks", {{"errors", "1"}, {"since", std::to_string(kNow - kDay)}}));
  ASSERT_FALSE(failed.empty());
  EXPECT_EQ(failed[0].at("status"), "VM quit/powerdown failed - got timeout");
}

}  // namespace
}  // namespace simulator
