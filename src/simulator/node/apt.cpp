// The packages of a node: repositories, versions, updates.
#include <fmt/format.h>

#include "simulator/core/routes.h"
#include "simulator/core/store.h"
#include "simulator/core/tasks.h"
#include "simulator/release.h"

namespace simulator {
namespace {

using base::JsonArray;
using base::JsonObject;

struct Repository {
  std::string_view handle;
  std::string_view name;
  std::string_view component;
  std::string_view host;
};

constexpr Repository kRepositories[] = {
    {"enterprise", "Enterprise", "pve-enterprise", "https://enterprise.proxmox.com/debian/pve"},
    {"no-subscription", "No-Subscription", "pve-no-subscription", "http://download.proxmox.com/debian/pve"},
    {"test", "Test", "pve-test", "http://download.proxmox.com/debian/pve"},
};

constexpr std::string_view kPath = "/etc/apt/sources.list.d/proxmox.sources";

std::string suite_of(const Call& call) { return call.state.is_pve({9, 0}) ? "trixie" : "bookworm"; }

/// A new node has one repository; `Node::repositories` holds what was added or switched since.
bool is_present(const Node& node, const Repository& repository) {
  return repository.handle == "no-subscription" || has(node.repositories, repository.handle);
}

bool is_enabled(const Node& node, const Repository& repository) {
  return get(node.repositories, repository.handle, "1") == "1";
}

std::string digest_of_repositories(const Node& node) { return sha256_of(digest_of(node.repositories)); }

JsonObject file_of(const Call& call, const Node& node) {
  JsonArray entries;
  for (const auto& repository : kRepositories) {
    if (!is_present(node, repository)) continue;
    entries.push_back(JsonObject{{"Types", JsonArray{"deb"}},
                                 {"URIs", JsonArray{base::Json(repository.host)}},
                                 {"Suites", JsonArray{base::Json(suite_of(call))}},
                                 {"Components", JsonArray{base::Json(repository.component)}},
                                 {"FileType", "sources"},
                                 {"Enabled", is_enabled(node, repository) ? 1 : 0}});
  }
  return {{"path", kPath}, {"file-type", "sources"}, {"repositories", std::move(entries)}};
}

Answer repositories(Call& call) {
  const auto& node = *call.state.node(call.node());
  JsonArray standard;
  for (const auto& repository : kRepositories) {
    JsonObject row{{"handle", repository.handle},
                   {"name", repository.name},
                   {"description", fmt::format("The {} repository of Proxmox VE.", repository.name)}};
    if (is_present(node, repository)) row["status"] = is_enabled(node, repository) ? 1 : 0;
    standard.push_back(std::move(row));
  }
  return Answer::of(JsonObject{{"files", JsonArray{base::Json(file_of(call, node))}},
                               {"standard-repos", std::move(standard)},
                               {"infos", JsonArray()},
                               {"errors", JsonArray()},
                               {"digest", digest_of_repositories(node)}});
}

Answer add_repository(Call& call) {
  auto& node = *call.state.node(call.node());
  if (auto no = check_digest(call, digest_of_repositories(node))) return *no;
  const auto handle = call.parameters.text("handle");
  for (const auto& repository : kRepositories) {
    if (repository.handle != handle) continue;
    node.repositories[handle] = "1";
    return Answer::of();
  }
  return Answer::fail(fmt::format("got unknown repository handle '{}'", handle));
}

Answer change_repository(Call& call) {
  auto& node = *call.state.node(call.node());
  if (auto no = check_digest(call, digest_of_repositories(node))) return *no;
  if (call.parameters.text("path") != kPath)
    return Answer::fail("invalid path - not found in repository files");
  auto index = call.parameters.number("index");
  for (const auto& repository : kRepositories) {
    if (!is_present(node, repository) || index-- != 0) continue;
    if (call.parameters.has("enabled")) {
      node.repositories[std::string(repository.handle)] = call.parameters.text("enabled");
    }
    return Answer::of();
  }
  return Answer::fail("invalid index - out of range");
}

JsonObject package_row(std::string_view name, const std::string& version, std::string_view title) {
  return {{"Package", name},     {"Version", version},   {"OldVersion", version},
          {"Title", title},      {"Description", title}, {"CurrentState", "Installed"},
          {"Origin", "Proxmox"}, {"Section", "admin"},   {"Priority", "optional"},
          {"Arch", "amd64"}};
}

Answer versions(Call& call) {
  const auto& release = release_of(call.state.options.pve);
  const auto& version = release.full;
  JsonArray rows;
  auto base =
      package_row("proxmox-ve", facts::to_text(release.version) + ".0", "Proxmox Virtual Environment");
  base["RunningKernel"] = release.kernel;
  rows.push_back(std::move(base));
  auto manager =
      package_row("pve-manager", std::string(version), "Proxmox Virtual Environment Management Tools");
  manager["ManagerVersion"] = fmt::format("pve-manager/{}/{}", release.full, release.repoid);
  rows.push_back(std::move(manager));
  for (const std::string_view name :
       {"corosync", "libpve-storage-perl", "lvm2", "proxmox-backup-client", "pve-cluster", "pve-container",
        "pve-firewall", "pve-ha-manager", "pve-qemu-kvm", "qemu-server", "zfsutils-linux"}) {
    rows.push_back(package_row(name, std::string(version), name));
  }
  for (const auto& update : call.state.node(call.node())->updates) {
    for (auto& row : rows) {
      if (row.at("Package") != base::Json(update.package)) continue;
      row.as_object()["OldVersion"] = update.present;
      row.as_object()["Version"] = update.available;
    }
  }
  return Answer::of(std::move(rows));
}

Answer refresh(Call& call) {
  return run_task(call, "aptupdate", {}, std::chrono::seconds(4), [](State&) { return TaskEnd{}; },
                  {"starting apt-get update",
                   fmt::format("Hit:1 http://download.proxmox.com/debian/pve {} InRelease", suite_of(call)),
                   "Reading package lists..."});
}

Answer changelog(Call& call) {
  const auto name = call.parameters.text("name");
  for (const auto& update : call.state.node(call.node())->updates) {
    if (update.package != name) continue;
    return Answer::of(base::Json(fmt::format("{} ({}) {}; urgency=medium\n\n  * update to {}\n", name,
                                             update.available, suite_of(call), update.available)));
  }
  return Answer::of(
      base::Json(fmt::format("E: Unable to locate package {}\nE: No packages found\nRC: 100\n", name)));
}

/// A key that PVE's server would confirm.
Answer set_subscription(Call& call) {
  auto& node = *call.state.node(call.node());
  auto key = call.parameters.text("key");
  std::erase(key, ' ');
  node.subscription = {{"key", key},
                       {"status", "new"},
                       {"level", key.substr(4, 1)},
                       {"productname", "Proxmox VE Subscription"},
                       {"checktime", std::to_string(call.state.now())}};
  return Answer::of();
}

Answer check_subscription(Call& call) {
  auto& subscription = call.state.node(call.node())->subscription;
  if (subscription.empty()) return Answer::of();
  subscription["status"] = "active";
  subscription["checktime"] = std::to_string(call.state.now());
  return Answer::of();
}

Answer remove_subscription(Call& call) {
  call.state.node(call.node())->subscription.clear();
  return Answer::of();
}

using enum base::Method;
constexpr Route kAptRoutes[] = {
    {Get, "/nodes/{node}/apt/repositories", repositories},
    {Put, "/nodes/{node}/apt/repositories", add_repository},
    {Post, "/nodes/{node}/apt/repositories", change_repository},
    {Get, "/nodes/{node}/apt/versions", versions},
    {Post, "/nodes/{node}/apt/update", refresh},
    {Get, "/nodes/{node}/apt/changelog", changelog},
    {Put, "/nodes/{node}/subscription", set_subscription},
    {Post, "/nodes/{node}/subscription", check_subscription},
    {Delete, "/nodes/{node}/subscription", remove_subscription},
};

}  // namespace

std::span<const Route> apt_routes() { return kAptRoutes; }

}  // namespace simulator
