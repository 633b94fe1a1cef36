// The endpoints' refusals of property strings. tests/facts tests the rule itself.
#include <gtest/gtest.h>

#include "simulator/refusals.h"

namespace simulator {
namespace {

using enum base::Method;

constexpr std::string_view kHead = "invalid format - format error\n";
constexpr std::string_view kNoSuch =
    "property is not defined in schema and the schema does not allow additional properties\n";

std::string wrong(std::string_view path, std::string_view why) {
  return std::string(kHead) + std::string(path) + ": " + std::string(why);
}

TEST(PropertyStrings, AreCheckedByEveryEndpoint) {
  Demo demo;
  expect_refused(
      demo,
      {{Put,
        "/nodes/pve1/qemu/105/config",
        {{"net0", "virtio,bridge=vmbr0,tag=9999"}},
        400,
        wrong("net0.tag", "value must have a maximum value of 4094\n"),
        "net0"},
       {Post,
        "/nodes/pve1/qemu/105/config",
        {{"net0", "virtio,bridge=vmbr0,tga=20"}},
        400,
        wrong("net0.tga", kNoSuch),
        "net0"},
       {Put,
        "/nodes/pve1/qemu/105/config",
        {{"ipconfig0", "ip=10.10.10.93,gw=10.10.10.1"}},
        400,
        wrong("ipconfig0.ip",
              "invalid format - value does not look like a valid ipv4 network configuration\n\n"),
        "ipconfig0"},
       {Post,
        "/nodes/pve1/qemu",
        {{"vmid", "900"}, {"scsi0", "local-lvm:8,cache=fast"}},
        400,
        wrong("scsi0.cache",
              "value 'fast' does not have a value in the enumeration 'none, writethrough, "
              "writeback, unsafe, directsync'\n"),
        "scsi0"},
       {Post,
        "/nodes/pve1/lxc",
        {{"vmid", "900"}, {"ostemplate", "local:vztmpl/x.tar.gz"}, {"net0", "bridge=vmbr0"}},
        400,
        wrong("net0.name", "property is missing and it is not optional\n"),
        "net0"},
       {Put,
        "/storage/nas",
        {{"prune-backups", "keep-all=1,keep-last=2"}},
        400,
        "invalid format - keep-all cannot be set together with other options.\n",
        "prune-backups"},
       {Post,
        "/cluster/backup",
        {{"schedule", "02:00"}, {"vmid", "105"}, {"storage", "nas"}, {"prune-backups", "keep-foo=1"}},
        400,
        wrong("prune-backups.keep-foo", kNoSuch),
        "prune-backups"},
       {Post,
        "/nodes/pve1/vzdump",
        {{"vmid", "105"}, {"storage", "nas"}, {"performance", "max-workers=300"}},
        400,
        wrong("performance.max-workers", "value must have a maximum value of 256\n"),
        "performance"},
       {Put,
        "/cluster/options",
        {{"migration", "foo"}},
        400,
        wrong("migration.type", "value 'foo' does not have a value in the enumeration 'secure, insecure'\n"),
        "migration"}});
}

// These refusals are recorded, too.
TEST(Formats, AddressesAreChecked) {
  Demo demo;
  expect_refused(demo, {{Put,
                         "/nodes/pve1/dns",
                         {{"search", "test.local"}, {"dns1", "foo"}},
                         400,
                         "invalid format - value does not look like a valid IP address\n",
                         "dns1"}});
}

TEST(PropertyStrings, AllWrongMembersAreNamedAtOnce) {
  Demo demo;
  const auto got = demo.put("/nodes/pve1/qemu/105/config", {{"net0", "virtio,tag=0,mtu=none"}});
  EXPECT_EQ(got.error("net0"), std::string(kHead) +
                                   "net0.mtu: type check ('integer') failed - got 'none'\n"
                                   "net0.tag: value must have a minimum value of 1\n");
}

}  // namespace
}  // namespace simulator
