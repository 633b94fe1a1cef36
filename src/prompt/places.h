// Where facts can be read: nodes, and the storages that hold backups.
#pragma once

#include <chrono>
#include <expected>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/cluster/cluster.h"

namespace prompt {

/// How long the list of nodes and storages may take.
inline constexpr std::chrono::seconds kListTime{10};

/// One place that a fact is read at.
struct Place {
  std::string node{};
  /// Empty: the node itself.
  std::string storage{};
  /// Further nodes that can give the same answer; empty if only `node` can.
  std::vector<std::string> others{};
  bool shared = false;
};

struct Places {
  std::vector<Place> all;
  /// Nodes of which nothing can be read, though they belong to it.
  std::vector<std::string> offline{};
};

/// Asks for the cluster's inventory once, when it is first wanted. Refers to all it is given. For one thread.
class Map {
 public:
  Map(engine::Cluster& cluster, const std::stop_token& stop) : cluster_(cluster), stop_(stop) {}

  /// In the order of their names.
  const std::expected<Places, std::string>& nodes();
  /// Shared ones first, each once; then those of single nodes. Of nodes that can say the same, and of single
  /// ones, `first` comes first. `storage`: only that one; empty: all.
  std::expected<Places, std::string> backup_storages(std::string_view first, std::string_view storage);
  /// False where nobody says so.
  bool is_offline(std::string_view node);
  /// Why no storage with backups is there to ask; whole sentences.
  std::string no_storage() const;

 private:
  const std::expected<pve::InventoryPtr, std::string>& list();

  engine::Cluster& cluster_;
  const std::stop_token& stop_;
  std::optional<std::expected<pve::InventoryPtr, std::string>> list_{};
  std::optional<std::expected<Places, std::string>> nodes_{};
};

}  // namespace prompt
