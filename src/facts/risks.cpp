// The endpoints that can destroy something.
#include <algorithm>

#include "facts/irreversible.h"

namespace facts {
namespace {

using enum When;

constexpr std::string_view kDevice = "the data on the device";
constexpr std::string_view kConfigOfVm = "/nodes/{node}/qemu/{vmid}/config";
constexpr std::string_view kUnused = "the unused disk and its data";
constexpr std::string_view kDrive = "the disk and its data";
constexpr std::string_view kCloudInit = "the cloud-init drive, which PVE removes at once";
constexpr std::string_view kUnreferenced = "disks of this number that no configuration names";
constexpr std::string_view kRelations = "the guest's entries in backup jobs, replication and HA";
constexpr std::string_view kSource = "the original, once it is copied";
constexpr std::string_view kSince = "everything since the snapshot";
constexpr std::string_view kTemplate = "the guest as it is; PVE cannot turn a template back into a guest";
constexpr std::string_view kSnapshotByForce =
    "the snapshot's entry in the configuration, even if the snapshot of a disk remains";
constexpr std::string_view kReplica = "the replicated volumes on the target";
constexpr std::string_view kPruned = "the backups that the retention does not keep";
constexpr std::string_view kVanished =
    "users with their tokens, groups and ACL entries that the directory lacks";
constexpr std::string_view kEncryptionKey =
    "the storage's encryption key, without which its backups are unreadable";
constexpr std::string_view kCertificate = "the certificate that the call replaces, and its private key";

// By path.
constexpr Risk kRisks[] = {
    {kPost, "/access/domains/{realm}/sync", Given, "full", kVanished, {.without = "dry-run"}},
    {kPost, "/access/domains/{realm}/sync", Given, "purge", kVanished, {.without = "dry-run"}},
    {kPost,
     "/access/domains/{realm}/sync",
     Vanished,
     "remove-vanished",
     kVanished,
     {.without = "dry-run", .decided_by = "/access/domains/{realm}"}},
    {kDelete, "/access/tfa/{userid}/{id}", Always, "", "the second factor, which must be enrolled again"},
    {kDelete, "/access/users/{userid}", Always, "", "the user's API tokens and second factors"},
    {kDelete, "/access/users/{userid}/token/{tokenid}", Always, "", "the token's secret"},
    {kPut, "/access/users/{userid}/token/{tokenid}", Given, "regenerate", "the token's present secret"},
    {kDelete, "/cluster/acme/account/{name}", Always, "", "the account, which its authority deactivates"},
    {kPost, "/cluster/config/join", Always, "", "the joining node's own configuration"},
    {kPost, "/cluster/config/join", Given, "force", "the configurations of the joining node's guests"},
    {kDelete, "/cluster/config/nodes/{node}", Always, "",
     "the node's membership; the node must be reinstalled to join again"},
    {kPost, "/cluster/replication", Equals, "remove_job", kReplica, {.value = "full"}},
    {kDelete, "/cluster/replication/{id}", Missing, "keep", kReplica, {.without = "force"}},
    {kPut, "/cluster/replication/{id}", Equals, "remove_job", kReplica, {.value = "full"}},
    {kDelete, "/nodes/{node}/ceph/fs/{name}", Always, "", "the file system"},
    {kDelete, "/nodes/{node}/ceph/fs/{name}", Given, "remove-pools",
     "the file system's pools with all files"},
    {kPost, "/nodes/{node}/ceph/osd", Always, "", kDevice},
    {kDelete, "/nodes/{node}/ceph/osd/{osdid}", Always, "", "the copies of the data on this OSD"},
    {kDelete, "/nodes/{node}/ceph/osd/{osdid}", Given, "cleanup", "the OSD's volumes and partitions"},
    {kDelete, "/nodes/{node}/ceph/pool/{name}", Always, "", "the pool with all its data"},
    {kDelete, "/nodes/{node}/ceph/pool/{name}", Given, "force", "the guests' disks that are still in it"},
    {kDelete, "/nodes/{node}/certificates/acme/certificate", Always, "",
     "the certificate, which is revoked, and its private key"},
    {kPost, "/nodes/{node}/certificates/acme/certificate", Given, "force", kCertificate},
    {kDelete, "/nodes/{node}/certificates/custom", Always, "", "the certificate and its private key"},
    {kPost, "/nodes/{node}/certificates/custom", Given, "force", kCertificate},
    {kPost, "/nodes/{node}/disks/directory", Always, "", kDevice},
    {kDelete, "/nodes/{node}/disks/directory/{name}", Given, "cleanup-disks", "the files in the directory"},
    {kPost, "/nodes/{node}/disks/initgpt", Always, "", "the disk's partition table"},
    {kPost, "/nodes/{node}/disks/lvm", Always, "", kDevice},
    {kDelete, "/nodes/{node}/disks/lvm/{name}", Always, "", "the volume group with its volumes"},
    {kDelete, "/nodes/{node}/disks/lvm/{name}", Given, "cleanup-disks", kDevice},
    {kPost, "/nodes/{node}/disks/lvmthin", Always, "", kDevice},
    {kDelete, "/nodes/{node}/disks/lvmthin/{name}", Always, "", "the thin pool with its volumes"},
    {kDelete, "/nodes/{node}/disks/lvmthin/{name}", Given, "cleanup-disks", kDevice},
    {kPut, "/nodes/{node}/disks/wipedisk", Always, "", kDevice},
    {kPost, "/nodes/{node}/disks/zfs", Always, "", "the data on the devices"},
    {kDelete, "/nodes/{node}/disks/zfs/{name}", Always, "", "the pool with its volumes and snapshots"},
    {kDelete, "/nodes/{node}/disks/zfs/{name}", Given, "cleanup-disks", "the data on the pool's devices"},
    {kPost, "/nodes/{node}/execute", Perhaps, "commands", "what the commands destroy"},
    {kPost, "/nodes/{node}/lxc", Given, "force", "the container that has this number", {.with = "restore"}},
    {kDelete, "/nodes/{node}/lxc/{vmid}", Always, "", "the container with its volumes and snapshots"},
    {kDelete, "/nodes/{node}/lxc/{vmid}", Given, "destroy-unreferenced-disks", kUnreferenced},
    {kDelete, "/nodes/{node}/lxc/{vmid}", Given, "force", "the container, even while it runs"},
    {kDelete, "/nodes/{node}/lxc/{vmid}", Given, "purge", kRelations},
    // Without `force`, which PVE's containers do not have: a mount point is detached, and stays as unusedN.
    {kPut,
     "/nodes/{node}/lxc/{vmid}/config",
     ListsUnused,
     "delete",
     "the unused volume and its data",
     {.decided_by = "/nodes/{node}/lxc/{vmid}/config"}},
    {kPost, "/nodes/{node}/lxc/{vmid}/move_volume", Given, "delete", kSource, {.without = "target-vmid"}},
    {kPost, "/nodes/{node}/lxc/{vmid}/remote_migrate", Given, "delete", kSource},
    {kDelete, "/nodes/{node}/lxc/{vmid}/snapshot/{snapname}", Always, "", "the snapshot"},
    {kDelete, "/nodes/{node}/lxc/{vmid}/snapshot/{snapname}", Given, "force", kSnapshotByForce},
    {kPost, "/nodes/{node}/lxc/{vmid}/snapshot/{snapname}/rollback", Always, "", kSince},
    {kPost, "/nodes/{node}/lxc/{vmid}/template", Always, "", kTemplate},
    {kPost, "/nodes/{node}/qemu", Given, "force", "the VM that has this number", {.with = "archive"}},
    {kDelete, "/nodes/{node}/qemu/{vmid}", Always, "", "the VM with its disks and snapshots"},
    {kDelete, "/nodes/{node}/qemu/{vmid}", Given, "destroy-unreferenced-disks", kUnreferenced},
    {kDelete, "/nodes/{node}/qemu/{vmid}", Given, "purge", kRelations},
    {kPost, "/nodes/{node}/qemu/{vmid}/agent/exec", Perhaps, "command", "what the command destroys"},
    {kPost, "/nodes/{node}/qemu/{vmid}/agent/file-write", Perhaps, "file", "what the file holds now"},
    {kPost | kPut, kConfigOfVm, ListsUnused, "delete", kUnused, {.decided_by = kConfigOfVm}},
    {kPost | kPut, kConfigOfVm, ListsDisk, "delete", kDrive, {.with = "force", .decided_by = kConfigOfVm}},
    {kPost | kPut,
     kConfigOfVm,
     ListsCloudInit,
     "delete",
     kCloudInit,
     {.without = "force", .decided_by = kConfigOfVm}},
    {kPost | kPut,
     kConfigOfVm,
     Lists,
     "delete",
     "the saved memory of the suspended VM",
     {.value = "vmstate", .decided_by = kConfigOfVm}},
    {kPost | kPut, kConfigOfVm, ReplacesCloudInit, "", kCloudInit, {.decided_by = kConfigOfVm}},
    {kPost, "/nodes/{node}/qemu/{vmid}/monitor", Perhaps, "command", "what the command destroys"},
    {kPost, "/nodes/{node}/qemu/{vmid}/move_disk", Given, "delete", kSource, {.without = "target-vmid"}},
    {kPost, "/nodes/{node}/qemu/{vmid}/remote_migrate", Given, "delete", kSource},
    {kDelete, "/nodes/{node}/qemu/{vmid}/snapshot/{snapname}", Always, "", "the snapshot"},
    {kDelete, "/nodes/{node}/qemu/{vmid}/snapshot/{snapname}", Given, "force", kSnapshotByForce},
    {kPost, "/nodes/{node}/qemu/{vmid}/snapshot/{snapname}/rollback", Always, "", kSince},
    {kPost, "/nodes/{node}/qemu/{vmid}/template", Always, "", kTemplate},
    {kPut, "/nodes/{node}/qemu/{vmid}/unlink", ListsUnused, "idlist", kUnused, {.decided_by = kConfigOfVm}},
    {kPut,
     "/nodes/{node}/qemu/{vmid}/unlink",
     ListsDisk,
     "idlist",
     kDrive,
     {.with = "force", .decided_by = kConfigOfVm}},
    {kPut,
     "/nodes/{node}/qemu/{vmid}/unlink",
     ListsCloudInit,
     "idlist",
     kCloudInit,
     {.without = "force", .decided_by = kConfigOfVm}},
    {kDelete, "/nodes/{node}/storage/{storage}/content/{volume}", Always, "", "the volume"},
    {kDelete,
     "/nodes/{node}/storage/{storage}/prunebackups",
     Prunes,
     "prune-backups",
     kPruned,
     {.decided_by = "/storage/{storage}"}},
    {kPost, "/nodes/{node}/storage/{storage}/upload", Perhaps, "filename", "an existing file with this name"},
    {kPost, "/nodes/{node}/vzdump", Positive, "maxfiles", kPruned, {.with = "remove"}},
    {kPost,
     "/nodes/{node}/vzdump",
     Prunes,
     "prune-backups",
     kPruned,
     {.with = "remove", .decided_by = "/nodes/{node}/vzdump/defaults"}},
    {kDelete,
     "/storage/{storage}",
     Holds,
     "",
     kEncryptionKey,
     {.value = "encryption-key", .decided_by = "/storage/{storage}"}},
    {kPut,
     "/storage/{storage}",
     Lists,
     "delete",
     kEncryptionKey,
     {.value = "encryption-key", .decided_by = "/storage/{storage}"}},
    {kPut,
     "/storage/{storage}",
     Replaces,
     "encryption-key",
     kEncryptionKey,
     {.decided_by = "/storage/{storage}"}},
};

constexpr bool asks_for_a_value(When when) { return when == Equals || when == Lists || when == Holds; }

constexpr bool asks_for_what_is_set(When when) {
  switch (when) {
    case Lists:
    case ListsUnused:
    case ListsDisk:
    case ListsCloudInit:
    case ReplacesCloudInit:
    case Replaces:
    case Holds:
    case Prunes:
    case Vanished:
      return true;
    default:
      return false;
  }
}

constexpr bool is_whole(const Risk& risk) {
  const bool alone = risk.when == Always || risk.when == ReplacesCloudInit || risk.when == Holds;
  return risk.methods != 0 && !risk.what.empty() && risk.parameter.empty() == alone &&
         risk.beside.value.empty() != asks_for_a_value(risk.when) &&
         risk.beside.decided_by.empty() != asks_for_what_is_set(risk.when);
}

std::string in_quotes(std::string_view name) { return "`" + std::string(name) + "`"; }

std::string core(const Risk& risk) {
  auto parameter = in_quotes(risk.parameter);
  const auto value = in_quotes(risk.beside.value);
  switch (risk.when) {
    case Always:
      return "always";
    case Perhaps:
      return "perhaps, depending on " + parameter;
    case Given:
      return parameter;
    case Missing:
      return "unless " + parameter;
    case Equals:
      return parameter + " is " + value;
    case Positive:
      return parameter + " above 0";
    case Lists:
      return parameter + " names " + value;
    case ListsUnused:
      return parameter + " names an `unusedN`";
    case ListsDisk:
      return parameter + " names a disk";
    case ListsCloudInit:
      return parameter + " names a cloud-init drive";
    case ReplacesCloudInit:
      return "a drive is set that is a cloud-init drive now";
    case Replaces:
      return parameter + ", if one is set now";
    case Holds:
      return value + " is set now";
    case Prunes:
      return parameter + " (or the configured retention) keeps fewer than all backups";
    case Vanished:
      return parameter + " (or the realm's default) is not `none`";
  }
  return {};
}

static_assert(std::ranges::is_sorted(kRisks, {}, &Risk::path));
static_assert(std::ranges::all_of(kRisks, is_whole));

}  // namespace

std::span<const Risk> risks() { return kRisks; }

std::vector<Risk> risks(base::Method method, std::string_view path) {
  std::vector<Risk> found;
  for (const auto& risk : std::ranges::equal_range(kRisks, path, {}, &Risk::path)) {
    if (covers(risk.methods, method)) found.push_back(risk);
  }
  return found;
}

std::string condition(const Risk& risk) {
  auto words = core(risk);
  if (!risk.beside.with.empty()) words += ", with " + in_quotes(risk.beside.with);
  if (!risk.beside.without.empty())
    words += (risk.when == Missing ? " or " : ", without ") + in_quotes(risk.beside.without);
  return words;
}

}  // namespace facts
