// Paths of PVE calls. PVE decodes a whole path once before it routes it, so an encoded slash is a slash
// there: a value with one is refused, never encoded.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace pve {

/// Why the value cannot be a segment of a path (empty, ".", "..", a slash, a backslash, a control character,
/// invalid UTF-8); nothing when it can.
std::optional<std::string> segment_misfit(std::string_view value);

/// Fills the {name} placeholders of a template, each as one percent-encoded segment. `value_of` gives the
/// decoded value. At the end of a template, {volume} and {cidr} take several segments: PVE reads the rest of
/// the path as their value. The error names the placeholder, the value and the reason.
std::expected<std::string, std::string> fill_path(
    std::string_view path_template, const std::function<std::string(std::string_view name)>& value_of);

/// The guest of a path of PVE's access control: 100 of "/vms/100". Nothing if the path is not of one guest.
std::optional<std::int64_t> guest_of_access_path(std::string_view path);

}  // namespace pve
