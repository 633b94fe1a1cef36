// What each storage type of PVE takes: its options and content types (PVE::Storage::*Plugin).
// What the simulated version does not have, the facts refuse before.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "simulator/call.h"

namespace simulator {

struct StorageType {
  std::string_view name;
  /// Blank-separated; `name!` must be given on creation and never changes, `name+` must be given, `name*` is
  /// optional and never changes, any other is optional.
  std::string_view options;
  std::string_view content;          ///< what it can hold, blank-separated
  std::string_view default_content;  ///< when `content` is not given, comma-separated
  std::string_view sensitive = {};   ///< kept apart from the configuration, never shown
  bool shared = false;
};

struct StorageOption {
  bool required = false;
  bool fixed = false;
};

/// nullptr for a type that PVE does not have.
const StorageType* storage_type(std::string_view name);
/// Nothing when the type does not take `option`.
std::optional<StorageOption> option_of(const StorageType& type, std::string_view option);
bool is_sensitive(const StorageType& type, std::string_view option);

/// The section that a POST makes of the call's parameters, or PVE's refusal.
std::expected<Config, Answer> section_from(const StorageType& type, const Parameters& parameters);
/// The lines that a PUT changes.
std::expected<Config, Answer> section_changes(const StorageType& type, const Parameters& parameters);
/// The section as PVE shows it: booleans and integers as numbers.
base::JsonObject storage_json(const Config& config);

}  // namespace simulator
