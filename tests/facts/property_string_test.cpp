// The property strings of PVE's parameters, and its words for those that do not fit: the rows with a dagger
// in their comment were recorded on PVE 9.2, the others follow from them and the schema.
#include "facts/property_string.h"

#include <gtest/gtest.h>

namespace {

using base::Method;
using facts::Facts;

struct Case {
  Method method;
  std::string_view path;
  std::string_view name;
  std::string_view value;
  std::string_view misfit;  ///< empty: fits
};

constexpr std::string_view kVm = "/nodes/{node}/qemu/{vmid}/config";
constexpr std::string_view kContainer = "/nodes/{node}/lxc/{vmid}/config";
constexpr std::string_view kBackup = "/nodes/{node}/vzdump";
constexpr std::string_view kNoSuch =
    "property is not defined in schema and the schema does not allow additional properties\n";

const Case kCases[] = {
    {Method::Put, kVm, "net0", "virtio,bridge=vmbr0,tag=20,firewall=on", ""},
    {Method::Put, kVm, "net0", "virtio=BC:24:11:00:00:01,bridge=vmbr0", ""},
    {Method::Put, kVm, "net0", "model=virtio,macaddr=BC:24:11:00:00:01", ""},
    {Method::Put, kVm, "net0", "virtio,bridge=vmbr0,tag=9999",
     "invalid format - format error\nnet0.tag: value must have a maximum value of 4094\n"},
    {Method::Put, kVm, "net0", "bridge=vmbr0",
     "invalid format - format error\nnet0.model: property is missing and it is not optional\n"},
    {Method::Put, kVm, "net3", "virtio=zz,bridge=vmbr0",
     "invalid format - format error\nnet3.macaddr: invalid format - value does not look like a valid unicast "
     "MAC address\n\n"},
    {Method::Put, kVm, "net0", "virtio,virtio=BC:24:11:00:00:01",
     "invalid format - key alias 'model' is already defined\n"},
    {Method::Put, kVm, "net0", "virtio,tag=1,tag=2",
     "invalid format - duplicate key in comma-separated list property: tag\n"},
    {Method::Put, kVm, "net0",
     "virtio,tag=", "invalid format - missing key in comma-separated list property\n"},
    {Method::Put, kVm, "scsi0", "local-lvm:8,discard=on,iothread=1,ssd=1", ""},
    {Method::Put, kVm, "scsi0", "none,media=cdrom", ""},
    {Method::Put, kVm, "scsi0", "32",
     "invalid format - format error\nscsi0.file: invalid format - unable to parse volume ID '32'\n\n"},
    {Method::Put, kVm, "scsi0", "local-lvm:8,cache=fast",
     "invalid format - format error\nscsi0.cache: value 'fast' does not have a value in the enumeration "
     "'none, "
     "writethrough, writeback, unsafe, directsync'\n"},
    {Method::Put, kVm, "agent", "1,fstrim_cloned_disks=1", ""},
    {Method::Put, kVm, "agent", "fstrim_cloned_disks=1",
     "invalid format - format error\nagent.enabled: property is missing and it is not optional\n"},
    // The alias that PVE 9.2 has for freeze-fs.
    {Method::Put, kVm, "agent", "enabled=1,guest-fsfreeze=0", ""},
    {Method::Put, kVm, "ipconfig0", "ip=10.0.0.1/24,gw=10.0.0.254,ip6=auto", ""},
    // †
    {Method::Put, kVm, "ipconfig0", "ip=10.10.10.93,gw=10.10.10.1",
     "invalid format - format error\nipconfig0.ip: invalid format - value does not look like a valid ipv4 "
     "network "
     "configuration\n\n"},
    // †
    {Method::Put, kVm, "ipconfig0", "gw=10.10.10.1",
     "invalid format - format error\nipconfig0.ip: missing property required by 'ipconfig0.gw'\n"},
    // †
    {Method::Put, kVm, "cicustom", "foo",
     "invalid format - value without key, but schema does not define a default key\n"},
    // †
    {Method::Put, "/cluster/options", "migration", "foo",
     "invalid format - format error\nmigration.type: value 'foo' does not have a value in the enumeration "
     "'secure, "
     "insecure'\n"},
    // †
    {Method::Post, kBackup, "performance", "max-workers=300",
     "invalid format - format error\nperformance.max-workers: value must have a maximum value of 256\n"},
    // †
    {Method::Get, "/nodes/{node}/storage/{storage}/prunebackups", "prune-backups", "keep-all=1,keep-last=2",
     "invalid format - keep-all cannot be set together with other options.\n"},
    {Method::Post, kBackup, "prune-backups", "keep-all=1,keep-last=0", ""},
    {Method::Post, kBackup, "prune-backups", "keep-last=3,keep-daily=7", ""},
    {Method::Post, kBackup, "fleecing", "enabled=1,storage=local-lvm", ""},
    {Method::Put, kContainer, "net0", "name=eth0,bridge=vmbr0,ip=192.0.2.7/24", ""},
    {Method::Put, kContainer, "net0", "name=eth0,bridge=vmbr0,ip=192.0.2.7",
     "invalid format - format error\nnet0.ip: invalid format - value does not look like a valid ipv4 network "
     "configuration\n\n"},
    {Method::Put, kContainer, "mp0", "local-lvm:8",
     "invalid format - format error\nmp0.mp: property is missing and it is not optional\n"},
    {Method::Put, kContainer, "features", "nesting=1,keyctl=1", ""},
    // †
    {Method::Put, "/nodes/{node}/config", "wakeonlan", "foo",
     "invalid format - format error\nwakeonlan.mac: invalid format - value does not look like a valid "
     "unicast MAC "
     "address\n\n"},
    // No property string, and one whose members are not known.
    {Method::Put, kVm, "name", "a=b,c", ""},
    {Method::Put, kVm, "cpu", "host,flags=+aes", ""},
};

std::string misfit_of(const Facts& facts, const Case& c, facts::Version version) {
  const auto* endpoint = facts.find(c.method, c.path);
  const auto* parameter = endpoint == nullptr ? nullptr : endpoint->parameter(c.name);
  if (parameter == nullptr) return "no such parameter";
  return facts::property_misfit(*parameter, c.name, c.value, version).value_or("");
}

TEST(PropertyStrings, SpeakPvesWords) {
  const Facts facts;
  for (const auto& c : kCases) {
    EXPECT_EQ(misfit_of(facts, c, facts.version()), c.misfit) << c.name << "=" << c.value;
  }
}

TEST(PropertyStrings, NoKeyIsInvented) {
  const Facts facts;
  const auto text = [&](std::string_view path, std::string_view name, std::string_view value) {
    return misfit_of(facts, {Method::Put, path, name, value, {}}, facts.version());
  };
  const std::string head = "invalid format - format error\n";
  EXPECT_EQ(text(kVm, "net0", "virtio,tga=20"), head + "net0.tga: " + std::string(kNoSuch));
  EXPECT_EQ(text("/storage/{storage}", "prune-backups", "keep-foo=1"),
            head + "prune-backups.keep-foo: " + std::string(kNoSuch));
}

TEST(PropertyStrings, EachVersionHasItsOwnMembers) {
  const Facts facts;
  const Case certificates{Method::Put, kVm, "efidisk0", "local-lvm:1,efitype=4m,ms-cert=2023", ""};
  EXPECT_EQ(misfit_of(facts, certificates, {9, 2}), "");
  EXPECT_EQ(misfit_of(facts, certificates, {8, 4}),
            "invalid format - format error\nefidisk0.ms-cert: " + std::string(kNoSuch));
  const Case old{Method::Put, kVm, "scsi0", "local-lvm:1,cyls=3", ""};
  EXPECT_EQ(misfit_of(facts, old, {8, 4}), "");
  EXPECT_NE(misfit_of(facts, old, {9, 2}), "");
}

TEST(PropertyStrings, AllOfTheSchemaHaveTheirMembers) {
  const Facts facts;
  for (const auto& listed : facts.list()) {
    const auto* endpoint = facts.find(listed.method, listed.path);
    if (endpoint == nullptr) continue;
    for (const auto& parameter : endpoint->parameters) {
      if (parameter.format != "property-string") continue;
      const auto* members = members_of(parameter);
      ASSERT_NE(members, nullptr) << listed.path << " " << parameter.name;
      EXPECT_FALSE(members->empty());
    }
  }
}

}  // namespace
