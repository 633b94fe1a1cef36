// Completes names of PVE's objects while a user types them: nodes, guests, storages and others.
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

/// The prompts' side of completion: says which kind of name an argument takes.
class PromptArguments {
 public:
  PromptArguments() = default;
  PromptArguments(const PromptArguments&) = delete;
  PromptArguments& operator=(const PromptArguments&) = delete;
  virtual ~PromptArguments() = default;
  /// Returns a ProtocolError with -32602 if the prompt or the argument is unknown, or if the prompt is not
  /// offered to the caller.
  virtual std::expected<Completes, mcp::ProtocolError> completes(std::string_view prompt,
                                                                 std::string_view argument,
                                                                 const mcp::Caller& caller) const = 0;
};

/// The names of PVE's objects that a caller may see.
class Names {
 public:
  Names() = default;
  Names(const Names&) = delete;
  Names& operator=(const Names&) = delete;
  virtual ~Names() = default;
  /// All names of this kind, sorted, if PVE has none called `value`. Returns nullopt if one is called so, if
  /// the names could not be read, or if PVE has no list of this kind. An empty list means that no storage
  /// holds backups, though a storage called `value` exists.
  virtual std::optional<std::vector<std::string>> names_if_unknown(Completes kind, std::string_view value,
                                                                   const mcp::Caller& caller,
                                                                   const std::stop_token& stop) = 0;
  /// What the storage can hold, as PVE writes it: "images,rootdir". Returns nullopt if it is not known.
  virtual std::optional<std::string> content(std::string_view /*storage*/, const mcp::Caller& /*caller*/,
                                             const std::stop_token& /*stop*/) {
    return std::nullopt;
  }
};

struct Candidate {
  std::string value;
  std::string alias{};     ///< matched too: a guest's name
  std::int64_t order = 0;  ///< smaller values come first; equal ones are sorted naturally (pve2 before pve10)
};

/// The candidates that match the typed text, at most 100: first those that begin with it, then those that
/// contain it. Case does not matter.
mcp::Completion rank(const std::vector<Candidate>& candidates, std::string_view typed);

/// Asks PVE for each kind at most once in three seconds, however fast a user types. Safe from many threads.
/// Refers to the toolbox, whose policy decides what a caller sees.
class Completions final : public Names {
 public:
  explicit Completions(Toolbox& toolbox);

  /// Completes guests as "100 (web01)", running ones first, and snapshots of the guest that `context` names
  /// as "vmid" or "guest". Returns no values if PVE does not answer in time, or if the caller may not see
  /// them.
  mcp::Completion complete(Completes kind, std::string_view value, const base::JsonObject& context,
                           const mcp::Caller& caller, const std::stop_token& stop);

  /// For nodes, storages, pools and users. Reads the list again if the remembered one lacks the name.
  std::optional<std::vector<std::string>> names_if_unknown(Completes kind, std::string_view value,
                                                           const mcp::Caller& caller,
                                                           const std::stop_token& stop) override;
  std::optional<std::string> content(std::string_view storage, const mcp::Caller& caller,
                                     const std::stop_token& stop) override;

 private:
  /// True if the caller may use a tool that reads one of these paths.
  bool may_any(const mcp::Caller& caller, std::span<const std::string_view> paths) const;
  bool is_only_own_user(const std::set<std::string>& users) const;
  /// Returns nullptr if PVE does not answer, or did not within the last five seconds.
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
  std::optional<base::Clock::Steady> failed_;  ///< when the last read of the inventory failed
};

}  // namespace engine
