#include "catalog/categories.h"
#include "catalog/params.h"
#include "hooks/hooks.h"
#include "tool/rights.h"
#include "tool/rules.h"

namespace catalog {

using base::Method;
using tool::Effect;
using tool::Tier;

namespace {

constexpr tool::Param kStorageId{.name = "storage"};
constexpr tool::Param kContent{.name = "content", .description = "E.g. images,iso,backup"};
constexpr tool::Param kNodeList{.name = "nodes", .description = "Default all"};
constexpr tool::Param kShared{.name = "shared"};

constexpr tool::ListRights kSeesSnippets{{tool::kAllocates}};
constexpr tool::ListRightsFor kSeesContent[] = {
    {"content", "backup", &tool::kSeesBackups},
    {"content", "images", &tool::kSeesImages},
    {"content", "rootdir", &tool::kSeesImages},
    {"content", "iso"},
    {"content", "vztmpl"},
    {"content", "import"},
    {"content", "snippets", &kSeesSnippets},
};

}  // namespace

constexpr tool::Tool kStorage[] = {
    {.name = "pve_list_storage",
     .title = "List storage definitions",
     .description = "List the storage definitions.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/storage"},
     .params = {{.name = "type", .terse = true}},
     .view = {tool::View::Kind::Table, "storages",
              "storage type content shared nodes path pool server datastore export disable prune-backups",
              false, &tool::kSeesStorages}},
    {.name = "pve_get_storage_config",
     .title = "Storage definition",
     .description = "Read a storage's definition.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/storage/{storage}"},
     .params = {kStorageId}},
    {.name = "pve_list_node_storage",
     .title = "List node storage",
     .description = "List a node's storages with usage.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/nodes/{node}/storage"},
     .params = {kNode, {.name = "content"}},
     .view = {tool::View::Kind::Table, "storages",
              "storage type status active enabled used/total used_fraction avail content shared", false,
              &tool::kSeesStorages}},
    {.name = "pve_get_storage_status",
     .title = "Storage status",
     .description = "Read a storage's state and usage on a node.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/nodes/{node}/storage/{storage}/status"},
     .params = {kNode, kStorageId},
     .view = {.columns = "type active enabled used/total avail content shared"}},
    {.name = "pve_list_storage_content",
     .title = "List storage content",
     .description = "List a storage's images, ISOs, templates and backups.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/nodes/{node}/storage/{storage}/content"},
     .params = {kNode, kStorageId, {.name = "content"}, kVmid},
     .offers = tool::kSelect | tool::kPage,
     .view = {tool::View::Kind::Table, "volumes",
              "volid content format size vmid ctime verification encrypted notes protected parent used", true,
              &tool::kSeesVolumes, kSeesContent},
     .revise = hooks::newest_backups_first},
    {.name = "pve_create_storage",
     .title = "Add storage",
     .description = "Define a storage.",
     .tier = Tier::Full,
     .effect = Effect::Additive,
     .call = {Method::Post, "/storage"},
     .params = {kStorageId,
                {.name = "type"},
                kContent,
                {.name = "path", .description = "dir, btrfs"},
                {.name = "server", .description = "nfs, cifs, pbs, esxi"},
                {.name = "export", .description = "nfs"},
                {.name = "share", .description = "cifs"},
                {.name = "username", .description = "cifs, pbs, esxi"},
                {.name = "password"},
                {.name = "datastore", .description = "pbs"},
                {.name = "fingerprint", .description = "pbs"},
                {.name = "namespace", .description = "pbs"},
                {.name = "vgname", .description = "lvm, lvmthin"},
                {.name = "thinpool", .description = "lvmthin"},
                {.name = "pool", .description = "zfspool, zfs, rbd"},
                {.name = "portal", .description = "iscsi"},
                {.name = "target", .description = "iscsi"},
                {.name = "monhost", .description = "rbd, cephfs"},
                {.name = "fs-name", .description = "cephfs"},
                kNodeList,
                kShared},
     .doing = "Creating storage \"{storage}\" ({type})",
     .done = "Storage \"{storage}\" ({type}) {was} created"},
    {.name = "pve_update_storage",
     .title = "Update storage",
     .description = "Change a storage's definition.",
     .tier = Tier::Full,
     .effect = Effect::Destructive,
     .call = {Method::Put, "/storage/{storage}"},
     .params = {kStorageId,
                {.name = "content"},
                kNodeList,
                kShared,
                {.name = "disable"},
                {.name = "prune-backups"},
                kDelete,
                kDigest},
     .doing = "Changing storage \"{storage}\"",
     .done = "Storage \"{storage}\" {was} changed"},
    {.name = "pve_delete_storage",
     .title = "Remove storage",
     .description = "Remove a storage's definition. Its data is kept.",
     .tier = Tier::Full,
     .effect = Effect::Destructive,
     .call = {Method::Delete, "/storage/{storage}"},
     .params = {kStorageId},
     .doing = "Removing storage \"{storage}\"",
     .done = "Storage \"{storage}\" {was} removed"},
};

static_assert(tool::valid(kStorage));

std::span<const tool::Tool> storage() { return kStorage; }

}  // namespace catalog
