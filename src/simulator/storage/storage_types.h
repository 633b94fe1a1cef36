// The options and content types of PVE's storage types (PVE::Storage::*Plugin). The options of all versions
// are here, because the check against the facts refuses those that the simulated version does not have.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "simulator/core/store.h"

namespace simulator {

struct StorageType {
  std::string_view name;
  std::string_view options;          ///< in the form of `option_of` (core/store.h)
  std::string_view content;          ///< the content types that it can hold, blank-separated
  std::string_view default_content;  ///< the content types without `content`, comma-separated
  std::string_view sensitive = {};   ///< parameters that PVE keeps outside of storage.cfg and never shows
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
