// The used states of confirmations: each allows one change.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <tuple>

namespace mcp {

/// Safe from many threads. Lives in the process: another one that shares the key of the seals does not know.
class SpentStates {
 public:
  using Seconds = std::chrono::seconds;  ///< since the epoch of the wall clock
  enum class Spent : std::uint8_t { Now, Before, NoRoom };

  /// Until states expire: of one caller, and of all of them. A caller above the first limit is refused while
  /// others still have room; forgetting a used state would allow it to be used again.
  static constexpr std::size_t kMostOfOne = 1024;
  static constexpr std::size_t kMostOfAll = 64 * 1024;

  explicit SpentStates(std::size_t most_of_one = kMostOfOne, std::size_t most_of_all = kMostOfAll)
      : most_of_one_(most_of_one), most_of_all_(most_of_all) {}

  /// Uses up the state of this caller with this nonce, which is good up to and including `until`. Now: it was
  /// not used yet. Before: it was, or has expired.
  Spent spend(std::string_view identity, std::string_view nonce, Seconds until, Seconds now);

 private:
  void forget_expired(Seconds now);

  const std::size_t most_of_one_;
  const std::size_t most_of_all_;
  std::mutex mutex_;
  std::set<std::tuple<Seconds, std::string, std::string>> spent_;  ///< until, identity, nonce
  std::map<std::string, std::size_t, std::less<>> count_;          ///< by identity
  /// The latest that was forgotten: what expired with it may have been used, also if the clock goes back.
  Seconds forgotten_ = Seconds::min();
};

}  // namespace mcp
