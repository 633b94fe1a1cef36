#include "simulator/storage/storage_types.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.h"

namespace simulator {
namespace {

constexpr std::string_view kFiles = "images rootdir vztmpl iso backup snippets import";
constexpr std::string_view kFilesOrNone = "images rootdir vztmpl iso backup snippets none import";

constexpr auto kTypes = std::to_array<StorageType>({
    {.name = "btrfs",
     .options = "path! nodes shared disable prune-backups maxfiles max-protected-backups content format "
                "is_mountpoint nocow "
                "mkdir create-base-path create-subdirs preallocation",
     .content = kFilesOrNone,
     .default_content = "images,rootdir"},
    {.name = "cephfs",
     .options =
         "path! content-dirs monhost nodes subdir disable options username content format mkdir "
         "create-base-path create-subdirs fuse bwlimit keyring prune-backups maxfiles max-protected-backups "
         "fs-name",
     .content = "vztmpl iso backup snippets import",
     .default_content = "backup",
     .sensitive = "keyring",
     .shared = true},
    {.name = "cifs",
     .options = "path! content-dirs server! share! subdir nodes disable prune-backups maxfiles "
                "max-protected-backups "
                "content format username password domain smbversion mkdir create-base-path create-subdirs "
                "bwlimit preallocation options snapshot-as-volume-chain*",
     .content = kFiles,
     .default_content = "images",
     .sensitive = "password",
     .shared = true},
    {.name = "dir",
     .options =
         "path! content-dirs nodes shared disable prune-backups maxfiles max-protected-backups content "
         "format mkdir "
         "create-base-path create-subdirs is_mountpoint bwlimit preallocation snapshot-as-volume-chain*",
     .content = kFilesOrNone,
     .default_content = "images,rootdir"},
    {.name = "esxi",
     .options = "nodes shared disable content server+ username+ password skip-cert-verification port",
     .content = "import",
     .default_content = "import",
     .sensitive = "password"},
    {.name = "glusterfs",
     .options = "path! server server2 volume! transport nodes disable prune-backups maxfiles "
                "max-protected-backups content format mkdir create-base-path create-subdirs bwlimit "
                "preallocation",
     .content = "images vztmpl iso backup snippets import",
     .default_content = "images",
     .shared = true},
    {.name = "iscsi",
     .options = "portal! target! nodes disable content bwlimit",
     .content = "images none",
     .default_content = "images",
     .shared = true},
    {.name = "iscsidirect",
     .options = "portal! target! nodes disable content bwlimit",
     .content = "images none",
     .default_content = "images",
     .shared = true},
    {.name = "lvm",
     .options = "vgname! nodes shared disable saferemove saferemove-stepsize saferemove_throughput content "
                "base* tagged_only bwlimit snapshot-as-volume-chain",
     .content = "images rootdir",
     .default_content = "images"},
    {.name = "lvmthin",
     .options = "thinpool! vgname! nodes disable content bwlimit",
     .content = "images rootdir",
     .default_content = "images,rootdir"},
    {.name = "nfs",
     .options = "path! content-dirs server! export! nodes disable prune-backups maxfiles "
                "max-protected-backups options "
                "content format mkdir create-base-path create-subdirs bwlimit preallocation "
                "snapshot-as-volume-chain*",
     .content = kFiles,
     .default_content = "images",
     .shared = true},
    {.name = "pbs",
     .options = "server! datastore! namespace port nodes disable content username password encryption-key "
                "master-pubkey prune-backups maxfiles max-protected-backups fingerprint",
     .content = "backup none",
     .default_content = "backup",
     .sensitive = "encryption-key master-pubkey password",
     .shared = true},
    {.name = "rbd",
     .options = "nodes disable monhost pool data-pool namespace username content krbd keyring bwlimit",
     .content = "images rootdir",
     .default_content = "images",
     .sensitive = "keyring",
     .shared = true},
    {.name = "zfs",
     .options =
         "nodes disable portal! target! pool! blocksize! iscsiprovider! nowritecache sparse comstar_hg "
         "comstar_tg lio_tpg content bwlimit zfs-base-path",
     .content = "images",
     .default_content = "images",
     .shared = true},
    {.name = "zfspool",
     .options = "pool! blocksize sparse nodes disable content bwlimit mountpoint",
     .content = "images rootdir",
     .default_content = "images,rootdir"},
});

constexpr auto kNumbers = std::to_array<std::string_view>(
    {"shared", "disable", "nowritecache", "sparse", "krbd", "fuse", "tagged_only", "saferemove", "port",
     "max-protected-backups", "maxfiles", "mkdir", "create-subdirs", "create-base-path", "nocow",
     "snapshot-as-volume-chain", "saferemove-stepsize", "skip-cert-verification"});

/// The types whose mount point PVE chooses itself.
constexpr auto kMounted = std::to_array<std::string_view>({"nfs", "cifs", "cephfs", "glusterfs"});

bool listed(const auto& items, std::string_view item) {
  return std::ranges::any_of(items, [item](std::string_view each) { return each == item; });
}

/// Drops the content types that the storage cannot hold. PVE only writes a warning about them to its log.
std::expected<std::string, Answer> kept_content(const StorageType& type, std::string_view value) {
  std::vector<std::string> kept;
  for (auto& kind : split_list(value)) {
    if (holds_word(type.content, kind) && !listed(kept, kind)) kept.push_back(std::move(kind));
  }
  const bool none = listed(kept, "none");
  if (none && kept.size() > 1) {
    return std::unexpected(Answer::fail("unable to combine 'none' with other content types"));
  }
  if (kept.empty() && !holds_word(type.content, "none")) {
    return std::unexpected(Answer::fail("storage does not support content type 'none'"));
  }
  return fmt::format("{}", fmt::join(kept, ","));
}

std::expected<std::string, Answer> decoded(const StorageType& type, std::string_view key,
                                           std::string_view value) {
  if (key == "content") return kept_content(type, value);
  if (key == "nodes") return fmt::format("{}", fmt::join(split_list(value), ","));
  if (value.find_first_of("\r\n") != std::string_view::npos) {
    return std::unexpected(Answer::fail("property contains a line feed"));
  }
  return std::string(value);
}

/// Whether the parameter is not an option of the section.
bool outside(std::string_view key) {
  return key == "storage" || key == "type" || key == "digest" || key == "delete";
}

}  // namespace

const StorageType* storage_type(std::string_view name) {
  const auto found = std::ranges::find(kTypes, name, &StorageType::name);
  return found == kTypes.end() ? nullptr : &*found;
}

std::expected<Config, Answer> section_changes(const StorageType& type, const Parameters& parameters) {
  Config changes;
  for (const auto& [key, values] : parameters.all()) {
    if (outside(key) || holds_word(type.sensitive, key)) continue;
    const auto option = option_of(type.options, key);
    if (option && option->fixed) {
      return std::unexpected(Answer::fail(fmt::format("can't change value of fixed parameter '{}'", key)));
    }
    if (!option) return std::unexpected(Answer::fail(fmt::format("unexpected property '{}'", key)));
    auto value = decoded(type, key, parameters.text(key));
    if (!value) return std::unexpected(std::move(value.error()));
    changes[key] = std::move(*value);
  }
  return changes;
}

std::expected<Config, Answer> section_from(const StorageType& type, const Parameters& parameters) {
  Config section{{"type", std::string(type.name)}};
  if (listed(kMounted, type.name)) section["path"] = "/mnt/pve/" + parameters.text("storage");
  for (const auto& [key, values] : parameters.all()) {
    if (outside(key) || holds_word(type.sensitive, key)) continue;
    if (key == "nodes" && parameters.text(key).empty()) continue;
    if (!option_of(type.options, key)) {
      return std::unexpected(Answer::fail(fmt::format("unexpected property '{}'", key)));
    }
    auto value = decoded(type, key, parameters.text(key));
    if (!value) return std::unexpected(std::move(value.error()));
    section[key] = std::move(*value);
  }
  if (auto no = missing_option(type.options, section)) return std::unexpected(std::move(*no));
  return section;
}

base::JsonObject storage_json(const Config& config) {
  base::JsonObject out;
  for (const auto& [key, value] : config) {
    if (listed(kNumbers, key)) {
      out[key] = get_number(config, key);
    } else {
      out[key] = value;
    }
  }
  const auto* type = storage_type(get(config, "type"));
  if (type == nullptr) return out;
  if (!has(config, "content")) out["content"] = type->default_content;
  if (type->shared) out["shared"] = 1;
  return out;
}

}  // namespace simulator
