// Unknown names of settings, and the setting that was probably meant.
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

/// The setting that an unknown name probably means and that can be written in `place`; null if no setting is
/// near. Near is: at most two letters differ; or its words are some of the setting's words, or hold all of
/// them where there are several (PVE_TIER, PVE_MCP_ACCESS_TIER); or it is what other programs call it
/// (PVE_HOST).
const Setting* meant_by(std::string_view name, Place place);

/// Variables that begin with PVE_ but are not settings. One with a value whose name is near a setting is an
/// error, since the setting that was meant would keep its default, and the default tier is the widest. The
/// others are what the warning names, if there are any. Both are sentences.
std::expected<std::optional<std::string>, std::string> check_variables(
    std::span<const std::string_view> environment);

/// The sentence about an unknown key of the file `path`: where it belongs, or which key was meant.
std::string unknown_key(const TomlEntry& entry, const std::string& path);

}  // namespace config
