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

/// Whose consent lets an irreversible change through (PVE_APPROVAL).
enum class Approval : std::uint8_t {
  Caller,  ///< the caller's, who repeats the call with the id of its plan
  Human,   ///< a person's: by the client's question to its user, or by `mcp-pve approve`
};

inline constexpr std::array<std::string_view, 2> kApprovalNames = {"caller", "human"};

constexpr std::optional<Approval> approval_named(std::string_view text) {
  for (std::size_t i = 0; i < kApprovalNames.size(); ++i) {
    if (kApprovalNames[i] == text) return static_cast<Approval>(i);
  }
  return std::nullopt;
}

/// The keys of the engine's questions begin so: of those that anybody may answer for the user, and of those
/// that a person must answer.
inline constexpr auto kAsk = "confirm-";
inline constexpr auto kAskPerson = "approve-";

/// True if some call of the tool needs a confirmation. `endpoint`: the tool's endpoint; nullptr if the facts
/// do not have it.
bool can_ask(const tool::Tool& tool, const facts::Endpoint* endpoint, Confirm confirm);

/// True if a call of the tool can close the firewall of the cluster or of a node to PVE's web interface
/// (engine/plan/cut_off.h).
bool can_cut_off(const tool::Tool& tool);

/// True if every call of the tool needs one: the call itself destroys something, whatever its arguments.
bool always_asks(const tool::Tool& tool, const facts::Endpoint* endpoint);

/// True if the tool deletes the definition of a storage. The data remain, but guests lose access to their
/// disks on it.
bool deletes_storage(const tool::Tool& tool);

}  // namespace engine
