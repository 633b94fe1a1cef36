// What the search for a call's target asks of a row and its arguments, and how it says what it did not find.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "engine/cluster/cluster.h"
#include "engine/cluster/guest_kinds.h"
#include "engine/row/row.h"
#include "guard/may_use.h"

namespace engine {

/// Nothing of a text that is not a whole number.
std::optional<std::int64_t> whole_number(std::string_view text);

/// Of one guest, which {vmid} in the row's path names.
bool is_about_guest(const Row& row);
bool wants_container(const Row& row);
/// Those that a row about one guest can mean; a backup is of both kinds.
GuestKinds meant_kinds(const Row& row);

/// "100 (VM on pve1)"
std::string shown_place(const pve::Guest& guest);
/// Two notes, each on its own line.
std::string joined_notes(const std::string& note, const std::string& more);

// Sentences for the model.
std::string not_called(const Row& row, std::string_view why);
std::string wrong_kind(const Row& row, const pve::Guest& guest, const MayUse& may);
/// The same whether it is the other kind's number or nobody's.
std::string not_of_kind(const Row& row, std::int64_t vmid);
/// Names what the call itself needs before what would show the guest.
std::string guest_not_visible(const Row& row, std::int64_t vmid, std::size_t visible, const MayUse& may);
std::string lookup_failed(const Row& row, const pve::Error& error, const Cluster& cluster, const MayUse& may);

}  // namespace engine
