// The plans that callers were shown: the id of each lets one call through.
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

/// What a plan is made for.
struct Planned {
  std::string caller;  ///< mcp::Caller::identity
  std::string call;    ///< the tool and its arguments, in one order
  std::string object;  ///< what identifies the object
  std::string state;   ///< what the object is at that moment
};

/// Safe from many threads. Lives in the process: another one does not know its ids.
class Plans {
 public:
  static constexpr std::chrono::minutes kGoodFor{10};
  /// Of one caller and of all; the oldest gives way.
  static constexpr std::size_t kMostOfOne = 256;
  static constexpr std::size_t kMostOfAll = 4096;

  enum class Verdict : std::uint8_t {
    Fits,
    Unknown,      ///< no id of this caller, or it was used, or is older than kGoodFor
    OtherCall,    ///< another tool or other arguments
    OtherObject,  ///< the object is not the one that was planned for
    Changed,      ///< the object is the same, and has changed
  };

  struct Spent {
    Verdict verdict = Verdict::Unknown;
    std::string object{};  ///< of OtherObject: what identified the one that was planned for
  };

  explicit Plans(const base::Clock& clock) : clock_(clock) {}

  /// A new id: 12 lower-case hexadecimal digits. Throws as base::random_bytes().
  std::string issue(const Planned& planned);
  /// Uses the id up, unless it is Unknown or of OtherCall.
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
