// What a client may see and reach under a scope (PVE_SCOPE): the one place that every read passes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <expected>
#include <mutex>
#include <set>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_set>

#include "base/clock.h"
#include "engine/bounds/held_guests.h"
#include "engine/bounds/scope.h"
#include "facts/facts.h"
#include "pve/client.h"
#include "pve/upid.h"

namespace engine {

/// Shows the guests of a scope, what is about no guest, and the tasks of these guests and of the client
/// itself. Judges guests by their present state with each answer that names some. Safe from many threads.
class ScopedView final : public pve::View {
 public:
  /// Whose tasks are the client's own, beside those that it started: nobody's, or all of this API token.
  struct Own {
    std::string token_id{};
  };

  /// All of them must outlive the view.
  ScopedView(Scope& scope, const facts::Facts& facts, base::Clock& clock, Own own)
      : scope_(scope), facts_(facts), clock_(clock), own_(std::move(own)), held_(scope, clock) {}

  /// Refuses a call with a guest or task outside the scope in its path, a GET with one in a parameter, a GET
  /// of free text unless the scope allows its kind of object, and a call that the facts do not know. Reads
  /// all of a list that PVE sends in pages if it has to leave out some of it, so that `total` and the page
  /// count only what is seen.
  std::expected<pve::Answer, pve::Error> call(const pve::Call& call, const Send& send,
                                              const std::stop_token& stop) override;
  std::string name() const override { return scope_.source(); }
  std::string gaps() const override;

 private:
  class Verdicts;
  friend class Verdicts;

  std::expected<void, pve::Error> check(const pve::Call& call, Verdicts& verdicts);
  std::expected<void, pve::Error> check_free_text(base::Method method, std::string_view path);
  std::expected<void, pve::Error> check_task(std::string_view upid, Verdicts& verdicts);
  std::expected<void, pve::Error> check_value(const facts::Endpoint& endpoint, std::string_view name,
                                              std::string_view value, Verdicts& verdicts);
  std::expected<void, pve::Error> cut_answer(const pve::Call& call, pve::Answer& answer, const Send& send,
                                             Verdicts& verdicts);
  /// Replaces a page by the same part of what may be seen. `page`: how many rows the page had.
  std::expected<void, pve::Error> read_whole(const pve::Call& call, std::size_t page, pve::Answer& answer,
                                             const Send& send, Verdicts& verdicts);
  /// False: nothing of it may be seen.
  std::expected<bool, pve::Error> cut_data(base::Json& data, Verdicts& verdicts);
  pve::Error masked(pve::Error error, Verdicts& verdicts);

  pve::Error hidden(std::string sentences) const;
  pve::Error hidden_guest(std::int64_t vmid) const;

  bool is_own(const std::string& upid) const;
  void remember_own(std::string_view answer);
  void note_gaps(std::span<const std::string> nodes);

  Scope& scope_;
  const facts::Facts& facts_;
  base::Clock& clock_;
  const Own own_;
  HeldGuests held_;

  mutable std::mutex mutex_;
  std::unordered_set<std::string> started_;
  std::deque<std::string> order_;   ///< of started_, oldest first
  std::set<std::string> unjudged_;  ///< nodes
  base::Clock::Steady noted_{};     ///< when they were
};

}  // namespace engine
