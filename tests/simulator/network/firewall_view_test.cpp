#include "simulator/exchanges.h"

namespace simulator {
namespace {

using enum base::Method;

TEST(SimulatedFirewall, NamesWhatRulesMayName) {
  Demo demo;
  const std::string guest = "/nodes/pve1/qemu/105/firewall";
  const auto before = demo.get(guest + "/refs", {{"type", "alias"}}).data().as_array().size();
  ASSERT_EQ(demo.post(guest + "/aliases", {{"name", "own"}, {"cidr", "192.0.2.7"}}).status, 200U);
  const auto refs = demo.get(guest + "/refs", {{"type", "alias"}});
  ASSERT_EQ(refs.data().as_array().size(), before + 1);
  EXPECT_TRUE(holds(refs.data().as_array().back(),
                    *base::parse_json(R"({"type":"alias","scope":"guest","name":"own","ref":"own"})")));
  expect_exchanges(demo, {{Get, guest + "/log", {}, R"([{"n":1,"t":"no content"}])"}});
  EXPECT_GE(demo.get("/cluster/firewall/macros").data().as_array().size(), 10U);
}

}  // namespace
}  // namespace simulator
