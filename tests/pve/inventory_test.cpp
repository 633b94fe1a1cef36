#include "pve/inventory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using testing::ElementsAre;
using testing::IsEmpty;

pve::Inventory inventory(std::string_view rows) {
  return pve::inventory_of(*base::parse_json(rows)).value_or(pve::Inventory{});
}

TEST(Inventory, RowsOfARealCluster) {
  const auto list = inventory(R"([
    {"type":"qemu","vmid":100,"name":"m1","status":"stopped","node":"pve2","maxcpu":1,"cpu":0,"mem":0,
     "maxmem":67108864,"template":0,"diskread":10,"diskwrite":5,"netin":1,"netout":2,"tags":"a;b",
     "hastate":"started"},
    {"type":"lxc","vmid":122,"name":"mig-ct","status":"running","node":"pve3","template":1,"pool":"lab"},
    {"type":"qemu","vmid":9395,"status":"unknown","node":"pve2","id":"qemu/9395"},
    {"type":"node","node":"pve3","status":"offline"},
    {"type":"node","node":"pve2","status":"online","maxcpu":4,"disk":7},
    {"type":"storage","storage":"local","node":"pve2","status":"available","plugintype":"dir",
     "content":"backup,iso","shared":0,"disk":1,"maxdisk":9},
    {"type":"storage","storage":"nfs","node":"pve2","status":"available","content":"backup","shared":1},
    {"type":"storage","storage":"nfs","node":"pve3","status":"available","content":"backup","shared":1},
    {"type":"network","network":"localnetwork","node":"pve2"}])");
  ASSERT_EQ(list.guests.size(), 3U);
  const auto* vm = list.guest(100);
  ASSERT_NE(vm, nullptr);
  EXPECT_EQ(vm->type(), "qemu");
  EXPECT_EQ(vm->status, "stopped");
  EXPECT_EQ(vm->diskio, 15);
  EXPECT_EQ(vm->network, 3);
  EXPECT_EQ(vm->tags, "a;b");
  EXPECT_EQ(vm->hastate, "started");
  const auto* container = list.guest(122);
  ASSERT_NE(container, nullptr);
  EXPECT_TRUE(container->container);
  EXPECT_TRUE(container->is_template);
  EXPECT_EQ(container->status, "unknown") << "its node is not online";
  EXPECT_EQ(container->last_status, "running");
  EXPECT_EQ(list.guest(9395)->name, "") << "not told yet";
  EXPECT_EQ(list.guest(101), nullptr);
  EXPECT_TRUE(list.online("pve2"));
  EXPECT_FALSE(list.online("pve3"));
  EXPECT_FALSE(list.online("pve9"));
  const auto stores = list.to_read({"backup"});
  ASSERT_EQ(stores.size(), 2U) << "a shared one once";
  EXPECT_THAT(list.storages.at(0).content, ElementsAre("backup", "iso"));
}

TEST(Inventory, LeavesOutRowsWithoutAnIdentifier) {
  EXPECT_FALSE(pve::inventory_of(*base::parse_json(R"({"a":1})")));
  const auto list = inventory(R"([7,null,{"type":"qemu","vmid":100},{"type":"qemu","vmid":"x","node":"a"},
    {"type":"lxc","vmid":1e300,"node":"a"},{"type":"node"},{"type":"storage","node":"a"},
    {"type":"qemu","vmid":"101","node":"a","name":"text\u001b[0m"},{"type":"qemu","vmid":101,"node":"b"}])");
  ASSERT_EQ(list.guests.size(), 1U) << "each number once";
  EXPECT_EQ(list.guests[0].name, "text\xEF\xBF\xBD[0m");
  EXPECT_THAT(list.nodes, IsEmpty());
  EXPECT_THAT(list.storages, IsEmpty());
}

TEST(Inventory, GuestsOfANodeHaveTheirNames) {
  const auto data = *base::parse_json(R"([{"vmid":100,"name":"web"},{"vmid":"101"},{"name":"nobody"},7])");
  const auto guests = pve::guests_of_node(data, "pve1", false);
  ASSERT_TRUE(guests);
  ASSERT_EQ(guests->size(), 2U);
  EXPECT_EQ(guests->at(0).name, "web");
  EXPECT_EQ(guests->at(0).node, "pve1");
  EXPECT_EQ(guests->at(1).name, "VM 101");
  EXPECT_EQ(pve::guests_of_node(data, "pve1", true)->at(1).name, "CT101");
  EXPECT_FALSE(pve::guests_of_node(base::Json(nullptr), "pve1", false));
}

}  // namespace
