// Which changes need a confirmation before they are sent (PVE_CONFIRM).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "facts/facts.h"
#include "tool/tool.h"

namespace engine {

enum class Confirm : std::uint8_t {
  Irreversible,  ///< changes that destroy something for good (facts/irreversible.h), or a storage's
                 ///< definition, and those of the firewall that could cut off PVE (engine/plan/cut_off.h)
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

/// True if some call of the tool needs a confirmation. `endpoint`: the tool's endpoint; nullptr if the facts
/// do not have it.
bool can_ask(const tool::Tool& tool, const facts::Endpoint* endpoint, Confirm confirm);

/// True if a call of the tool can close the firewall of the cluster or of a node to PVE's web interface
/// (engine/plan/cut_off.h).
bool can_cut_off(const tool::Tool& tool);

/// True if the tool deletes the definition of a storage. The data remain, but guests lose access to their
/// disks on it.
bool deletes_storage(const tool::Tool& tool);

}  // namespace engine
