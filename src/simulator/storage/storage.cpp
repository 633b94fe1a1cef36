// storage.cfg: the storages and their configuration.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "simulator/core/routes.h"
#include "simulator/core/store_handlers.h"
#include "simulator/node/resources.h"
#include "simulator/storage/storage_node.h"
#include "simulator/storage/storage_types.h"

namespace simulator {
namespace {

constexpr std::string_view kLocalContent = "backup,images,iso,rootdir,snippets,vztmpl";

std::string sections_digest(const Named<Storage>& storages) {
  std::string text;
  for (const auto& [id, storage] : storages) text += id + "\n" + digest_of(storage.config) + "\n";
  return digest_of(text);
}

base::JsonObject row(const Call&, const std::string&, const Storage& storage) {
  return storage_json(storage.config);
}

bool sees(const Call& call, const std::string&, const Storage& storage) {
  if (!sees_storage(call, storage)) return false;
  const auto type = call.parameters.text("type");
  return type.empty() || storage.type() == type;
}

/// PVE's error about a server that it cannot reach. In the simulator these are the names with ".invalid",
/// which never resolve (RFC 2606).
std::optional<std::string> unreachable(const Storage& storage) {
  const auto server = get(storage.config, storage.type() == "iscsi" ? "portal" : "server");
  if (!server.ends_with(".invalid")) return std::nullopt;
  if (storage.type() == "pbs") {
    return fmt::format(
        "{}: error fetching datastores - 500 Can't connect to {}:8007 (Name or service not known)",
        storage.id, server);
  }
  return fmt::format("storage '{}' is not online", storage.id);
}

std::uint64_t capacity(const StorageType& type) {
  constexpr std::uint64_t kGibibyte = 1ULL << 30U;
  return (type.shared ? 4096 : 512) * kGibibyte;
}

/// The fingerprint of an encryption key. The section keeps nothing else of the key.
std::string key_fingerprint(const Call& call, const Storage& storage) {
  const auto print = digest_of(fmt::format("{}{}", storage.id, call.state.options.seed)).substr(0, 16);
  std::string fingerprint;
  for (std::size_t i = 0; i < print.size(); i += 2) {
    fingerprint += (i == 0 ? "" : ":") + print.substr(i, 2);
  }
  return fingerprint;
}

/// PVE returns a generated encryption key only in this answer.
base::Json result(Call& call, const std::string&, Storage& storage, Step step) {
  base::JsonObject answer{{"storage", storage.id}, {"type", storage.type()}};
  if (step == Step::Update || storage.type() != "pbs") return answer;
  if (call.parameters.text("encryption-key") != "autogen") return answer;
  const auto data = digest_of(fmt::format("{}{}key", storage.id, call.state.options.seed));
  const auto key = fmt::format(R"({{"kdf":null,"data":"{}","fingerprint":"{}"}})", data,
                               get(storage.config, "encryption-key"));
  answer["config"] = base::JsonObject{{"encryption-key", key}};
  return answer;
}

std::optional<Answer> prepare(Call& call, Step step) {
  if (step == Step::Update) return std::nullopt;
  const auto* type = storage_type(call.parameters.text("type"));
  if (type == nullptr) {
    return Answer::fail(fmt::format("unknown section type '{}'", call.parameters.text("type")));
  }
  auto section = section_from(*type, call.parameters);
  return section ? std::nullopt : std::optional(std::move(section.error()));
}

std::optional<Answer> create(const Call& call, const std::string& id, Storage& storage) {
  const auto* type = storage_type(call.parameters.text("type"));
  storage.id = id;
  storage.config = section_from(*type, call.parameters).value_or(Config{});
  if (!has(storage.config, "content")) storage.config["content"] = type->default_content;
  storage.total = capacity(*type);
  if (storage.enabled()) {
    if (const auto reason = unreachable(storage)) return Answer::fail(*reason);
  }
  if (storage.type() == "pbs" && !call.parameters.text("encryption-key").empty()) {
    storage.config["encryption-key"] = key_fingerprint(call, storage);
  }
  return std::nullopt;
}

std::optional<Answer> apply(Call& call, const std::string& id, Storage& storage, Step step) {
  if (step == Step::Create) return create(call, id, storage);
  const auto* type = storage_type(storage.type());
  if (type == nullptr) return Answer::fail("unknown section type");
  auto changes = section_changes(*type, call.parameters);
  if (!changes) return std::move(changes.error());
  const auto removed = call.parameters.list("delete");
  if (auto refusal = undeletable(type->options, removed, *changes)) return refusal;
  for (const auto& key : removed) storage.config.erase(key);
  if (!has(storage.config, "content")) storage.config["content"] = type->default_content;
  for (auto& [key, value] : *changes) storage.config[key] = std::move(value);
  return std::nullopt;
}

std::optional<Answer> release(const Call& call, const std::string& id, const Storage&) {
  for (const auto& [other, storage] : call.state.storages) {
    if (get(storage.config, "base").starts_with(id + ":")) {
      return Answer::fail("can't remove storage - storage is used as base of another storage");
    }
  }
  return std::nullopt;
}

void clear(Call& call, const std::string& id, Storage& gone) {
  auto& state = call.state;
  if (id == "local") {
    // PVE always has the storage "local". Without a section it has its defaults.
    gone.config = {{"type", "dir"},
                   {"path", "/var/lib/vz"},
                   {"content", std::string(kLocalContent)},
                   {"prune-backups", "keep-all=1"}};
    state.storages.emplace(id, std::move(gone));
  }
  for (auto& [name, pool] : state.pools) pool.storages.erase(id);
  std::erase_if(state.acls, [path = "/storage/" + id](const Acl& acl) { return acl.path == path; });
}

constexpr Store<Storage> kStorages{
    .key = "storage",
    .objects = all_of<&State::storages>,
    .missing = {"storage '{storage}' does not exist"},
    .missing_for_update = {"update storage failed: storage '{storage}' does not exist"},
    .missing_for_delete = {"delete storage failed: storage '{storage}' does not exist"},
    .exists = {"create storage failed: storage ID '{storage}' already defined"},
    .create_failed = "create storage failed: ",
    .update_failed = "update storage failed: ",
    .delete_failed = "delete storage failed: ",
    .digest = sections_digest,
    .sees = sees,
    .row = row,
    .prepare = prepare,
    .apply = apply,
    .release = release,
    .clear = clear,
    .result = result,
};

using enum base::Method;
constexpr Route kStorageRoutes[] = {
    {Get, "/storage", list_objects<kStorages>},
    {Post, "/storage", create_object<kStorages>},
    {Get, "/storage/{storage}", read_object<kStorages>},
    {Put, "/storage/{storage}", update_object<kStorages>},
    {Delete, "/storage/{storage}", delete_object<kStorages>},
    {Get, "/nodes/{node}/storage", storage_on_node},
    {Get, "/nodes/{node}/storage/{storage}/status", storage_status},
    {Get, "/nodes/{node}/storage/{storage}/content", storage_content},
    {Get, "/nodes/{node}/storage/{storage}/content/{volume}", volume_read},
    {Put, "/nodes/{node}/storage/{storage}/content/{volume}", volume_update},
    {Delete, "/nodes/{node}/storage/{storage}/content/{volume}", volume_delete},
    {Get, "/nodes/{node}/storage/{storage}/prunebackups", prune_preview},
    {Delete, "/nodes/{node}/storage/{storage}/prunebackups", prune_run},
};

}  // namespace

std::span<const Route> storage_routes() { return kStorageRoutes; }

}  // namespace simulator
