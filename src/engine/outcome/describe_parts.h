// The parts of describe_change(), one for each kind of change. Each returns nullopt for other kinds.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/outcome/describe_change.h"

namespace engine {

/// A start, stop, shutdown, reboot, suspend, resume, reset, rollback, snapshot or migration of a guest.
std::optional<ChangeText> describe_power(const ChangeContext& context);
/// A guest that was created, restored or cloned.
std::optional<ChangeText> describe_created(const ChangeContext& context);
/// A guest that was deleted.
std::optional<ChangeText> describe_deleted(const ChangeContext& context);
std::optional<ChangeText> describe_backup(const ChangeContext& context);

/// For a change that is to be sent: what would become of its object.
ChangeText describe_expected(const ChangeContext& context);
/// For a deletion that is to be sent: clauses that say what it destroys and what remains. Empty for other
/// changes.
std::string describe_loss(const ChangeContext& context);

/// " in 64 s"; empty for a short time.
std::string took(const ChangeContext& context);

/// The argument as text, by PVE's name; empty if it was not given.
std::string said(const ChangeContext& context, std::string_view name);

}  // namespace engine
