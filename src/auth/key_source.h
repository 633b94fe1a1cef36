// The public keys of an OAuth issuer: fetched, kept, and fetched again when they change.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "auth/discovery.h"
#include "auth/jwk.h"
#include "auth/location.h"
#include "base/clock.h"

namespace auth {

/// Safe to use from several threads. There is one fetch at a time, on a thread of its own; every caller that
/// needs it waits for it, and a caller that gives up does not end it for the others.
class KeySource {
 public:
  /// `jwks` nothing: found in the issuer's metadata (RFC 8414, then OpenID Connect), whose `issuer` must
  /// equal `issuer` to the byte. `clock` must outlive it. `issuer` must be a URL that parse_location takes.
  KeySource(std::string issuer, std::optional<Location> jwks, ClientFactory clients,
            const base::Clock& clock);
  /// No find() may be under way. Ends a fetch.
  ~KeySource();
  KeySource(const KeySource&) = delete;
  KeySource& operator=(const KeySource&) = delete;

  /// The keys for a token's header: those of its algorithm with its kid, or without a kid all of its
  /// algorithm (at most kMaxCandidates). Empty: the issuer has no such key. `again` asks for newer keys than
  /// an earlier call gave. An unknown kid and `again` fetch at most once a minute. While fetching fails, old
  /// keys serve until they are 24 h old. The error is a sentence: whether there is such a key cannot be told
  /// now, or `stop` was asked, or more than kMostWaiting wait already, so that tokens that cannot be checked
  /// yet do not occupy more threads.
  std::expected<std::vector<Key>, std::string> find(const std::optional<std::string>& kid,
                                                    Algorithm algorithm, const std::stop_token& stop,
                                                    bool again = false);

  static constexpr std::size_t kMaxCandidates = 8;
  static constexpr std::size_t kMostWaiting = 32;

 private:
  using Steady = base::Clock::Steady;
  struct Fetched {
    std::vector<Key> keys;
    std::chrono::seconds lifetime{};
  };

  std::vector<Key> matching(const std::optional<std::string>& kid, Algorithm algorithm) const;
  bool may_fetch(Steady now, bool fresh, bool usable, bool lacking) const;
  void start_fetch();
  void end_fetch(std::expected<Fetched, std::string> outcome);
  std::expected<Fetched, std::string> fetch(const std::stop_token& stop) const;

  const std::string issuer_;
  const std::optional<Location> configured_;
  const ClientFactory clients_;
  const base::Clock& clock_;

  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool fetching_ = false;
  std::size_t waiting_ = 0;
  std::uint64_t fetches_ = 0;  ///< that have ended
  std::vector<Key> keys_;
  std::optional<Steady> fetched_;  ///< when keys_ came
  std::chrono::seconds lifetime_{};
  std::optional<Steady> forced_;  ///< the last fetch for a key that was not among fresh ones
  std::optional<Steady> failed_;  ///< the last fetch, when it failed
  std::string failure_;
  std::jthread fetcher_;
};

}  // namespace auth
