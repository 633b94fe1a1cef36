// Files that describe a world: valid ones, and the errors about invalid ones.
#include <gtest/gtest.h>

#include "simulator/core/state.h"
#include "simulator/support.h"

namespace simulator {
namespace {

constexpr std::string_view kSmall = R"({
  "cluster": "home",
  "nodes": [{"name": "nuc", "id": 1, "ip": "192.0.2.20", "cores": 8, "memory": "32G", "disk": "200G", "up": "3d4h"}],
  "storages": {"data": {"size": "900G", "used": "10G", "config": {"type": "zfspool", "pool": "rpool"}}},
  "realms": {"pam": {"type": "pam"}},
  "pools": {"family": {}},
  "guests": [
    {"vmid": 150, "type": "lxc", "node": "nuc", "name": "pihole", "running": true, "cores": 1, "memory": 256,
     "disk": 4, "storage": "data", "pool": "family"}
  ],
  "snapshots": [{"vmid": 150, "name": "clean", "age": "2d"}],
  "tasks": [{"node": "nuc", "type": "vzstart", "id": "150", "user": "root@pam", "age": "1h"}]
})";

std::optional<std::string> wrong_with(std::string_view text) {
  Options options;
  options.world = text;
  base::ManualClock clock;
  return check_world(options, clock);
}

/// The small world with one text replaced by another.
std::string with(std::string_view what, std::string_view instead) {
  std::string text(kSmall);
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), instead);
}

TEST(WorldFile, BuildsTheClusterThatItDescribes) {
  EXPECT_EQ(wrong_with(kSmall), std::nullopt);
  Options options;
  options.world = kSmall;
  base::ManualClock clock;
  const auto state = load_world(options, clock);
  ASSERT_TRUE(state) << state.error();
  EXPECT_EQ(state->cluster_name, "home");
  EXPECT_EQ(state->local_node, "nuc");
  ASSERT_EQ(state->guests.size(), 1U) << "no guests but those of the file";
  const auto& guest = state->guests.at(150);
  EXPECT_EQ(guest.name(), "pihole");
  EXPECT_EQ(guest.pool, "family");
  EXPECT_EQ(get(guest.config, "rootfs"), "data:vm-150-disk-0,size=4G");
  ASSERT_EQ(guest.snapshots.size(), 1U);
  EXPECT_EQ(guest.snapshots[0].time, state->now() - 2 * 86'400);
  EXPECT_EQ(state->tasks.size(), 1U);
  EXPECT_TRUE(state->users.contains("root@pam")) << "the built-in token always works";
}

TEST(WorldFile, AnErrorNamesTheMemberAndTheRemedy) {
  const std::pair<std::string, std::string> kTable[] = {
      {"{", "the file is not valid JSON: "},
      {"[]", "The file is []; write an object: { … }."},
      {with("\"cluster\": \"home\",", ""), "cluster is missing; write a text in quotation marks."},
      {with("\"memory\": 256", "\"memory\": \"lots\""),
       "guests[0].memory is \"lots\"; write a whole number from 16 to 16777216."},
      {with("\"memory\": 256", "\"memmory\": 256"),
       "guests[0].memmory is unknown; write one of vmid, type, "},
      {with("\"node\": \"nuc\", \"name\"", "\"node\": \"nuk\", \"name\""),
       "guests[0].node is \"nuk\"; write one of nuc."},
      {with("\"storage\": \"data\"", "\"storage\": \"local\""),
       "guests[0].storage is \"local\"; write one of data."},
      {with("\"pool\": \"family\"", "\"pool\": \"work\""),
       "guests[0].pool is \"work\"; write one of family."},
      {with("\"running\": true", "\"running\": 1"), "guests[0].running is 1; write true or false."},
      {with("\"vmid\": 150, \"type\"", "\"vmid\": 99, \"type\""),
       "guests[0].vmid is 99; write a whole number from 100 to 999999999."},
      {with("{\"vmid\": 150, \"name\"", "{\"vmid\": 151, \"name\""),
       "snapshots[0].vmid is 151; write the number of a guest of this file."},
      {with("\"up\": \"3d4h\"", "\"up\": \"3 days\""),
       "nodes[0].up is \"3 days\"; write a time such as \"35d1h\", with d, h, m and s."},
      {with("\"memory\": \"32G\"", "\"memory\": \"big\""),
       "nodes[0].memory is \"big\"; write a size such as \"94G\", or a number of bytes."},
      {with("\"type\": \"zfspool\"", "\"type\": 7"),
       "storages.data.config.type is 7; write a text in quotation marks."},
      {with("\"nodes\": [", "\"nodes\": [], \"syslog\": ["),
       "nodes is []; write a list with at least one node."},
  };
  for (const auto& [text, sentence] : kTable) {
    const auto wrong = wrong_with(text);
    ASSERT_TRUE(wrong) << sentence;
    EXPECT_TRUE(wrong->starts_with(sentence)) << *wrong << "\nwanted: " << sentence;
  }
}

TEST(WorldFile, TheBuiltInFileLoadsForEveryVersion) {
  base::ManualClock clock;
  for (const facts::Version version : {facts::Version{8, 0}, {8, 4}, {9, 0}, {9, 2}}) {
    Options options;
    options.pve = version;
    const auto state = load_world(options, clock);
    ASSERT_TRUE(state) << state.error();
    EXPECT_EQ(state->ha_rules.empty(), version < facts::Version(9, 0));
    EXPECT_EQ(state->ha_groups.empty(), version >= facts::Version(9, 0));
  }
}

}  // namespace
}  // namespace simulator
