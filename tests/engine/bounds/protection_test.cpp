// Whether a guest is protected is judged by what PVE says at that moment; what PVE does not say is refused.
#include "engine/bounds/protection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/text.h"
#include "support/scripted_pve.h"

namespace {

using testing::HasSubstr;

constexpr tool::Endpoint kPool{base::Method::Put, "/pools"};

class ProtectionTest : public testing::Test {
 protected:
  ProtectionTest() {
    pve_.answer(
        "GET /cluster/resources",
        R"([{"type":"qemu","vmid":100,"node":"pve1","name":"old","tags":"old"},{"type":"node","node":"pve1","status":"online"}])");
    pve_.answer("GET /nodes/pve1/qemu/100/config", R"({"name":"web01","tags":"prod;linux"})");
    pve_.answer("GET /pools", R"([{"poolid":"lab"},{"poolid":"shop"},{"poolid":"shop/web"}])");
    pve_.answer("GET /pools?poolid=shop",
                R"([{"poolid":"shop","members":[{"type":"storage","storage":"nas"}]}])");
    pve_.answer("GET /pools?poolid=shop%2Fweb",
                R"([{"poolid":"shop/web","members":[{"type":"qemu","vmid":100}]}])");
    pve_.answer("GET /pools?poolid=lab", R"([{"poolid":"lab","members":[]}])");
  }

  /// Why the VM may not be stopped; "" when it may.
  std::string refusal(std::string_view terms, std::string_view arguments = R"({"node":"pve1","vmid":100})") {
    return refusal_of({base::Method::Post, "/nodes/{node}/qemu/{vmid}/status/stop"}, terms, arguments);
  }
  std::string refusal_of(tool::Endpoint call, std::string_view terms, std::string_view arguments) {
    std::vector<std::string> all;
    for (const auto part : base::split(terms, ',')) all.emplace_back(part);
    engine::Options options;
    options.protect = guard::Terms::parse(all, guard::protect_kinds()).value();
    pve::Client client(pve_, {"root@pam!t", "secret", ""}, {"https://pve:8006", std::chrono::seconds(1), {}});
    engine::Cluster cluster({client, facts_, clock_, options});
    tool::Tool tool;
    tool.name = "pve_test";
    tool.effect = tool::Effect::Destructive;
    tool.call = call;
    tool.about = tool::about(tool.call.method, tool.call.path);
    const engine::Row row(tool, "x", facts_);
    return engine::protected_by(row, base::parse_json(arguments).value().as_object(), cluster, {})
        .value_or("");
  }

  test::ScriptedPve pve_;
  facts::Facts facts_;
  base::ManualClock clock_;
};

TEST_F(ProtectionTest, NameAndTagsAreThoseOfTheConfiguration) {
  EXPECT_THAT(refusal("tag:prod"), HasSubstr("PVE_PROTECT protects guest 100"));
  EXPECT_THAT(refusal("name:web*"), HasSubstr("PVE_PROTECT protects guest 100"));
  EXPECT_EQ(refusal("tag:old"), "") << "the list of guests is ten seconds old";
  EXPECT_EQ(refusal("name:old"), "");
}

TEST_F(ProtectionTest, APoolMeansThePoolsBelowIt) {
  EXPECT_THAT(refusal("pool:shop"), HasSubstr("PVE_PROTECT protects guest 100"));
  EXPECT_THAT(refusal("pool:shop/web"), HasSubstr("PVE_PROTECT protects guest 100"));
  EXPECT_EQ(refusal("pool:lab"), "");
}

TEST_F(ProtectionTest, WhatCannotBeReadIsRefused) {
  EXPECT_THAT(refusal("pool:hidden"),
              HasSubstr("pool hidden does not exist, or this API token cannot see it"));
  pve_.refuse("GET /pools?poolid=shop%2Fweb", 403, "Permission check failed");
  EXPECT_THAT(refusal("pool:shop"), HasSubstr("pool shop/web cannot be read"));
  pve_.refuse("GET /nodes/pve1/qemu/100/config", 403, "Permission check failed (/vms/100, VM.Audit)");
  EXPECT_THAT(refusal("tag:prod"), HasSubstr("its configuration cannot be read"));
  EXPECT_EQ(refusal("vmid:200"), "") << "the number alone tells";
  pve_.fail("GET /cluster/resources", net::Failure::Kind::Refused);
  EXPECT_THAT(refusal_of(kPool, "node:pve1", R"({"poolid":"lab","vms":"100"})"),
              HasSubstr("the list of guests cannot be read"));
  EXPECT_THAT(refusal("node:pve1"), HasSubstr("the list of guests cannot be read"))
      << "PVE answers some paths of a guest on any node, so the node in the call proves nothing";
}

TEST_F(ProtectionTest, TheNodeInTheCallDoesNotHideAGuest) {
  EXPECT_THAT(refusal("node:pve1", R"({"node":"pve2","vmid":100})"), HasSubstr("protects guest 100"));
}

TEST_F(ProtectionTest, AGuestNamedByItsNumberAloneMustBeSeenWhereItIs) {
  const auto add = [&](std::string_view terms, std::string_view vmid) {
    return refusal_of(kPool, terms, R"({"poolid":"lab","vms":")" + std::string(vmid) + "\"}");
  };
  EXPECT_THAT(add("tag:prod", "100"), HasSubstr("protects guest 100"));
  for (const auto* const terms : {"tag:prod", "node:pve1", "vmid:300"})
    EXPECT_THAT(add(terms, "4711"), HasSubstr("it is not visible to this API token")) << terms;
  // It has moved since the list was made.
  pve_.refuse("GET /nodes/pve1/qemu/100/config", 500,
              "Configuration file 'nodes/pve1/qemu-server/100.conf' does not exist");
  EXPECT_THAT(add("tag:prod", "100"), HasSubstr("it is not on pve1 any more"));
}

TEST_F(ProtectionTest, ANewGuestMayNotTakeADiskOfAProtectedOne) {
  const auto make = [&](std::string_view more) {
    return refusal_of({base::Method::Post, "/nodes/{node}/qemu"}, "tag:prod",
                      R"({"node":"pve1","vmid":500)" + std::string(more) + "}");
  };
  EXPECT_EQ(make(R"(,"scsi0":"local-lvm:32")"), "");
  EXPECT_THAT(make(R"(,"scsi0":"local-lvm:vm-100-disk-0")"), HasSubstr("protects guest 100"));
}

TEST_F(ProtectionTest, TheKindOfAGuestComesFromTheListWhereThePathDoesNotSayIt) {
  pve_.answer("GET /cluster/resources",
              R"([{"type":"lxc","vmid":200,"node":"pve1"},{"type":"node","node":"pve1","status":"online"}])");
  pve_.answer("GET /nodes/pve1/lxc/200/config", R"({"hostname":"dns","tags":"prod"})");
  EXPECT_THAT(refusal_of({base::Method::Post, "/nodes/{node}/vzdump"}, "tag:prod",
                         R"({"node":"pve1","vmid":"200","mode":"stop"})"),
              HasSubstr("mode=stop would stop guest 200, which PVE_PROTECT protects"));
}

TEST_F(ProtectionTest, AGuestThatDoesNotExistIsPvesToRefuse) {
  pve_.refuse("GET /nodes/pve1/qemu/101/config", 500,
              "Configuration file 'nodes/pve1/qemu-server/101.conf' does not exist");
  EXPECT_EQ(refusal("tag:prod", R"({"node":"pve1","vmid":101})"), "");
}

TEST_F(ProtectionTest, NothingIsReadWhereNoGuestIsProtected) {
  EXPECT_EQ(refusal("storage:nas"), "");
  EXPECT_TRUE(pve_.asked().empty());
}

}  // namespace
