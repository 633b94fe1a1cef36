// Explains a target to the model: what it does, what it needs, its arguments.
#pragma once

#include <expected>
#include <stop_token>
#include <string>
#include <string_view>

#include "engine/cluster/cluster.h"
#include "engine/door/targets.h"
#include "guard/may_use.h"

namespace engine {

/// Bytes of a description.
inline constexpr std::size_t kMostDescribed = 2000;

/// "Wipe a disk (PUT /nodes/{node}/disks/wipedisk)", its tier, privileges and version, what it destroys, and
/// its arguments: in full, or the optional ones by name alone where all do not fit. Asks PVE what the API
/// token may do. `call_with`: the name of the tool that calls it.
std::string describe_target(const CallTarget& target, std::string_view call_with, Cluster& cluster,
                            const guard::MayUse& may, const std::stop_token& stop);

/// One parameter in full, with the members of a property string. The error is a sentence.
std::expected<std::string, std::string> describe_parameter(const CallTarget& target, std::string_view name,
                                                           const guard::MayUse& may);

}  // namespace engine
