// A guest as a person writes it: "100", "web01", "100 (web01)".
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

/// What "100" and "100 (web01)" say, and "qemu/100", "lxc/100", "vm:100", "ct:100" as PVE writes its guests;
/// nothing of another text, nor of "100 ()". Digits are a number always, whatever guests are called.
struct WrittenGuest {
  std::int64_t vmid = 0;
  std::string_view name{};  ///< of the text; empty: it says none
  /// Of the text; nothing: it does not say.
  std::optional<bool> container{};
};
std::optional<WrittenGuest> written_guest(std::string_view text);

/// The number alone, whatever the name.
std::optional<std::int64_t> guest_number(std::string_view text);

/// Whether two names are the same whatever their case.
bool same_name(std::string_view a, std::string_view b);

/// A sentence when `written` has the number of `guest` and another name: the number may be another guest's
/// by now. Case does not count, and of a guest whose name PVE does not say any is right.
std::optional<std::string> misnamed(const WrittenGuest& written, const pve::Guest& guest);

/// Those with exactly this name; where none has it, those with it whatever its case.
std::vector<const pve::Guest*> named(std::string_view name, std::span<const pve::Guest> guests);

}  // namespace engine
