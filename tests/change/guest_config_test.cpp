#include "change/guest_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tool/about.h"

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;

constexpr std::string_view kVm = "/nodes/{node}/qemu/{vmid}/config";
constexpr std::string_view kContainer = "/nodes/{node}/lxc/{vmid}/config";

base::Json json(std::string_view text) {
  auto parsed = base::parse_json(text);
  EXPECT_TRUE(parsed.has_value()) << text;
  return parsed ? *parsed : base::Json();
}

struct Case {
  std::string_view what;
  std::string_view arguments;
  std::string_view before;
  std::string_view after;
  std::string_view text;
  std::string_view sizes = "{}";
};

const facts::Facts& all_facts() {
  static const facts::Facts kFacts;
  return kFacts;
}

change::Description description(std::string_view path, const Case& each) {
  const auto before = change::config(json(each.before));
  const auto after = change::config(json(each.after));
  auto arguments = json(each.arguments).as_object();
  arguments["vmid"] = 116;
  const auto* endpoint = all_facts().find(base::Method::Put, path);
  return change::describe({*endpoint, arguments, before, after, json(each.sizes).as_object()});
}

void check(std::string_view path, const std::vector<Case>& cases) {
  for (const auto& each : cases) {
    const auto text = change::text(description(path, each));
    EXPECT_EQ(text, each.text) << each.what;
    EXPECT_LT(text.size(), 330U) << each.what;
  }
}

TEST(GuestConfig, DescribesWhatHappenedToDisks) {
  check(
      kVm,
      {{"an unused disk is destroyed", R"({"delete":"unused0"})", R"({"unused0":"ceph-vm:vm-116-disk-3"})",
        R"({})", "unused0 removed: ceph-vm:vm-116-disk-3 (16 GiB) destroyed with all data.",
        R"({"ceph-vm:vm-116-disk-3":17179869184})"},
       {"its volume was gone before", R"({"delete":"unused0"})",
        R"({"unused0":"local:116/vm-116-disk-3.raw"})", R"({})",
        "unused0 removed: its volume local:116/vm-116-disk-3.raw did not exist any more.",
        R"({"local:116/vm-116-disk-3.raw":null})"},
       {"the boot disk is detached", R"({"delete":"scsi0"})",
        R"({"boot":"order=scsi0;net0","scsi0":"ceph-vm:vm-116-disk-0,size=32G"})",
        R"({"boot":"order=net0","unused0":"ceph-vm:vm-116-disk-0"})",
        "scsi0 detached, data kept as unused0: ceph-vm:vm-116-disk-0 (32 GiB). "
        "scsi0 was the boot disk; the boot order is now net0."},
       {"no boot device is left", R"({"delete":"scsi0"})",
        R"({"boot":"order=scsi0","scsi0":"local:116/vm-116-disk-0.qcow2,size=209716K"})",
        R"({"boot":" ","unused0":"local:116/vm-116-disk-0.qcow2"})",
        "scsi0 detached, data kept as unused0: local:116/vm-116-disk-0.qcow2 (205 MiB). "
        "scsi0 was the boot disk; no boot device is left. Set boot=order=DEVICE before the next start."},
       {"force destroys at once", R"({"delete":"scsi6","force":true})",
        R"({"scsi6":"local2:116/vm-116-disk-1.qcow2,size=104858K"})", R"({})",
        "scsi6 removed: local2:116/vm-116-disk-1.qcow2 (102 MiB) destroyed with all data."},
       {"force with a snapshot keeps it", R"({"delete":"scsi0","force":1})",
        R"({"scsi0":"local:116/vm-116-disk-0.qcow2,size=1G"})",
        R"({"unused0":"local:116/vm-116-disk-0.qcow2"})",
        "scsi0 removed: data kept as unused0: local:116/vm-116-disk-0.qcow2 (1 GiB)."},
       {"a disk is replaced by an empty one", R"({"scsi0":"ceph-vm:64"})",
        R"({"boot":"order=scsi0","scsi0":"ceph-vm:vm-116-disk-0,size=32G"})",
        R"({"boot":"order=scsi0","scsi0":"ceph-vm:vm-116-disk-1,size=64G","unused0":"ceph-vm:vm-116-disk-0"})",
        "scsi0 is a new empty disk of 64 GiB: ceph-vm:vm-116-disk-1; the replaced disk: data kept as "
        "unused0: ceph-vm:vm-116-disk-0 (32 GiB). The boot order still begins with scsi0, but its disk was "
        "replaced."},
       {"a disk is made", R"({"scsi5":"local:0.1"})", R"({})",
        R"({"scsi5":"local:116/vm-116-disk-1.raw,size=104858K"})",
        "scsi5 is a new empty disk of 102 MiB: local:116/vm-116-disk-1.raw."},
       {"a disk is imported", R"({"scsi7":"local:0,import-from=local:import/tiny.raw"})", R"({})",
        R"({"scsi7":"local:116/vm-116-disk-3.qcow2,size=48M"})",
        "scsi7 is a new disk of 48 MiB: local:116/vm-116-disk-3.qcow2, copied from local:import/tiny.raw."},
       {"an unused disk is attached", R"({"scsi2":"local2:116/vm-116-disk-2.qcow2"})",
        R"({"unused0":"local2:116/vm-116-disk-2.qcow2"})",
        R"({"scsi2":"local2:116/vm-116-disk-2.qcow2,size=1G"})",
        "scsi2 is now local2:116/vm-116-disk-2.qcow2 (1 GiB) (was unused0)."},
       {"another guest's volume", R"({"scsi3":"local:101/vm-101-disk-0.qcow2"})", R"({})",
        R"({"scsi3":"local:101/vm-101-disk-0.qcow2,size=48M"})",
        "scsi3 is now local:101/vm-101-disk-0.qcow2 (48 MiB), a volume of guest 101: two guests on one "
        "volume "
        "damage its data."},
       {"another guest's volume is taken off", R"({"delete":"scsi3"})",
        R"({"scsi3":"local:101/vm-101-disk-0.qcow2,size=48M"})", R"({})",
        "scsi3 detached, local:101/vm-101-disk-0.qcow2 (48 MiB) untouched, because it belongs to guest "
        "101 (so PVE keeps no unusedN)."},
       {"the same volume twice", R"({"scsi4":"local:116/vm-116-disk-1.qcow2"})",
        R"({"scsi0":"local:116/vm-116-disk-1.qcow2,size=1G"})",
        R"({"scsi0":"local:116/vm-116-disk-1.qcow2,size=1G","scsi4":"local:116/vm-116-disk-1.qcow2,size=1G"})",
        "scsi4 is now local:116/vm-116-disk-1.qcow2 (1 GiB), the same volume as scsi0: two drives on one "
        "volume "
        "damage its data."},
       {"one of the two is taken off", R"({"delete":"scsi4"})",
        R"({"scsi0":"local:116/vm-116-disk-1.qcow2,size=1G","scsi4":"local:116/vm-116-disk-1.qcow2,size=1G"})",
        R"({"scsi0":"local:116/vm-116-disk-1.qcow2,size=1G"})",
        "scsi4 detached, local:116/vm-116-disk-1.qcow2 (1 GiB) is still in use as scsi0."},
       {"size has no effect", R"({"scsi0":"ceph-vm:vm-116-disk-0,size=52G"})",
        R"({"scsi0":"ceph-vm:vm-116-disk-0,size=32G"})", R"({"scsi0":"ceph-vm:vm-116-disk-0,size=32G"})",
        "Nothing changed: size=52G in scsi0 has no effect (the disk has 32 GiB); a disk grows only by PVE's "
        "resize "
        "call."},
       {"options of a disk get lost", R"({"scsi0":"ceph-vm:vm-116-disk-0,iothread=1"})",
        R"({"scsi0":"ceph-vm:vm-116-disk-0,discard=on,size=32G,backup=0"})",
        R"({"scsi0":"ceph-vm:vm-116-disk-0,iothread=1,size=32G"})",
        "scsi0: discard on removed, backup 0 -> 1, iothread 1 added."},
       {"a CD is changed", R"({"ide2":"none,media=cdrom"})",
        R"({"ide2":"local:iso/lab.iso,media=cdrom,size=4M"})", R"({"ide2":"none,media=cdrom"})",
        "ide2 changed from CD local:iso/lab.iso to an empty CD drive."},
       {"a cloud-init drive goes", R"({"delete":"ide2"})",
        R"({"ide2":"local:116/vm-116-cloudinit.qcow2,media=cdrom"})", R"({})",
        "ide2 removed, its cloud-init drive destroyed (PVE can make it anew)."},
       {"nothing was there", R"({"delete":"scsi20"})", R"({})", R"({})",
        "Nothing changed: scsi20 was not set."}});
}

TEST(GuestConfig, NamesChangedOptions) {
  check(kVm,
        {{"a NIC loses what the call does not repeat", R"({"net0":"virtio=BC:24:11:00:00:74,bridge=vmbr0"})",
          R"({"net0":"virtio=BC:24:11:00:00:74,bridge=vmbr0,firewall=1,tag=20"})",
          R"({"net0":"virtio=BC:24:11:00:00:74,bridge=vmbr0"})", "net0: firewall 1 -> 0, tag 20 removed."},
         {"the model alone", R"({"net0":"e1000=BC:24:11:00:00:74,bridge=vmbr0"})",
          R"({"net0":"virtio=BC:24:11:00:00:74,bridge=vmbr0"})",
          R"({"net0":"e1000=BC:24:11:00:00:74,bridge=vmbr0"})", "net0: model virtio -> e1000."},
         {"plain values", R"({"cores":4,"memory":"8192","onboot":true})", R"({"cores":2,"memory":"4096"})",
          R"({"cores":4,"memory":"8192","onboot":1})",
          "cores 2 -> 4; memory 4096 -> 8192 MiB; onboot set to 1."},
         {"memory by its name", R"({"memory":"current=8192"})", R"({"memory":"4096"})",
          R"({"memory":"current=8192"})", "memory 4096 -> 8192 MiB."},
         {"the default key", R"({"cpu":"host"})", R"({"cpu":"kvm64,flags=+aes"})", R"({"cpu":"host"})",
          "cpu: kvm64 -> host, flags +aes removed."},
         {"agent by its default key and by name", R"({"agent":"enabled=1,fstrim_cloned_disks=1"})",
          R"({"agent":"1"})", R"({"agent":"enabled=1,fstrim_cloned_disks=1"})",
          "agent: fstrim_cloned_disks 1 added."},
         {"tags as a set", R"({"tags":"web,prod"})", R"({"tags":"db;web"})", R"({"tags":"prod;web"})",
          "tags: prod added, db removed."},
         {"the same again", R"({"cores":2})", R"({"cores":2})", R"({"cores":2})",
          "Nothing changed: cores is already 2."},
         {"an option goes", R"({"delete":"onboot,tags"})", R"({"onboot":1})", R"({})",
          "onboot 1 removed. Unchanged: tags was not set."},
         {"several lines of text", R"({"description":"a\nb"})", R"({"description":"old"})",
          R"({"description":"a\nb"})", "description changed."}});
}

TEST(GuestConfig, SeparatesNewFromOlderPendingValues) {
  check(kVm,
        {{"now and later", R"({"cores":2,"name":"db2"})",
          R"([{"key":"cores","value":1},{"key":"name","value":"db1"}])",
          R"([{"key":"cores","value":1,"pending":2},{"key":"name","value":"db2"}])",
          "name db1 -> db2. Pending until the guest is stopped and started: cores 1 -> 2."},
         {"an older value waits too", R"({"name":"db2"})",
          R"([{"key":"cores","value":1,"pending":2},{"key":"name","value":"db1"}])",
          R"([{"key":"cores","value":1,"pending":2},{"key":"name","value":"db2"}])",
          "name db1 -> db2. Still pending from an earlier change: cores 1 -> 2."},
         {"the same is asked again", R"({"cores":2})", R"([{"key":"cores","value":1,"pending":2}])",
          R"([{"key":"cores","value":1,"pending":2}])",
          "Pending until the guest is stopped and started: cores 1 -> 2 (as before)."},
         {"the present value takes it back", R"({"cores":1})", R"([{"key":"cores","value":1,"pending":2}])",
          R"([{"key":"cores","value":1}])", "cores: the pending value 2 was dropped, and 1 is kept."},
         {"revert does too", R"({"revert":"cores"})", R"([{"key":"cores","value":1,"pending":2}])",
          R"([{"key":"cores","value":1}])", "cores: the pending value 2 was dropped, and 1 is kept."},
         {"the guest holds a disk", R"({"delete":"scsi1"})",
          R"([{"key":"scsi1","value":"local:116/vm-116-disk-1.raw,size=8G"}])",
          R"([{"key":"scsi1","value":"local:116/vm-116-disk-1.raw,size=8G","delete":1}])",
          "Pending until the guest is stopped and started: scsi1 detached (local:116/vm-116-disk-1.raw)."},
         {"a disk waits", R"({"tpmstate0":"local:1,version=v2.0"})", R"([])",
          R"([{"key":"tpmstate0","pending":"local:116/vm-116-disk-0.raw,size=4M,version=v2.0"}])",
          "Pending until the guest is stopped and started: tpmstate0 is now local:116/vm-116-disk-0.raw (4 "
          "MiB)."}});
}

TEST(GuestConfig, NeverShowsASecret) {
  const Case secrets{"",
                     R"({"cipassword":"geheim99","sshkeys":"ssh-ed25519%20AAAAgeheim99","delete":"ciuser"})",
                     R"({"cipassword":"**********","ciuser":"geheim99@x"})",
                     R"({"cipassword":"**********","sshkeys":"ssh-ed25519%20AAAAgeheim99"})", ""};
  const auto text = change::text(description(kVm, secrets));
  EXPECT_EQ(text, "ciuser geheim99@x removed; cipassword changed; sshkeys set.");
}

TEST(GuestConfig, OmitsUnchangedParts) {
  constexpr std::string_view kSame = R"({"sshkeys":"ssh-ed25519%20AAAAgeheim99"})";
  EXPECT_EQ(change::text(description(kVm, {"", kSame, kSame, kSame, ""})), "sshkeys changed.");
}

TEST(GuestConfig, ShowsNoControlCharacters) {
  const Case hostile{"", R"({"name":"x"})", R"({"name":"a\u001b[31mb"})", R"({"name":"x\u0007"})", ""};
  const auto text = change::text(description(kVm, hostile));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, Not(HasSubstr("\x07")));
}

TEST(GuestConfig, CutsLongValues) {
  const auto long_value = std::string(500, 'x');
  const auto after = R"({"args":")" + long_value + R"("})";
  const Case each{"", R"({"args":"y"})", R"({})", after, ""};
  EXPECT_LT(change::text(description(kVm, each)).size(), 100U);
}

TEST(GuestConfig, DescribesContainers) {
  check(kContainer, {{"a mount point is detached", R"({"delete":"mp0"})",
                      R"({"mp0":"local:116/vm-116-disk-1.raw,mp=/data,size=8G"})",
                      R"({"unused0":"local:116/vm-116-disk-1.raw"})",
                      "mp0 detached, data kept as unused0: local:116/vm-116-disk-1.raw (8 GiB)."},
                     {"a bind mount is not a volume of PVE", R"({"delete":"mp1"})",
                      R"({"mp1":"/srv/media,mp=/media"})", R"({})", "mp1 detached, /srv/media untouched."},
                     {"a mount point is made", R"({"mp0":"local-lvm:8,mp=/data"})", R"({})",
                      R"({"mp0":"local-lvm:vm-116-disk-1,mp=/data,size=8G"})",
                      "mp0 is a new empty disk of 8 GiB: local-lvm:vm-116-disk-1."},
                     {"an unused volume is destroyed", R"({"delete":"unused0"})",
                      R"({"unused0":"local-lvm:vm-116-disk-1"})", R"({})",
                      "unused0 removed: local-lvm:vm-116-disk-1 destroyed with all data."},
                     {"a NIC", R"({"net0":"name=eth0,bridge=vmbr1,hwaddr=BC:24:11:00:00:01,type=veth"})",
                      R"({"net0":"name=eth0,bridge=vmbr0,hwaddr=BC:24:11:00:00:01,ip=dhcp,type=veth"})",
                      R"({"net0":"name=eth0,bridge=vmbr1,hwaddr=BC:24:11:00:00:01,type=veth"})",
                      "net0: bridge vmbr0 -> vmbr1, ip dhcp removed."}});
}

TEST(GuestConfig, ShowsPendingValuesThatAFailedCallLeft) {
  const auto before =
      change::config(json(R"([{"key":"net1","value":"virtio=BC:24:11:8A:48:80,bridge=vmbr0"}])"));
  const auto after =
      change::config(json(R"([{"key":"net1","value":"virtio=BC:24:11:8A:48:80,bridge=vmbr0","delete":1},
               {"key":"net2","pending":"virtio=BC:24:11:F3:1B:94,bridge=vmbr77"}])"));
  EXPECT_THAT(change::remaining_pending(before, after),
              ElementsAre(Pair("net1", "net1 removed (virtio=BC:24:11:8A:48:80,bridge=vmbr0)"),
                          Pair("net2", "net2 set to virtio=BC:24:11:F3:1B:94,bridge=vmbr77")));
  EXPECT_THAT(change::remaining_pending(after, after), IsEmpty());
  EXPECT_THAT(change::remaining_pending(change::config(base::Json()), after), IsEmpty());
}

// The text about an expected change must equal the text about the change itself, except for names that PVE
// chooses.
TEST(GuestConfig, PredictsWhatPveDoes) {
  struct Expected {
    std::string_view arguments;
    std::string_view before;
    std::string_view text;
  };
  const std::vector<Expected> cases = {
      {R"({"delete":"scsi0"})", R"({"scsi0":"ceph-vm:vm-116-disk-0,size=32G"})",
       "scsi0 detached, data kept as unused0: ceph-vm:vm-116-disk-0 (32 GiB)."},
      {R"({"delete":"unused0"})", R"({"unused0":"ceph-vm:vm-116-disk-0"})",
       "unused0 removed: ceph-vm:vm-116-disk-0 destroyed with all data."},
      {R"({"scsi0":"ceph-vm:64"})", R"({"scsi0":"ceph-vm:vm-116-disk-0,size=32G"})",
       "scsi0 is a new empty disk of 64 GiB on ceph-vm; the replaced disk: data kept as unused0: "
       "ceph-vm:vm-116-disk-0 (32 GiB)."},
      {R"({"scsi0":"ceph-vm:vm-116-disk-0,size=52G"})", R"({"scsi0":"ceph-vm:vm-116-disk-0,size=32G"})",
       "Nothing changed: size=52G in scsi0 has no effect (the disk has 32 GiB); a disk grows only by PVE's "
       "resize call."},
      {R"({"delete":"scsi1","force":true})", R"({"scsi1":"ceph-vm:vm-116-disk-1,size=8G"})",
       "scsi1 removed: ceph-vm:vm-116-disk-1 (8 GiB) destroyed with all data."},
      {R"({"cores":4,"delete":"onboot"})", R"({"cores":2,"onboot":1})", "onboot 1 removed; cores 2 -> 4."},
  };
  for (const auto& each : cases) {
    const auto before = change::config(json(each.before));
    auto arguments = json(each.arguments).as_object();
    arguments["vmid"] = 116;
    const auto after = change::expected(arguments, before);
    const auto* endpoint = all_facts().find(base::Method::Put, kVm);
    EXPECT_EQ(change::text(change::describe({*endpoint, arguments, before, after, {}})), each.text)
        << each.arguments;
  }
}

TEST(GuestConfig, ReadsSizesOnlyIfNoLineHasThem) {
  const auto before =
      change::config(json(R"({"unused0":"local:116/vm-116-disk-3.raw","scsi0":"local:116/a.raw,size=1G"})"));
  EXPECT_THAT(change::volumes_to_size(json(R"({"delete":"unused0,scsi0,unused7"})").as_object(), before),
              ElementsAre("local:116/vm-116-disk-3.raw"));
}

}  // namespace
