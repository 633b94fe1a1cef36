// Which changes ask for a confirmation before they are sent (PVE_CONFIRM).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "facts/facts.h"
#include "tool/tool.h"

namespace engine {

enum class Confirm : std::uint8_t {
  Irreversible,  ///< those that destroy something for good (facts/irreversible.h), and a storage's definition
  Changes,       ///< every change
  Never,
};

inline constexpr std::array<std::string_view, 3> kConfirmNames = {"irreversible", "changes", "never"};

constexpr std::optional<Confirm> confirm_named(std::string_view text) {
  for (std::size_t i = 0; i < kConfirmNames.size(); ++i) {
    if (kConfirmNames[i] == text) return static_cast<Confirm>(i);
  }
  return std::nullopt;
}

/// Whether some call of the tool asks. `endpoint` is the one that it calls; nullptr: the facts do not have
/// it.
bool can_ask(const tool::Tool& tool, const facts::Endpoint* endpoint, Confirm confirm);

/// Whether the tool deletes the definition of a storage: the data stay, but the guests' disks on it cannot be
/// reached.
bool deletes_storage(const tool::Tool& tool);

}  // namespace engine
