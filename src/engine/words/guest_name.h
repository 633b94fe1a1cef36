// Reads and writes guests as users write them: "100", "web01", "100 (web01)".
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pve/inventory.h"

namespace engine {

/// "100 (web01)", as completion offers it.
std::string shown_guest(std::int64_t vmid, std::string_view name);
/// "VM 100 (web01)", "container 200".
std::string kind_and_name(const pve::Guest& guest);

/// Reads "100", "100 (web01)", and PVE's "qemu/100", "lxc/100", "vm:100", "ct:100". Returns nullopt for other
/// texts, and for "100 ()". Digits always mean a number, even if a guest has them as its name.
struct WrittenGuest {
  std::int64_t vmid = 0;
  std::string_view name{};  ///< refers to the text; empty if the text has no name
  /// The kind in the text; nullopt if it has none.
  std::optional<bool> container{};
};
std::optional<WrittenGuest> written_guest(std::string_view text);

/// The number in the text, whatever name it has.
std::optional<std::int64_t> guest_number(std::string_view text);

/// True if two names are equal when case is ignored.
bool same_name(std::string_view a, std::string_view b);

/// Returns a sentence if `written` has another name or another kind than `guest`: the number may belong to
/// another guest by now. Ignores case, and accepts any name if PVE does not tell the guest's name.
std::optional<std::string> misnamed(const WrittenGuest& written, const pve::Guest& guest);

/// The guests with exactly this name; if there are none, those with the name in another case.
std::vector<const pve::Guest*> named(std::string_view name, std::span<const pve::Guest> guests);

}  // namespace engine
