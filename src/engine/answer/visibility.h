// "Empty" and "not permitted to see": what a list that PVE thins out by rights leaves open.
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

/// What PVE answered with.
enum class Shape : std::uint8_t { NoList, EmptyList, List, Object };
Shape shape_of(const base::Json& data);

/// The sentence to end PVE's answer with; empty where the token sees all, or nobody knows.
std::string omission_note(const tool::View& view, const base::JsonObject& arguments, Shape shape,
                          Cluster& cluster, const std::stop_token& stop);

/// As tool::Sources::why_incomplete(); each caution on a line of its own.
std::optional<tool::ReadFailure> why_incomplete(const tool::Sight& sight, Cluster& cluster,
                                                const std::stop_token& stop);

}  // namespace engine
