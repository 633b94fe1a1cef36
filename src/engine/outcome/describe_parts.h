// The parts of describe_change(), by what a change is about. Each gives nothing for changes of other kinds.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/outcome/describe_change.h"

namespace engine {

/// Start, stop, shutdown, reboot, suspend, resume, reset, rollback, snapshot and migration of a guest.
std::optional<ChangeText> describe_power(const ChangeContext& context);
/// A guest that was created, restored or cloned.
std::optional<ChangeText> describe_created(const ChangeContext& context);
/// A guest that was deleted.
std::optional<ChangeText> describe_deleted(const ChangeContext& context);
std::optional<ChangeText> describe_backup(const ChangeContext& context);

/// Of a change that is to be sent: what would become of its object.
ChangeText describe_expected(const ChangeContext& context);
/// Of a deletion that is to be sent: clauses with what it destroys and what it leaves; empty: another change.
std::string describe_loss(const ChangeContext& context);

/// " in 64 s", where that is worth a word.
std::string took(const ChangeContext& context);

/// "text" of an argument by PVE's name; "" where it was not given.
std::string said(const ChangeContext& context, std::string_view name);

}  // namespace engine
