// As in PVE 9.2, the names in /cluster/resources are up to ten seconds old. The nodes' own lists and the
// configurations are always up to date.
#include <string>

#include "simulator/support.h"

namespace simulator {
namespace {

const base::JsonObject* row_of(const base::Json& list, int vmid) {
  for (const auto& row : list.get_array()) {
    if (row.get_object().contains("vmid") && row.at("vmid") == vmid) return &row.get_object();
  }
  return nullptr;
}

/// The guest's name in a list; "-" if the row has no name, "gone" if the list has no row.
std::string name_in(Demo& demo, std::string_view path, int vmid) {
  const auto got = demo.get(path);
  const auto* row = row_of(got.data(), vmid);
  if (row == nullptr) return "gone";
  const auto* name = row->if_contains("name");
  return name == nullptr ? "-" : std::string(name->get_string());
}

TEST(LateNames, ANewNameIsLateOnlyInTheClustersList) {
  Demo demo;
  const auto old = name_in(demo, "/cluster/resources", 105);
  ASSERT_EQ(demo.put("/nodes/pve1/qemu/105/config", {{"name", "renamed"}}).status, 200U);
  EXPECT_EQ(name_in(demo, "/nodes/pve1/qemu", 105), "renamed");
  EXPECT_EQ(demo.get("/nodes/pve1/qemu/105/config").data().at("name"), "renamed");
  EXPECT_EQ(demo.get("/nodes/pve1/qemu/105/status/current").data().at("name"), "renamed");
  EXPECT_EQ(name_in(demo, "/cluster/resources", 105), old);
  demo.pass(std::chrono::seconds(9));
  EXPECT_EQ(name_in(demo, "/cluster/resources", 105), old);
  demo.pass(std::chrono::seconds(1));
  EXPECT_EQ(name_in(demo, "/cluster/resources", 105), "renamed");
}

TEST(LateNames, ANewGuestIsListedAtOnceWithoutItsName) {
  Demo demo;
  ASSERT_EQ(demo.post("/nodes/pve2/qemu", {{"vmid", "900"}, {"name", "fresh"}}).status, 200U);
  const auto got = demo.get("/cluster/resources", {{"type", "vm"}});
  const auto* row = row_of(got.data(), 900);
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(
      *row,
      (base::JsonObject{
          {"id", "qemu/900"}, {"type", "qemu"}, {"vmid", 900}, {"node", "pve2"}, {"status", "unknown"}}));
  EXPECT_EQ(name_in(demo, "/nodes/pve2/qemu", 900), "fresh");
  demo.pass(std::chrono::seconds(10));
  EXPECT_EQ(name_in(demo, "/cluster/resources", 900), "fresh");
}

TEST(LateNames, ADeletedGuestDisappearsAtOnceAndANewOneHasItsNameAtFirst) {
  Demo demo;
  ASSERT_EQ(demo.post("/nodes/pve2/qemu", {{"vmid", "900"}, {"name", "first"}}).status, 200U);
  demo.pass(std::chrono::seconds(10));
  ASSERT_EQ(name_in(demo, "/cluster/resources", 900), "first");
  ASSERT_EQ(demo.del("/nodes/pve2/qemu/900").status, 200U);
  EXPECT_EQ(name_in(demo, "/cluster/resources", 900), "gone");
  ASSERT_EQ(demo.post("/nodes/pve2/qemu", {{"vmid", "900"}, {"name", "second"}}).status, 200U);
  EXPECT_EQ(name_in(demo, "/cluster/resources", 900), "first");
  EXPECT_EQ(name_in(demo, "/nodes/pve2/qemu", 900), "second");
}

}  // namespace
}  // namespace simulator
