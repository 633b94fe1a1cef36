// What a person types of PVE's objects, completed: nodes, guests, storages and the like.
#pragma once

#include <expected>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "engine/cluster/answer_cache.h"
#include "engine/cluster/guest_kinds.h"
#include "engine/toolbox.h"
#include "seam/prompts.h"
#include "tool/completes.h"

namespace engine {

using tool::Completes;

/// Whoever has prompts says it of their arguments.
class PromptArguments {
 public:
  PromptArguments() = default;
  PromptArguments(const PromptArguments&) = delete;
  PromptArguments& operator=(const PromptArguments&) = delete;
  virtual ~PromptArguments() = default;
  /// An unknown prompt or argument, and a prompt that the caller is not offered, is a ProtocolError with
  /// -32602.
  virtual std::expected<Completes, mcp::ProtocolError> completes(std::string_view prompt,
                                                                 std::string_view argument,
                                                                 const mcp::Caller& caller) const = 0;
};

/// Whoever knows which objects there are.
class Names {
 public:
  Names() = default;
  Names(const Names&) = delete;
  Names& operator=(const Names&) = delete;
  virtual ~Names() = default;
  /// All names of the kind that PVE shows, sorted, when it shows some and `value` is none of them. Nothing
  /// where it is one, or it cannot be told: of kinds that have no list of their own too. Empty: no storage
  /// holds backups, the one that `value` names neither.
  virtual std::optional<std::vector<std::string>> names_if_unknown(Completes kind, std::string_view value,
                                                                   const mcp::Caller& caller,
                                                                   const std::stop_token& stop) = 0;
  /// What a storage can hold, as PVE writes it: "images,rootdir". Nothing where it cannot be told.
  virtual std::optional<std::string> content(std::string_view /*storage*/, const mcp::Caller& /*caller*/,
                                             const std::stop_token& /*stop*/) {
    return std::nullopt;
  }
};

struct Candidate {
  std::string value;
  std::string alias{};     ///< matched as well: a guest's name
  std::int64_t order = 0;  ///< the smaller come first; equal ones in natural order
};

/// The candidates that match what was typed: those that begin with it before those that contain it, whatever
/// the case; 100 at most.
mcp::Completion rank(const std::vector<Candidate>& candidates, std::string_view typed);

/// Asks PVE once in some seconds for each kind, however fast somebody types. Safe from many threads; refers
/// to the toolbox, by whose policy a caller sees something or nothing.
class Completions final : public Names {
 public:
  explicit Completions(Toolbox& toolbox);

  /// Guests are "100 (web01)", those that run first; a snapshot is of the guest that `context` names as
  /// "vmid" or "guest". Empty where PVE does not answer, or not in its time-out, or the caller may not see
  /// it.
  mcp::Completion complete(Completes kind, std::string_view value, const base::JsonObject& context,
                           const mcp::Caller& caller, const std::stop_token& stop);

  /// Of nodes, storages, pools and users. What a remembered answer lacks is looked up again.
  std::optional<std::vector<std::string>> names_if_unknown(Completes kind, std::string_view value,
                                                           const mcp::Caller& caller,
                                                           const std::stop_token& stop) override;
  std::optional<std::string> content(std::string_view storage, const mcp::Caller& caller,
                                     const std::stop_token& stop) override;

 private:
  /// Whether the caller may use the tool that reads one of these paths.
  bool may_any(const mcp::Caller& caller, std::span<const std::string_view> paths) const;
  bool is_only_own_user(const std::set<std::string>& users) const;
  /// nullptr where PVE does not answer, or did not a moment ago.
  pve::InventoryPtr inventory(const std::stop_token& stop);
  std::optional<pve::Guest> guest(std::string_view wanted, const GuestKinds& kinds,
                                  const std::stop_token& stop);
  std::vector<Candidate> guests(const mcp::Caller& caller, const std::stop_token& stop);
  std::vector<Candidate> snapshots(const base::JsonObject& context, const mcp::Caller& caller,
                                   const std::stop_token& stop);
  std::vector<Candidate> tasks(const std::stop_token& stop);

  Toolbox& toolbox_;
  AnswerCache answers_;
  std::mutex mutex_;
  std::optional<base::Clock::Steady> failed_;  ///< when the inventory could not be read
};

}  // namespace engine
