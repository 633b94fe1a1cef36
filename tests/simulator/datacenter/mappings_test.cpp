#include "simulator/exchanges.h"

namespace simulator {
namespace {

using enum base::Method;

const std::string kPci = "/cluster/mapping/pci";
const std::string kDir = "/cluster/mapping/dir";
const std::string kUsb = "/cluster/mapping/usb";

TEST(SimulatedMappings, KeepOneLineForEachNode) {
  Demo demo;
  expect_exchanges(
      demo,
      {
          {Get, kDir, {}, "[]"},
          {Post, kDir, {{"id", "share"}, {"map", "node=pve1,path=/srv"}, {"map", "node=pve2,path=/data"}}},
          {Get,
           kDir,
           {},
           R"([{"id":"share","type":"dir","map":["node=pve1,path=/srv","node=pve2,path=/data"]}])"},
          {Get,
           kDir,
           {{"check-node", "pve3"}},
           R"([{"id":"share","checks":[{"severity":"warning","message":"No mapping for node pve3."}]}])"},
          {Put, kDir + "/share", {{"description", "films"}}},
          {Get, kDir + "/share", {}, R"({"description":"films","type":"dir"})"},
          {Delete, kDir + "/share"},
          {Delete, kDir + "/share"},
          {Get, kDir, {}, "[]"},
          {Post, kPci, {{"id", "gpu"}, {"map", "node=pve1,path=0000:01:00.0,id=10de:2204"}, {"mdev", "1"}}},
          {Get, kPci + "/gpu", {}, R"({"map":["node=pve1,path=0000:01:00.0,id=10de:2204"],"mdev":1})"},
          {Post, kUsb, {{"id", "dongle"}, {"map", "node=pve1,id=1d6b:0002"}}},
          {Get, kUsb, {}, R"([{"id":"dongle","type":"usb"}])"},
      });
}

TEST(SimulatedMappings, RefuseWithPvesWords) {
  Demo demo;
  ASSERT_EQ(demo.post(kUsb, {{"id", "key"}, {"map", "node=pve1,id=1d6b:0002"}}).status, 200U);
  expect_exchanges(demo, {
                             {Get, kDir + "/nope", {}, "", 500, "mapping 'nope' not found"},
                             {Post,
                              kUsb,
                              {{"id", "key"}, {"map", "node=pve1,id=1d6b:0002"}},
                              "",
                              500,
                              "create hardware mapping failed: usb ID 'key' already defined"},
                             {Put,
                              kDir + "/nope",
                              {{"description", "x"}},
                              "",
                              500,
                              "update directory mapping failed: dir ID 'nope' does not exist"},
                             {Put,
                              kUsb + "/key",
                              {{"map", "node=pve1,id=1d6b:0003"}, {"digest", "0123"}},
                              "",
                              500,
                              "detected modified configuration - file changed by other user? Try again."},
                         });
  demo.as_limited();
  EXPECT_TRUE(demo.get(kUsb).data().as_array().empty());
  EXPECT_EQ(demo.get(kUsb + "/key").status, 403U);
}

}  // namespace
}  // namespace simulator
