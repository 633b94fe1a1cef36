// The plans that callers were shown. The id of a plan lets one call through.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
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

/// Safe from many threads. The ids are valid only in this process.
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
  };

  struct Spent {
    Verdict verdict = Verdict::Unknown;
    std::string object{};  ///< for OtherObject: the identity of the plan's object
  };

  explicit Plans(const base::Clock& clock) : clock_(clock) {}

  /// Returns a new id: 12 lower-case hexadecimal digits. Throws like base::random_bytes().
  std::string issue(const Planned& planned);
  /// Uses the id up, unless the verdict is Unknown or OtherCall.
  Spent spend(std::string_view id, const Planned& now);

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
