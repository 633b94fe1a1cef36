// storage.cfg: what storages there are and how they are configured.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "simulator/permission.h"
#include "simulator/routes.h"
#include "simulator/storage_node.h"
#include "simulator/storage_types.h"

namespace simulator {
namespace {

constexpr std::string_view kLocalContent = "backup,images,iso,rootdir,snippets,vztmpl";

std::string file_digest(const State& state) {
  std::string text;
  for (const auto& [id, storage] : state.storages) text += id + "\n" + digest_of(storage.config) + "\n";
  return digest_of(text);
}

Answer prefixed(std::string_view prefix, Answer refusal) {
  refusal.message = fmt::format("{}: {}", prefix, refusal.message);
  return refusal;
}

Answer unknown(std::string_view id) { return Answer::fail(fmt::format("storage '{}' does not exist", id)); }

base::JsonObject row_of(const State& state, const Storage& storage) {
  auto row = storage_json(storage.config);
  row["storage"] = storage.id;
  row["digest"] = file_digest(state);
  return row;
}

Answer list(Call& call) {
  const auto type = call.parameters.text("type");
  base::JsonArray rows;
  for (const auto& [id, storage] : call.state.storages) {
    if (!may_any(call, "/storage/" + id, {"Datastore.Audit", "Datastore.AllocateSpace"})) continue;
    if (!type.empty() && storage.type() != type) continue;
    rows.emplace_back(row_of(call.state, storage));
  }
  return Answer::of(std::move(rows));
}

Answer read(Call& call) {
  const auto id = call.parameters.text("storage");
  const auto* storage = call.state.storage(id);
  if (storage == nullptr) return unknown(id);
  return Answer::of(row_of(call.state, *storage));
}

/// A server that cannot be reached; ".invalid" never resolves (RFC 2606).
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

base::JsonObject created(const Storage& storage) {
  return {{"storage", storage.id}, {"type", storage.type()}};
}

/// PBS gives a generated key back once; the section keeps its fingerprint only.
void add_encryption_key(const Call& call, Storage& storage, base::JsonObject& answer) {
  const auto given = call.parameters.text("encryption-key");
  if (storage.type() != "pbs" || given.empty()) return;
  const auto seed = fmt::format("{}{}", storage.id, call.state.options.seed);
  const auto print = digest_of(seed).substr(0, 16);
  std::string fingerprint;
  for (std::size_t i = 0; i < print.size(); i += 2) {
    fingerprint += (i == 0 ? "" : ":") + print.substr(i, 2);
  }
  storage.config["encryption-key"] = fingerprint;
  if (given != "autogen") return;
  const auto key =
      fmt::format(R"({{"kdf":null,"data":"{}","fingerprint":"{}"}})", digest_of(seed + "key"), fingerprint);
  answer["config"] = base::JsonObject{{"encryption-key", key}};
}

Answer create(Call& call) {
  const auto id = call.parameters.text("storage");
  const auto* type = storage_type(call.parameters.text("type"));
  if (type == nullptr) {
    return Answer::fail(fmt::format("unknown section type '{}'", call.parameters.text("type")));
  }
  auto section = section_from(*type, call.parameters);
  if (!section) return std::move(section.error());
  if (call.state.storage(id) != nullptr) {
    return Answer::fail(fmt::format("create storage failed: storage ID '{}' already defined", id));
  }
  Storage storage;
  storage.id = id;
  storage.config = std::move(*section);
  if (!has(storage.config, "content")) storage.config["content"] = type->default_content;
  storage.total = capacity(*type);
  if (storage.enabled()) {
    if (const auto reason = unreachable(storage)) {
      return Answer::fail(fmt::format("create storage failed: {}", *reason));
    }
  }
  auto answer = created(storage);
  add_encryption_key(call, storage, answer);
  call.state.storages.emplace(id, std::move(storage));
  return Answer::of(std::move(answer));
}

std::optional<Answer> undeletable(const StorageType& type, const Config& changes,
                                  const std::vector<std::string>& keys) {
  for (const auto& key : keys) {
    const auto option = option_of(type, key);
    if (!option) return Answer::fail(fmt::format("no such option '{}'", key));
    if (option->required) return Answer::fail(fmt::format("unable to delete required option '{}'", key));
    if (option->fixed) return Answer::fail(fmt::format("unable to delete fixed option '{}'", key));
    if (has(changes, key)) {
      return Answer::fail(fmt::format("cannot set and delete property '{}' at the same time!", key));
    }
  }
  return std::nullopt;
}

Answer update(Call& call) {
  constexpr std::string_view kPrefix = "update storage failed";
  if (auto refusal = check_digest(call, file_digest(call.state)))
    return prefixed(kPrefix, std::move(*refusal));
  const auto id = call.parameters.text("storage");
  auto* storage = call.state.storage(id);
  if (storage == nullptr) return prefixed(kPrefix, unknown(id));
  const auto* type = storage_type(storage->type());
  if (type == nullptr) return prefixed(kPrefix, Answer::fail("unknown section type"));
  auto changes = section_changes(*type, call.parameters);
  if (!changes) return prefixed(kPrefix, std::move(changes.error()));
  const auto removed = call.parameters.list("delete");
  if (auto refusal = undeletable(*type, *changes, removed)) return prefixed(kPrefix, std::move(*refusal));
  for (const auto& key : removed) storage->config.erase(key);
  if (!has(storage->config, "content")) storage->config["content"] = type->default_content;
  for (auto& [key, value] : *changes) storage->config[key] = std::move(value);
  return Answer::of(created(*storage));
}

Answer remove(Call& call) {
  const auto id = call.parameters.text("storage");
  auto& state = call.state;
  if (state.storage(id) == nullptr) return prefixed("delete storage failed", unknown(id));
  for (const auto& [other, storage] : state.storages) {
    if (get(storage.config, "base").starts_with(id + ":")) {
      return Answer::fail(
          "delete storage failed: can't remove storage - storage is used as base of another storage");
    }
  }
  if (id == "local") {
    // PVE always has it: without a section it comes back with its defaults.
    state.storage(id)->config = {{"type", "dir"},
                                 {"path", "/var/lib/vz"},
                                 {"content", std::string(kLocalContent)},
                                 {"prune-backups", "keep-all=1"}};
  } else {
    state.storages.erase(id);
  }
  for (auto& [name, pool] : state.pools) pool.storages.erase(id);
  std::erase_if(state.acls, [path = "/storage/" + id](const Acl& acl) { return acl.path == path; });
  return Answer::of();
}

using enum base::Method;
constexpr Route kRoutes[] = {
    {Get, "/storage", list},
    {Post, "/storage", create},
    {Get, "/storage/{storage}", read},
    {Put, "/storage/{storage}", update},
    {Delete, "/storage/{storage}", remove},
    {Get, "/nodes/{node}/storage", storage_on_node},
    {Get, "/nodes/{node}/storage/{storage}", storage_index},
    {Get, "/nodes/{node}/storage/{storage}/status", storage_status},
    {Get, "/nodes/{node}/storage/{storage}/content", storage_content},
    {Get, "/nodes/{node}/storage/{storage}/content/{volume}", volume_read},
    {Put, "/nodes/{node}/storage/{storage}/content/{volume}", volume_update},
    {Delete, "/nodes/{node}/storage/{storage}/content/{volume}", volume_delete},
    {Get, "/nodes/{node}/storage/{storage}/prunebackups", prune_preview},
    {Delete, "/nodes/{node}/storage/{storage}/prunebackups", prune_run},
};

}  // namespace

std::span<const Route> storage_routes() { return kRoutes; }

}  // namespace simulator
