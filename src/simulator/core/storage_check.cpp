#include "simulator/core/storage_check.h"

#include <fmt/format.h>

namespace simulator {

bool keeps_files(const Storage& storage) {
  const auto type = storage.type();
  return type == "dir" || type == "nfs" || type == "cifs" || type == "btrfs" || type == "cephfs";
}

std::optional<std::string> storage_error(State& state, std::string_view id, std::string_view node) {
  const auto* const storage = state.storage(id);
  if (storage == nullptr) return fmt::format("storage '{}' does not exist", id);
  if (!storage->enabled()) return fmt::format("storage '{}' is disabled", id);
  if (!storage->on(node)) return fmt::format("storage '{}' is not available on node '{}'", id, node);
  return std::nullopt;
}

}  // namespace simulator
