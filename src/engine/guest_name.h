// A guest as a person names it.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pve/guests.h"

namespace engine {

/// "100 (web01)", as completion offers it.
std::string shown_guest(std::int64_t vmid, std::string_view name);

/// What "100" and "100 (web01)" say; nothing of another text, nor of "100 ()".
struct WrittenGuest {
  std::int64_t vmid = 0;
  std::string_view name{};  ///< of the text; empty: it says none
};
std::optional<WrittenGuest> written_guest(std::string_view text);

/// The number alone, whatever the name.
std::optional<std::int64_t> guest_number(std::string_view text);

/// A sentence when `written` has the number of `guest` and another name: the number may be another guest's
/// by now. Case does not count, and of a guest whose name PVE does not say any is right.
std::optional<std::string> misnamed(const WrittenGuest& written, const pve::Guest& guest);

/// By number, by the form above with the name that the guest has, or by a name that only one has, whatever
/// its case. The error is a sentence.
std::expected<pve::Guest, std::string> guest_named(std::string_view text,
                                                   const std::vector<pve::Guest>& guests);

}  // namespace engine
