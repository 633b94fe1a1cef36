// The parts of describe_change(), by what a change is about. Each gives nothing for changes of other kinds.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/outcome/describe_change.h"

namespace engine {

/// Start, stop, shutdown, reboot, suspend, resume, reset, rollback, snapshot and migration of a guest.
std::optional<Story> describe_power(const Deed& deed);
/// A guest that was created, restored or cloned.
std::optional<Story> describe_made(const Deed& deed);
/// A guest that was deleted.
std::optional<Story> describe_gone(const Deed& deed);
std::optional<Story> describe_backup(const Deed& deed);

/// Of a change that is to be sent: what would become of its object.
Story describe_expected(const Deed& deed);
/// Of a deletion that is to be sent: clauses with what it destroys and what it leaves; empty: another change.
std::string describe_loss(const Deed& deed);

/// " in 64 s", where that is worth a word.
std::string took(const Deed& deed);

/// "text" of an argument by PVE's name; "" where it was not given.
std::string said(const Deed& deed, std::string_view name);

}  // namespace engine
