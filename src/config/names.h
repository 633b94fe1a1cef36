// Names that are no setting, and the setting that was meant.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "config/table.h"
#include "config/toml.h"

namespace config {

/// Where a name was written.
enum class Place : std::uint8_t { Variable, Flag, Key };

/// The setting that a name which is none probably means, with a spelling for `place`; null when it is near
/// none. Near is: at most two letters differ; or its words are some of the setting's words, or hold all of
/// them where there are several (PVE_TIER, PVE_MCP_ACCESS_TIER); or it is what other programs call it
/// (PVE_HOST).
const Setting* meant_by(std::string_view name, Place place);

/// Variables that begin with PVE_ and are no setting. One with a value whose name is near a setting is an
/// error, since the setting that was meant would keep its default, and the default tier is the widest. The
/// others are what the warning names, if there are any. Both are sentences.
std::expected<std::optional<std::string>, std::string> check_variables(
    std::span<const std::string_view> environment);

/// The sentence about a key of the file `path` that is no setting: where it belongs, or which one was meant.
std::string unknown_key(const TomlEntry& entry, const std::string& path);

}  // namespace config
