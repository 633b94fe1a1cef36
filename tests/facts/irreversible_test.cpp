// What each rule says of values on both sides of it.
#include "facts/irreversible.h"

#include <gtest/gtest.h>

namespace {

using base::Method;

constexpr std::string_view kVm = "/nodes/{node}/qemu/{vmid}";
constexpr std::string_view kVmConfig = "/nodes/{node}/qemu/{vmid}/config";
constexpr std::string_view kCtConfig = "/nodes/{node}/lxc/{vmid}/config";
constexpr std::string_view kBackup = "/nodes/{node}/vzdump";
constexpr std::string_view kPrune = "/nodes/{node}/storage/{storage}/prunebackups";
constexpr std::string_view kSync = "/access/domains/{realm}/sync";

// As PVE answers GET …/config.
constexpr std::string_view kPresent = R"({
  "scsi0": "local-lvm:vm-100-disk-0,iothread=1,size=32G", "scsi1": "/dev/disk/by-id/ata-X",
  "ide2": "local-lvm:vm-100-cloudinit,media=cdrom,size=4M", "ide3": "local:iso/debian.iso,media=cdrom",
  "virtio1": "file=local:100/vm-100-cloudinit.qcow2,media=cdrom", "sata0": "none,media=cdrom",
  "efidisk0": "local-lvm:vm-100-disk-1,efitype=4m", "unused0": "local-lvm:vm-100-disk-2",
  "vmstate": "local-lvm:vm-100-state-suspend", "description": "x", "name": "web"})";

base::JsonObject object(std::string_view json) { return base::parse_json(json).value().as_object(); }

// The losses in short: "delete=unused0", "force" (no value), "!" for the call itself, a "?" behind uncertain
// ones; apart by blanks.
std::string losses(Method method, std::string_view path, std::string_view arguments,
                   std::string_view present = {}) {
  static const facts::Facts kFacts;
  const auto* endpoint = kFacts.find(method, path);
  if (endpoint == nullptr) return "no such endpoint";
  const auto now = object(present.empty() ? "{}" : present);
  std::string all;
  for (const auto& loss :
       facts::irreversible(*endpoint, object(arguments), present.empty() ? nullptr : &now)) {
    if (!all.empty()) all += " ";
    all += loss.parameter.empty() ? "!" : loss.parameter;
    if (!loss.value.empty()) all += "=" + loss.value;
    if (!loss.certain) all += "?";
  }
  return all;
}

struct Case {
  std::string_view arguments;
  std::string_view losses;
};

TEST(Irreversible, DeleteOfASettingIsNot) {
  for (const auto method : {Method::Put, Method::Post}) {
    EXPECT_EQ(losses(method, kVmConfig, R"({"delete":"description,onboot"})"), "");
    EXPECT_EQ(losses(method, kVmConfig, R"({"delete":"net0","force":1})"), "");
  }
  EXPECT_EQ(losses(Method::Put, kCtConfig, R"({"delete":"description,mp0"})"), "");
  EXPECT_EQ(losses(Method::Put, kVmConfig, R"({"description":"x","memory":512,"force":1})"), "");
}

TEST(Irreversible, DeleteOfAnUnusedDiskIs) {
  for (const auto& [arguments, wanted] : {
           Case{R"({"delete":"unused0"})", "delete=unused0"},
           Case{R"({"delete":"onboot; unused3 unused12"})", "delete=unused3 delete=unused12"},
           Case{R"({"delete":["onboot","unused0"]})", "delete=unused0"},
           Case{R"({"delete":"unused"})", ""},
           Case{R"({"unused0":"local-lvm:vm-100-disk-2"})", ""},
       }) {
    EXPECT_EQ(losses(Method::Put, kVmConfig, arguments), wanted) << arguments;
    EXPECT_EQ(losses(Method::Post, kVmConfig, arguments), wanted) << arguments;
    EXPECT_EQ(losses(Method::Put, kCtConfig, arguments), wanted) << arguments;
  }
  EXPECT_EQ(losses(Method::Put, "/nodes/{node}/qemu/{vmid}/unlink", R"({"idlist":"unused0"})"),
            "idlist=unused0");
  EXPECT_EQ(losses(Method::Put, kVmConfig, R"({"delete":"unused0,unused1"})", kPresent), "delete=unused0")
      << "unused1 is not set";
}

TEST(Irreversible, DeleteOfADiskIsWithForce) {
  for (const auto& [arguments, wanted] : {
           Case{R"({"delete":"scsi0","force":true})", "delete=scsi0"},
           Case{R"({"delete":"scsi0,name","force":"1"})", "delete=scsi0"},
           Case{R"({"delete":"virtio1,efidisk0","force":1})", "delete=virtio1 delete=efidisk0"},
           Case{R"({"delete":"virtio1,efidisk0","force":0})", ""},
           Case{R"({"delete":"virtio1,tpmstate0","force":"0"})", ""},
           Case{R"({"delete":"virtio1,efidisk0","force":false})", ""},
           Case{R"({"delete":"virtio1"})", ""},
       }) {
    EXPECT_EQ(losses(Method::Put, kVmConfig, arguments), wanted) << arguments;
  }
  EXPECT_EQ(losses(Method::Put, "/nodes/{node}/qemu/{vmid}/unlink", R"({"idlist":"scsi0","force":1})"),
            "idlist=scsi0");
}

TEST(Irreversible, DetachingADiskIsNot) {
  EXPECT_EQ(losses(Method::Put, kVmConfig, R"({"delete":"scsi0,efidisk0"})", kPresent), "");
  EXPECT_EQ(losses(Method::Put, kVmConfig, R"({"delete":"scsi0,scsi1","force":1})", kPresent), "delete=scsi0")
      << "a device of the host is only taken away";
  EXPECT_EQ(losses(Method::Put, kVmConfig, R"({"delete":"ide3,sata0","force":1})", kPresent), "")
      << "so is a CD";
  EXPECT_EQ(losses(Method::Put, kVmConfig, R"({"delete":"scsi5","force":1})", kPresent), "")
      << "there is none";
}

TEST(Irreversible, DeleteOfACloudInitDriveIs) {
  EXPECT_EQ(losses(Method::Put, kVmConfig, R"({"delete":"ide2"})", kPresent), "delete=ide2");
  EXPECT_EQ(losses(Method::Put, kVmConfig, R"({"delete":"cdrom"})", kPresent), "delete=ide2")
      << "PVE's other name of it";
  EXPECT_EQ(losses(Method::Post, kVmConfig, R"({"delete":"virtio1"})", kPresent), "delete=virtio1");
  EXPECT_EQ(losses(Method::Post, kVmConfig, R"({"delete":"ide2","force":1})", kPresent), "delete=ide2");
  EXPECT_EQ(losses(Method::Put, kVmConfig, R"({"delete":"ide3"})", kPresent), "");
  EXPECT_EQ(losses(Method::Put, kVmConfig, R"({"delete":"ide2,name"})"), "delete=ide2?")
      << "the arguments do not tell";
  EXPECT_EQ(losses(Method::Put, "/nodes/{node}/qemu/{vmid}/unlink", R"({"idlist":"ide2"})", kPresent),
            "idlist=ide2");
}

TEST(Irreversible, ReplacingACloudInitDriveIsAndAnotherDriveIsNot) {
  for (const auto& [arguments, wanted] : {
           Case{R"({"ide2":"none,media=cdrom"})", "ide2"},
           Case{R"({"cdrom":"local:iso/debian.iso"})", "cdrom"},
           Case{R"({"ide2":"local-lvm:cloudinit"})", ""},
           Case{R"({"ide2":"local-lvm:vm-100-cloudinit,media=cdrom"})", ""},
           Case{R"({"scsi0":"local-lvm:8","ide3":"none,media=cdrom"})", ""},
           Case{R"({"scsi7":"local-lvm:8"})", ""},
       }) {
    EXPECT_EQ(losses(Method::Put, kVmConfig, arguments, kPresent), wanted) << arguments;
  }
  EXPECT_EQ(losses(Method::Put, kVmConfig, R"({"scsi7":"local-lvm:8"})"), "scsi7?");
  EXPECT_EQ(losses(Method::Put, kVmConfig, R"({"virtio0":"local-lvm:8","net0":"virtio"})"), "");
}

TEST(Irreversible, ACloudInitDriveIsKnownByItsVolume) {
  const auto of = [](std::string_view drive) {
    return losses(Method::Put, kVmConfig, R"({"delete":"ide0"})",
                  R"({"ide0":")" + std::string(drive) + "\"}");
  };
  for (const auto* drive : {"local-lvm:vm-9-cloudinit", "local:9/vm-9-cloudinit.qcow2,media=cdrom",
                            "media=cdrom,file=a:cloudinit", "zfs:cloudinit", "ceph:vm-9-cloudinit.raw"}) {
    EXPECT_EQ(of(drive), "delete=ide0") << drive;
  }
  for (const auto* drive : {"local:vm-9-disk-0", "local:iso/cloudinit-x.iso,media=cdrom", "none,media=cdrom",
                            "local:vm--cloudinit", "local:vm-9x-cloudinit", "cloudinit", ""}) {
    EXPECT_EQ(of(drive), "") << drive;
  }
}

TEST(Irreversible, TheUncertainNameTheReadThatDecides) {
  const facts::Facts facts;
  const auto* endpoint = facts.find(Method::Put, kVmConfig);
  ASSERT_NE(endpoint, nullptr);
  const auto unsure = facts::irreversible(*endpoint, object(R"({"delete":"ide2"})"));
  ASSERT_EQ(unsure.size(), 1U);
  EXPECT_EQ(unsure[0].decided_by, kVmConfig);
  EXPECT_FALSE(unsure[0].what.empty());
  const auto sure = facts::irreversible(*endpoint, object(R"({"delete":"unused0"})"));
  ASSERT_EQ(sure.size(), 1U);
  EXPECT_EQ(sure[0].decided_by, "") << "nothing to decide";
}

TEST(Irreversible, DeleteOfTheSavedMemoryIs) {
  EXPECT_EQ(losses(Method::Put, kVmConfig, R"({"delete":"vmstate"})"), "delete=vmstate");
  EXPECT_EQ(losses(Method::Put, kVmConfig, R"({"delete":"vmstate"})", R"({"name":"web"})"), "");
}

TEST(Irreversible, ADestroyedGuestIsWithWhatItsFlagsAdd) {
  EXPECT_EQ(losses(Method::Delete, kVm, "{}"), "!");
  EXPECT_EQ(losses(Method::Delete, kVm, R"({"purge":1,"destroy-unreferenced-disks":true,"skiplock":1})"),
            "! destroy-unreferenced-disks=1 purge=1");
  EXPECT_EQ(losses(Method::Delete, kVm, R"({"purge":0,"destroy-unreferenced-disks":false})"), "!");
  EXPECT_EQ(losses(Method::Delete, "/nodes/{node}/lxc/{vmid}", R"({"force":"yes","purge":"off"})"),
            "! force=yes");
}

TEST(Irreversible, ARestoreIsOnlyOverAGuest) {
  for (const auto& [arguments, wanted] : {
           Case{R"({"vmid":100,"archive":"local:backup/x.vma","force":1})", "force=1"},
           Case{R"({"vmid":100,"archive":"local:backup/x.vma","force":0})", ""},
           Case{R"({"vmid":100,"archive":"local:backup/x.vma"})", ""},
           Case{R"({"vmid":100,"scsi0":"local-lvm:8"})", ""},
       }) {
    EXPECT_EQ(losses(Method::Post, "/nodes/{node}/qemu", arguments), wanted) << arguments;
  }
  for (const auto& [arguments, wanted] : {
           Case{R"({"ostemplate":"local:backup/x.tar","restore":1,"force":true})", "force=1"},
           Case{R"({"ostemplate":"local:backup/x.tar","restore":0,"force":true})", ""},
           Case{R"({"ostemplate":"local:backup/x.tar","restore":1})", ""},
       }) {
    EXPECT_EQ(losses(Method::Post, "/nodes/{node}/lxc", arguments), wanted) << arguments;
  }
}

TEST(Irreversible, ABackupIsWhereItPrunes) {
  for (const auto& [arguments, wanted] : {
           Case{R"({"vmid":"100","prune-backups":"keep-last=3"})", "prune-backups=keep-last=3"},
           Case{R"({"prune-backups":"keep-last=3","remove":1})", "prune-backups=keep-last=3"},
           Case{R"({"prune-backups":"keep-last=3","remove":0})", ""},
           Case{R"({"prune-backups":"keep-last=3","remove":false})", ""},
           Case{R"({"prune-backups":"keep-all=1"})", ""},
           Case{R"({"prune-backups":"keep-all=0"})", ""},
           Case{R"({"prune-backups":"keep-all=0,keep-last=0,keep-daily=07"})",
                "prune-backups=keep-all=0,keep-last=0,keep-daily=07"},
           Case{R"({"maxfiles":2})", "maxfiles=2"},
           Case{R"({"maxfiles":0})", ""},
           Case{R"({"maxfiles":2,"remove":"0"})", ""},
           Case{R"({"vmid":"100"})", "prune-backups?"},
           Case{R"({"vmid":"100","remove":0})", ""},
       }) {
    EXPECT_EQ(losses(Method::Post, kBackup, arguments), wanted) << arguments;
  }
  EXPECT_EQ(losses(Method::Post, kBackup, "{}", R"({"prune-backups":"keep-last=2"})"),
            "prune-backups=keep-last=2");
  EXPECT_EQ(losses(Method::Post, kBackup, "{}", R"({"prune-backups":{"keep-last":"2"}})"),
            "prune-backups=keep-last=2");
  EXPECT_EQ(losses(Method::Post, kBackup, "{}", R"({"prune-backups":"keep-all=1"})"), "");
  EXPECT_EQ(losses(Method::Post, kBackup, "{}", R"({"storage":"local"})"), "") << "then all are kept";
}

TEST(Irreversible, PruningIsUnlessItKeepsAll) {
  EXPECT_EQ(losses(Method::Delete, kPrune, R"({"prune-backups":"keep-last=1"})"),
            "prune-backups=keep-last=1");
  EXPECT_EQ(losses(Method::Delete, kPrune, R"({"prune-backups":"keep-all=1"})"), "");
  EXPECT_EQ(losses(Method::Delete, kPrune, "{}"), "prune-backups?") << "the storage's retention";
  EXPECT_EQ(losses(Method::Delete, kPrune, "{}", R"({"prune-backups":"keep-daily=7"})"),
            "prune-backups=keep-daily=7");
}

TEST(Irreversible, ASettingThatPrunesLaterIsNot) {
  constexpr std::string_view kRetention = R"({"prune-backups":"keep-last=1","remove":1,"maxfiles":1})";
  EXPECT_EQ(losses(Method::Put, "/storage/{storage}", kRetention), "");
  EXPECT_EQ(losses(Method::Post, "/storage", kRetention), "");
  EXPECT_EQ(losses(Method::Post, "/cluster/backup", kRetention), "");
  EXPECT_EQ(losses(Method::Put, "/cluster/backup/{id}", kRetention), "");
  EXPECT_EQ(losses(Method::Put, "/cluster/jobs/realm-sync/{id}", R"({"remove-vanished":"entry"})"), "");
}

TEST(Irreversible, MovingADiskIsWhereTheOriginalGoes) {
  for (const auto* path : {"/nodes/{node}/qemu/{vmid}/move_disk", "/nodes/{node}/lxc/{vmid}/move_volume"}) {
    EXPECT_EQ(losses(Method::Post, path, R"({"storage":"fast","delete":1})"), "delete=1") << path;
    EXPECT_EQ(losses(Method::Post, path, R"({"storage":"fast","delete":0})"), "") << path;
    EXPECT_EQ(losses(Method::Post, path, R"({"storage":"fast"})"), "") << path;
    EXPECT_EQ(losses(Method::Post, path, R"({"target-vmid":101,"delete":1})"), "") << path;
  }
}

TEST(Irreversible, ReplicasAreLostWhereAJobDoesNotKeepThem) {
  constexpr std::string_view kJob = "/cluster/replication/{id}";
  EXPECT_EQ(losses(Method::Delete, kJob, "{}"), "keep");
  EXPECT_EQ(losses(Method::Delete, kJob, R"({"keep":0})"), "keep=0");
  EXPECT_EQ(losses(Method::Delete, kJob, R"({"keep":1})"), "");
  EXPECT_EQ(losses(Method::Delete, kJob, R"({"force":1})"), "");
  EXPECT_EQ(losses(Method::Put, kJob, R"({"remove_job":"full"})"), "remove_job=full");
  EXPECT_EQ(losses(Method::Put, kJob, R"({"remove_job":"local"})"), "");
  EXPECT_EQ(losses(Method::Put, kJob, R"({"comment":"full"})"), "");
}

TEST(Irreversible, ASyncIsWhereItRemoves) {
  EXPECT_EQ(losses(Method::Post, kSync, R"({"remove-vanished":"acl;entry"})"), "remove-vanished=acl;entry");
  EXPECT_EQ(losses(Method::Post, kSync, R"({"remove-vanished":"none"})"), "");
  EXPECT_EQ(losses(Method::Post, kSync, R"({"remove-vanished":"entry","dry-run":1})"), "");
  EXPECT_EQ(losses(Method::Post, kSync, R"({"remove-vanished":"none","purge":1,"full":0})"), "purge=1");
  EXPECT_EQ(losses(Method::Post, kSync, "{}"), "remove-vanished?") << "the realm's default";
  EXPECT_EQ(losses(Method::Post, kSync, "{}", R"({"type":"ldap"})"), "");
  EXPECT_EQ(losses(Method::Post, kSync, "{}",
                   R"({"sync-defaults-options":"enable-new=1,remove-vanished=entry;acl,scope=both"})"),
            "remove-vanished=entry;acl");
}

TEST(Irreversible, AnEncryptionKeyIsLostWhereThereIsOne) {
  constexpr std::string_view kStorage = "/storage/{storage}";
  constexpr std::string_view kWith = R"({"type":"pbs","encryption-key":"59:ab"})";
  constexpr std::string_view kWithout = R"({"type":"dir","path":"/x"})";
  EXPECT_EQ(losses(Method::Delete, kStorage, "{}"), "!?");
  EXPECT_EQ(losses(Method::Delete, kStorage, "{}", kWith), "!");
  EXPECT_EQ(losses(Method::Delete, kStorage, "{}", kWithout), "");
  EXPECT_EQ(losses(Method::Put, kStorage, R"({"delete":"encryption-key,nodes"})"), "delete=encryption-key");
  EXPECT_EQ(losses(Method::Put, kStorage, R"({"delete":"nodes"})"), "");
  EXPECT_EQ(losses(Method::Put, kStorage, R"({"encryption-key":"autogen"})"), "encryption-key?");
  EXPECT_EQ(losses(Method::Put, kStorage, R"({"encryption-key":"autogen"})", kWith), "encryption-key");
  EXPECT_EQ(losses(Method::Put, kStorage, R"({"encryption-key":"autogen"})", kWithout), "");
}

TEST(Irreversible, FlagsAreOnlyWhereTheyAreTrue) {
  struct Flag {
    Method method;
    std::string_view path;
    std::string_view name;
    std::string_view without;  ///< what the call loses without it
  };
  for (const auto& [method, path, name, without] : {
           Flag{Method::Delete, "/nodes/{node}/disks/directory/{name}", "cleanup-disks", ""},
           Flag{Method::Delete, "/nodes/{node}/disks/lvm/{name}", "cleanup-disks", "!"},
           Flag{Method::Delete, "/nodes/{node}/ceph/osd/{osdid}", "cleanup", "!"},
           Flag{Method::Delete, "/nodes/{node}/ceph/pool/{name}", "force", "!"},
           Flag{Method::Delete, "/nodes/{node}/ceph/fs/{name}", "remove-pools", "!"},
           Flag{Method::Delete, "/nodes/{node}/qemu/{vmid}/snapshot/{snapname}", "force", "!"},
           Flag{Method::Put, "/access/users/{userid}/token/{tokenid}", "regenerate", ""},
           Flag{Method::Post, "/nodes/{node}/certificates/custom", "force", ""},
           Flag{Method::Post, "/nodes/{node}/qemu/{vmid}/remote_migrate", "delete", ""},
       }) {
    const auto with = [&](std::string_view value) {
      return losses(method, path, "{\"" + std::string(name) + "\":" + std::string(value) + "}");
    };
    const auto lost = std::string(without) + (without.empty() ? "" : " ") + std::string(name) + "=";
    EXPECT_EQ(with("true"), lost + "1") << path;
    EXPECT_EQ(with("1"), lost + "1") << path;
    EXPECT_EQ(with("\"1\""), lost + "1") << path;
    EXPECT_EQ(with("false"), without) << path;
    EXPECT_EQ(with("\"0\""), without) << path;
    EXPECT_EQ(with("null"), without) << path;
    EXPECT_EQ(losses(method, path, "{}"), without) << path;
  }
}

TEST(Irreversible, SomeCallsAreByThemselves) {
  for (const auto* path :
       {"/nodes/{node}/disks/initgpt", "/nodes/{node}/disks/zfs", "/nodes/{node}/ceph/osd",
        "/nodes/{node}/qemu/{vmid}/template", "/nodes/{node}/lxc/{vmid}/snapshot/{snapname}/rollback"}) {
    EXPECT_EQ(losses(Method::Post, path, "{}"), "!") << path;
  }
  EXPECT_EQ(losses(Method::Put, "/nodes/{node}/disks/wipedisk", R"({"disk":"/dev/sdb"})"), "!");
  for (const auto* path :
       {"/nodes/{node}/storage/{storage}/content/{volume}", "/access/users/{userid}/token/{tokenid}",
        "/access/tfa/{userid}/{id}", "/nodes/{node}/certificates/custom"}) {
    EXPECT_EQ(losses(Method::Delete, path, "{}"), "!") << path;
  }
}

TEST(Irreversible, ACommandMayBe) {
  EXPECT_EQ(losses(Method::Post, "/nodes/{node}/qemu/{vmid}/agent/exec", R"({"command":"ls"})"), "command?");
  EXPECT_EQ(losses(Method::Post, "/nodes/{node}/qemu/{vmid}/agent", R"({"command":"ping"})"), "");
}

TEST(Irreversible, ObjectsThatCanBeMadeAgainAreNotLost) {
  for (const auto* path :
       {"/pools", "/access/groups/{groupid}", "/cluster/firewall/rules/{pos}", "/cluster/ha/resources/{sid}",
        "/nodes/{node}/network", "/cluster/backup/{id}", "/nodes/{node}/tasks/{upid}"}) {
    EXPECT_EQ(losses(Method::Delete, path, "{}"), "") << path;
  }
  EXPECT_EQ(losses(Method::Put, "/access/acl", R"({"path":"/","delete":1})"), "");
  EXPECT_EQ(losses(Method::Post, "/nodes/{node}/qemu/{vmid}/status/stop", R"({"skiplock":1})"), "");
  EXPECT_EQ(losses(Method::Put, "/nodes/{node}/qemu/{vmid}/resize", R"({"disk":"scsi0","size":"+1G"})"), "");
}

TEST(Irreversible, ReadingIsNotAndTheUnknownMayBe) {
  EXPECT_EQ(losses(Method::Get, kVmConfig, "{}"), "");
  facts::Endpoint endpoint;
  endpoint.method = Method::Post;
  endpoint.path = "/new/thing";
  const auto unknown = facts::irreversible(endpoint, {});
  ASSERT_EQ(unknown.size(), 1U);
  EXPECT_FALSE(unknown[0].certain);
}

}  // namespace
