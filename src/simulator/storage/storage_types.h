// What each storage type of PVE takes: its options and content types (PVE::Storage::*Plugin).
// What the simulated version does not have, the facts refuse before.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "simulator/core/store.h"

namespace simulator {

struct StorageType {
  std::string_view name;
  std::string_view options;          ///< as `option_of` of the stores reads them
  std::string_view content;          ///< what it can hold, blank-separated
  std::string_view default_content;  ///< when `content` is not given, comma-separated
  std::string_view sensitive = {};   ///< kept apart from the configuration, never shown
  bool shared = false;
};

/// nullptr for a type that PVE does not have.
const StorageType* storage_type(std::string_view name);

/// The section that a POST makes of the call's parameters, or PVE's refusal.
std::expected<Config, Answer> section_from(const StorageType& type, const Parameters& parameters);
/// The lines that a PUT changes.
std::expected<Config, Answer> section_changes(const StorageType& type, const Parameters& parameters);
/// The section as PVE shows it: booleans and integers as numbers.
base::JsonObject storage_json(const Config& config);

}  // namespace simulator
