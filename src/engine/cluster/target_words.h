// What the search for a call's target needs to know of a row, and its sentences about what it did not find.
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

/// Returns nullopt if the text is not a whole number.
std::optional<std::int64_t> whole_number(std::string_view text);

/// True if {vmid} in the row's path names one guest.
bool is_about_guest(const Row& row);
bool wants_container(const Row& row);
/// The kinds of guest that the row can be called for. A backup takes both.
GuestKinds meant_kinds(const Row& row);

/// "100 (VM on pve1)"
std::string shown_place(const pve::Guest& guest);
/// Joins two notes, each on its own line.
std::string joined_notes(const std::string& note, const std::string& more);

// Sentences for the model.
std::string not_called(const Row& row, std::string_view why);
std::string wrong_kind(const Row& row, const pve::Guest& guest, const guard::MayUse& may);
/// Says the same for a guest of the other kind and for an unused number, so that it does not tell the caller
/// which numbers exist.
std::string not_of_kind(const Row& row, std::int64_t vmid);
/// Names the privileges that the call needs, and those that make the guest visible.
std::string guest_not_visible(const Row& row, std::int64_t vmid, std::size_t visible,
                              const pve::Inventory& list, const guard::MayUse& may);
std::string lookup_failed(const Row& row, const pve::Error& error, const Cluster& cluster,
                          const guard::MayUse& may);

}  // namespace engine
