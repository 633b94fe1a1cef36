// Tells an empty list from one that the token may not see: PVE leaves out what the token has no rights on,
// without an error.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/json.h"
#include "engine/cluster/cluster.h"
#include "tool/tool.h"

namespace engine {

/// The form of PVE's answer.
enum class Shape : std::uint8_t { NoList, EmptyList, List, Object };
Shape shape_of(const base::Json& data);

/// The sentence that follows PVE's answer if the token may not see all of the list, or if a scope could not
/// be judged for some of it. Empty if it sees all, or if PVE does not say what it sees.
std::string omission_note(const tool::View& view, const base::JsonObject& arguments, Shape shape,
                          Cluster& cluster, const std::stop_token& stop);

/// See tool::Sources::why_incomplete(). Each caution is on its own line.
std::optional<tool::ReadFailure> why_incomplete(const tool::ListRights& rights, Cluster& cluster,
                                                const std::stop_token& stop);

}  // namespace engine
