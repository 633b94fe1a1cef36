// The nodes that a call names, and the node that it leaves out.
#include "engine/cluster/target_node.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/rows.h"
#include "support/scripted_pve.h"

namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

constexpr auto kList = "GET /cluster/resources";
constexpr auto kThree = R"([{"type":"node","node":"pve1","status":"online"},
                            {"type":"node","node":"PVE2","status":"online"},
                            {"type":"node","node":"pve3","status":"offline"}])";
constexpr auto kOne = R"([{"type":"node","node":"pve1","status":"online"},
                          {"type":"node","node":"pve3","status":"offline"}])";
const guard::MayUse kAll([](const tool::Endpoint&) -> std::string_view { return "a_tool"; });

class TargetNode : public testing::Test {
 protected:
  /// The node that the call goes to, or the refusal.
  std::string node(std::string_view arguments, const guard::MayUse& may = kAll) {
    const engine::Row row(test::kService, "nodes", facts_);
    auto wire = base::parse_json(arguments)->as_object();
    if (auto why = engine::normalize_nodes(row, wire, cluster_, may, {})) return *why;
    return base::wire_text(wire["node"]);
  }

  test::ScriptedPve pve_;
  base::ManualClock clock_;
  facts::Facts facts_;
  pve::Client client_{pve_, {"root@pam!t", "secret", ""}, {"https://pve:8006", std::chrono::seconds(9), {}}};
  engine::Cluster cluster_{{client_, facts_, clock_, {}}};
};

TEST_F(TargetNode, GetsTheNameThatTheClusterUses) {
  pve_.answer(kList, kThree);
  EXPECT_EQ(node(R"({"node":"pve1"})"), "pve1");
  EXPECT_EQ(node(R"({"node":"PVE1"})"), "pve1");
  EXPECT_EQ(node(R"({"node":"pve2"})"), "PVE2");
  EXPECT_EQ(node(R"({"node":"Pve1.example.com"})"), "pve1");
}

TEST_F(TargetNode, IsRefusedIfItDoesNotExist) {
  pve_.answer(kList, kThree);
  EXPECT_EQ(
      node(R"({"node":"pve11"})"),
      "pve_manage_node_service was not called. node: no node is named pve11. There are: PVE2, pve1, pve3.");
  EXPECT_THAT(node(R"({"node":"pve11"})", {}), EndsWith("no node is named pve11."))
      << "the caller may not list the nodes";
}

TEST_F(TargetNode, CostsNoRequestIfItIsKnown) {
  pve_.answer(kList, kThree);
  node(R"({"node":"pve1"})");
  clock_.advance(std::chrono::hours{1});
  EXPECT_EQ(node(R"({"node":"pve1"})"), "pve1");
  EXPECT_EQ(pve_.count(kList), 1U);
}

TEST_F(TargetNode, IsLookedUpInANewListIfItIsUnknown) {
  pve_.answer(kList, kOne, kThree);
  node(R"({"node":"pve1"})");
  EXPECT_EQ(node(R"({"node":"PVE2"})"), "PVE2");
}

TEST_F(TargetNode, StaysAsItIsIfTheListCannotBeRead) {
  pve_.refuse(kList, 500, "cluster not ready");
  EXPECT_EQ(node(R"({"node":"PVE9"})"), "PVE9");
}

TEST_F(TargetNode, IsFilledInIfOneNodeAloneIsOnline) {
  pve_.answer(kList, kOne);
  EXPECT_EQ(node("{}"), "pve1");
}

TEST_F(TargetNode, IsRequiredIfSeveralNodesAreOnline) {
  pve_.answer(kList, kThree);
  EXPECT_THAT(node("{}"), AllOf(HasSubstr("node: missing; give the name of a node."),
                                EndsWith(" There are: PVE2, pve1, pve3.")));
  EXPECT_THAT(node("{}", {}), Not(HasSubstr("pve1")));
}

}  // namespace
