// The subject of a prompt: the objects that its arguments name, looked up in PVE.
#pragma once

#include <chrono>
#include <expected>
#include <optional>
#include <stop_token>
#include <string>

#include "engine/cluster/cluster.h"
#include "engine/cluster/guest_lookup.h"
#include "engine/completions.h"
#include "prompt/arguments.h"
#include "prompt/facts.h"
#include "seam/request.h"
#include "tool/prompt.h"

namespace prompt {

/// How long the lists of names may take together.
inline constexpr std::chrono::seconds kNamesTime{5};

/// A sentence with the names that there are, when a value is that of no node, storage, pool or user. Nothing
/// where the lists cannot be read, or not in `longest`.
std::optional<std::string> unknown_name(const tool::Prompt& row, const Values& values, engine::Names& names,
                                        const mcp::Caller& caller, const std::stop_token& stop,
                                        std::chrono::seconds longest = kNamesTime);

/// Fills in what is known of the guest: its number, its kind, its node. The error says why there is no such
/// guest, more than one, or that its number and its name are not of the same one.
std::expected<Subject, std::string> subject_of(const tool::Prompt& row, Values values,
                                               engine::Cluster& cluster, const engine::GuestScope& scope,
                                               const std::stop_token& stop);

}  // namespace prompt
