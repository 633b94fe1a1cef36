// The plans that callers were shown. The id of a plan lets one call through.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <expected>
#include <mutex>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/digest.h"

namespace guard {

/// The call and the object that a plan is for.
struct Planned {
  std::string caller;  ///< mcp::Caller::identity
  std::string call;    ///< the tool and its arguments, in one order
  std::string object;  ///< the identity of the object
  std::string state;   ///< the state of the object at that moment
};

/// What a person reads who decides on a plan. Printable, without secrets.
struct PlanText {
  std::string tool;
  std::string object;  ///< "VM 118 (web01) on pve1"
  std::string text;
};

/// Safe from many threads.
class Plans {
 public:
  static constexpr std::chrono::minutes kGoodFor{10};
  /// The maximum number of plans of one caller, and of all. A new plan removes the oldest.
  static constexpr std::size_t kMostOfOne = 256;
  static constexpr std::size_t kMostOfAll = 4096;

  enum class Verdict : std::uint8_t {
    Fits,
    Unknown,      ///< not an id of this caller, used already, or older than kGoodFor
    OtherCall,    ///< another tool or other arguments
    OtherObject,  ///< the object is not the one of the plan
    Changed,      ///< the object of the plan has changed
    Undecided,    ///< no person has approved the plan yet
    Rejected,     ///< a person has rejected the plan
  };

  struct Spent {
    Verdict verdict = Verdict::Unknown;
    std::string object{};  ///< for OtherObject: the identity of the plan's object
    std::string by{};      ///< the person that approved or rejected the plan; empty: nobody did
  };

  /// Whose consent lets the call through.
  enum class Needs : std::uint8_t {
    Id,      ///< the caller's, who repeats the call with the id
    Person,  ///< that of a person, with `mcp-pve approve`, too
  };

  Plans() = default;
  Plans(const Plans&) = delete;
  Plans& operator=(const Plans&) = delete;
  virtual ~Plans() = default;

  /// Returns a new id: 12 lower-case hexadecimal digits. The error is a clause with a full stop and a remedy.
  /// Throws like base::random_bytes().
  virtual std::expected<std::string, std::string> issue(const Planned& planned, const PlanText& shown) = 0;
  /// Uses the id up, unless the verdict is Unknown, OtherCall, Undecided or Rejected. Of two calls with the
  /// same id, one at most gets Fits. The error is as that of issue(); the id is kept then.
  virtual std::expected<Spent, std::string> spend(std::string_view id, const Planned& now, Needs needs) = 0;
  /// A sentence that says which servers accept an id.
  virtual std::string reach() const = 0;
  /// Returns true if `mcp-pve approve` can find the plans.
  virtual bool are_shared() const = 0;
};

/// A new id of a plan. Throws like base::random_bytes().
std::string new_plan_id();

/// Plans that only this process knows, and forgets at its end. No person can approve them.
class PlansInProcess final : public Plans {
 public:
  explicit PlansInProcess(const base::Clock& clock) : clock_(clock) {}

  std::expected<std::string, std::string> issue(const Planned& planned, const PlanText& shown) override;
  std::expected<Spent, std::string> spend(std::string_view id, const Planned& now, Needs needs) override;
  std::string reach() const override;
  bool are_shared() const override { return false; }

 private:
  struct Issued {
    std::string id;
    std::string caller;
    base::Digest call;
    std::string object;
    std::string state;
    base::Clock::Steady until;
  };

  void make_room(std::string_view caller);

  const base::Clock& clock_;
  std::mutex mutex_;
  std::deque<Issued> issued_;  ///< the oldest first
};

}  // namespace guard
