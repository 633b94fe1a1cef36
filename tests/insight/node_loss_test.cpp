// Tests the report on the loss of a node.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "insight/fake_sources.h"
#include "insight/reports.h"
#include "tool/rights.h"

namespace insight_test {
namespace {

using testing::HasSubstr;
using testing::Not;

struct WithHa : TwoNodes {
  WithHa() : TwoNodes(R"(,{"type":"node","node":"c","status":"online","maxmem":9000000000,"mem":0})") {
    answer("/cluster/status",
           R"([{"type":"node","name":"a","online":1},{"type":"node","name":"b","online":1},
                                        {"type":"node","name":"c","online":1}])");
    answer("/cluster/ha/resources", R"([{"sid":"vm:100","state":"started"}])");
    answer("/cluster/ha/rules", "[]");
  }
};

TEST(NodeLoss, ExpectsAnHaRestartWhereMostMemoryIsFree) {
  WithHa sources;
  const auto text = told(insight::node_loss_impact(sources, {{"node", "a"}}));
  EXPECT_THAT(text, HasSubstr("0 guests would go down, 1 would restart elsewhere"));
  EXPECT_THAT(text, HasSubstr(R"("after":"restarts, fits on b")"));
  EXPECT_THAT(text, HasSubstr("kept, 2 of 3 votes left, 2 needed"));
}

TEST(NodeLoss, RespectsAStrictAffinityRule) {
  WithHa sources;
  sources.answer("/cluster/ha/rules",
                 R"([{"type":"node-affinity","strict":1,"nodes":"a:2,c:1","resources":"vm:100,ct:7"}])");
  EXPECT_THAT(told(insight::node_loss_impact(sources, {{"node", "a"}})), HasSubstr("restarts, fits on c"));
  sources.answer("/cluster/ha/rules",
                 R"([{"type":"node-affinity","strict":1,"nodes":"a","resources":"vm:100"}])");
  EXPECT_THAT(told(insight::node_loss_impact(sources, {{"node", "a"}})), HasSubstr("no node left"));
}

TEST(NodeLoss, ExpectsAGuestWithALocalDiskToStayDownUnlessReplicated) {
  WithHa sources;
  sources.answer("/nodes/a/qemu/100/config", R"({"scsi0":"zfs:vm-100-disk-0"})");
  EXPECT_THAT(told(insight::node_loss_impact(sources, {{"node", "a"}})),
              HasSubstr("HA cannot start it elsewhere"));
  sources.answer("/cluster/replication", R"([{"guest":100,"target":"c"}])");
  EXPECT_THAT(told(insight::node_loss_impact(sources, {{"node", "a"}})), HasSubstr("restarts, fits on c"));
  sources.refuse("/nodes/a/qemu/100/config", "no", true);
  EXPECT_THAT(told(insight::node_loss_impact(sources, {{"node", "a"}})), HasSubstr("configuration not read"));
}

TEST(NodeLoss, ExpectsNoRestartWithoutQuorumOrMemory) {
  WithHa sources;
  sources.answer("/cluster/config/nodes", R"([{"node":"a","quorum_votes":"3"},{"node":"b"},{"node":"c"}])");
  EXPECT_THAT(told(insight::node_loss_impact(sources, {{"node", "a"}})),
              HasSubstr("2 of 5 votes left, 3 needed"));
  EXPECT_THAT(told(insight::node_loss_impact(sources, {{"node", "a"}})),
              HasSubstr("HA cannot act without quorum"));
  WithHa full;
  full.answer("/cluster/ha/resources", R"([{"sid":"vm:200"}])");
  full.answer("/nodes/b/qemu/200/config", R"({"scsi0":"nfs:200/x"})");
  full.answer("/cluster/ha/rules",
              R"([{"type":"node-affinity","strict":1,"nodes":"c","resources":"vm:200,vm:201"}])");
  EXPECT_THAT(told(insight::node_loss_impact(full, {{"node", "b"}})), HasSubstr("restarts, fits on c"));
  full.answer(
      "/cluster/resources",
      fmt::format(R"([{},{{"type":"node","node":"c","status":"online","maxmem":7000000000}}])", kTwoNodes));
  EXPECT_THAT(told(insight::node_loss_impact(full, {{"node", "b"}})),
              HasSubstr("the memory left is too small for 1 that restart"));
}

TEST(NodeLoss, DistinguishesUnknownMemoryFromNone) {
  WithHa sources;
  sources.lack(tool::kSeesNodes, "the API token has no Sys.Audit below /nodes");
  sources.answer(
      "/cluster/resources",
      R"([{"type":"node","node":"a","status":"online"},{"type":"node","node":"b","status":"online"},
                     {"type":"node","node":"c","status":"online"},
                     {"type":"qemu","vmid":100,"node":"a","status":"running","maxmem":4000000000},
                     {"type":"qemu","vmid":101,"node":"a","status":"running","maxmem":4000000000}])");
  const auto text = told(insight::node_loss_impact(sources, {{"node", "a"}}));
  EXPECT_THAT(text, HasSubstr("1 guest would go down, 1 would restart elsewhere"));
  EXPECT_THAT(text, HasSubstr("memory of b, c is not visible to this API token"));
  EXPECT_THAT(text, HasSubstr("restarts, memory of b unknown"));
  EXPECT_THAT(text, Not(HasSubstr("0 B")));
  EXPECT_THAT(text, Not(HasSubstr("MORE THAN IS LEFT")));
  EXPECT_THAT(text, Not(HasSubstr("too small")));
}

TEST(NodeLoss, TreatsAnInvisibleStorageAsPossiblyLocal) {
  WithHa sources;
  sources.answer("/nodes/a/qemu/100/config", R"({"scsi0":"hidden:vm-100-disk-0"})");
  sources.lack(tool::kSeesStorages, "the API token has Datastore.Audit on only a part of /storage");
  const auto text = told(insight::node_loss_impact(sources, {{"node", "a"}}));
  EXPECT_THAT(text, HasSubstr("0 would restart elsewhere"));
  EXPECT_THAT(text, HasSubstr("the server cannot predict whether 1 would restart"));
  EXPECT_THAT(text, HasSubstr("the storage of hidden:vm-100-disk-0, which may be on the node"));
}

TEST(NodeLoss, CallsTheOutcomeUnknownIfHaCannotBeRead) {
  WithHa sources;
  sources.refuse("/cluster/ha/resources", "Permission check failed (/, Sys.Audit)", true);
  auto text = told(insight::node_loss_impact(sources, {{"node", "a"}}));
  EXPECT_THAT(
      text,
      HasSubstr(
          "HA could not be read, so the server cannot predict whether 1 guest would restart; 0 are off or "
          "templates"));
  EXPECT_THAT(
      text,
      HasSubstr(
          "memory free before HA restarts the guests that it manages: b 9.3 GiB, c 8.4 GiB; the guests whose "
          "restart cannot be predicted"));
  EXPECT_THAT(text, HasSubstr(R"("reason":"HA could not be read")"));
  EXPECT_THAT(text, Not(HasSubstr("go down")));
  sources.answer("/cluster/config/nodes", R"([{"node":"a","quorum_votes":"3"},{"node":"b"},{"node":"c"}])");
  text = told(insight::node_loss_impact(sources, {{"node", "a"}}));
  EXPECT_THAT(text, HasSubstr("1 guest would go down")) << "without quorum HA does nothing anyway";
}

TEST(NodeLoss, CountsTheVotesOfAQuorumDevice) {
  WithHa sources;
  sources.answer("/cluster/status",
                 R"([{"type":"node","name":"a","online":1},{"type":"node","name":"b","online":1}])");
  EXPECT_THAT(told(insight::node_loss_impact(sources, {{"node", "a"}})),
              HasSubstr("1 of 2 votes left, 2 needed"));
  sources.answer("/cluster/config/qdevice", R"({"State":"Connected","Algorithm":"Fifty-Fifty split"})");
  EXPECT_THAT(told(insight::node_loss_impact(sources, {{"node", "a"}})),
              HasSubstr("kept, 2 of 3 votes left, 2 needed"));
  sources.answer("/cluster/config/qdevice", R"({"State":"Disconnected","Algorithm":"Fifty-Fifty split"})");
  EXPECT_THAT(told(insight::node_loss_impact(sources, {{"node", "a"}})),
              HasSubstr("1 of 3 votes left, 2 needed"));
}

}  // namespace
}  // namespace insight_test
