// Judges which guests the scope of a server or of a caller holds (PVE_SCOPE).
#pragma once

#include <atomic>
#include <cstdint>
#include <expected>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "guard/terms.h"
#include "pve/client.h"
#include "pve/inventory_cache.h"

namespace engine {

/// The terms of one scope, and where they are from: "PVE_SCOPE", "the scope of the bearer token ci".
struct ScopeTerms {
  guard::Terms terms;
  std::string source;
};

/// The guests that all of several scopes hold, by their state in PVE at the moment of the question. Remembers
/// nothing. Safe from many threads.
class Scope {
 public:
  /// `unlimited` shows guests outside the scope too. It and the clock must outlive the scope. `scopes` is not
  /// empty.
  Scope(std::vector<ScopeTerms> scopes, pve::Client& unlimited, base::Clock& clock);

  /// Of a guest whose kind and node the call says. If there is none, as holds(vmid). The error is a clause
  /// that says why the guest cannot be judged: it then counts as outside.
  std::expected<bool, std::string> holds(const pve::Guest& guest, const std::stop_token& stop);
  /// Of a guest of which only the number is known. A guest that does not exist has no other trait.
  std::expected<bool, std::string> holds(std::int64_t vmid, const std::stop_token& stop);

  struct Held {
    std::set<std::int64_t> vmids{};
    std::set<std::int64_t> others{};  ///< that exist outside the scope, or could not be judged
    /// Nodes with guests that could not be judged and are left out, because the node did not answer.
    std::vector<std::string> unjudged{};
  };
  /// All guests of the scope. Takes present names and tags from /nodes/{node}/qemu and /lxc. The error is a
  /// clause.
  std::expected<Held, std::string> held(const std::stop_token& stop);

  /// The numbers of all guests that exist. The error is a clause.
  std::expected<std::set<std::int64_t>, std::string> existing(const std::stop_token& stop);

  /// Judges traits that were read already.
  bool means(const guard::GuestTraits& traits) const;
  /// What traits must hold to be judged.
  guard::Wanted wanted() const;
  /// Whether changes of this kind of object are allowed, and reads of free text about it.
  bool allows(guard::Kind kind) const;
  /// What limits the caller: "PVE_SCOPE".
  const std::string& source() const { return source_; }

  pve::Client& unlimited() { return client_; }

  /// A call of a tool or a read of a resource begins: it is not judged by what was read for an earlier one.
  void begin_call() { ++calls_; }
  std::uint64_t calls() const { return calls_; }

 private:
  const std::vector<ScopeTerms> scopes_;
  std::string source_;
  pve::Client& client_;
  pve::InventoryCache inventory_;
  std::atomic<std::uint64_t> calls_{0};
};

}  // namespace engine
