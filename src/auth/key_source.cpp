#include "auth/key_source.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace auth {
namespace {

using namespace std::chrono_literals;

constexpr auto kUsable = 24h;
// A request with an unknown kid must not cause a fetch from the issuer each time.
constexpr auto kForcedPause = 60s;
constexpr auto kPauseWithKeys = 60s;
constexpr auto kPauseWithoutKeys = 10s;

}  // namespace

KeySource::KeySource(std::string issuer, std::optional<Location> jwks, ClientFactory clients,
                     const base::Clock& clock)
    : issuer_(std::move(issuer)), configured_(std::move(jwks)), clients_(std::move(clients)), clock_(clock) {}

KeySource::~KeySource() = default;

std::vector<Key> KeySource::matching(const std::optional<std::string>& kid, Algorithm algorithm) const {
  std::vector<Key> found;
  for (const auto& key : keys_) {
    if (key.algorithm != algorithm || (kid && key.kid != *kid)) continue;
    if (found.size() < kMaxCandidates) found.push_back(key);
  }
  return found;
}

bool KeySource::may_fetch(Steady now, bool fresh, bool usable, bool lacking) const {
  if (failed_ && now - *failed_ < (usable ? Steady::duration(kPauseWithKeys) : kPauseWithoutKeys))
    return false;
  if (!fresh) return true;
  return lacking && (!forced_ || now - *forced_ >= kForcedPause);
}

std::expected<KeySource::Fetched, std::string> KeySource::fetch(const std::stop_token& stop) const {
  auto location = configured_ ? *configured_ : discover_keys(issuer_, clients_, stop);
  if (!location) return std::unexpected(location.error());
  const auto response = get_document(*location, clients_, stop);
  if (!response) return std::unexpected(response.error().clause);
  auto keys = parse_jwks(response->body);
  if (!keys) return std::unexpected("the key set at " + location->text() + " " + keys.error());
  return Fetched{std::move(*keys), lifetime_of(response->headers)};
}

void KeySource::start_fetch() {
  fetching_ = true;
  try {
    // The previous thread has nearly ended; the assignment joins it.
    fetcher_ = std::jthread([this](const std::stop_token& stop) { end_fetch(fetch(stop)); });
  } catch (const std::system_error&) {
    fetching_ = false;
    failed_ = clock_.steady();
    failure_ = "no thread could be started";
    ++fetches_;
  }
}

void KeySource::end_fetch(std::expected<Fetched, std::string> outcome) {
  const std::scoped_lock lock(mutex_);
  fetching_ = false;
  ++fetches_;
  if (outcome) {
    keys_ = std::move(outcome->keys);
    lifetime_ = outcome->lifetime;
    fetched_ = clock_.steady();
    failed_.reset();
  } else {
    failed_ = clock_.steady();
    failure_ = std::move(outcome.error());
  }
  changed_.notify_all();
}

std::expected<std::vector<Key>, std::string> KeySource::find(const std::optional<std::string>& kid,
                                                             Algorithm algorithm, const std::stop_token& stop,
                                                             bool again) {
  std::unique_lock lock(mutex_);
  const auto begun = fetches_;
  for (;;) {
    const auto now = clock_.steady();
    const bool usable = fetched_ && now - *fetched_ < kUsable;
    const bool fresh = fetched_ && now - *fetched_ < lifetime_;
    auto found = usable ? matching(kid, algorithm) : std::vector<Key>{};
    const bool lacking = found.empty() || again;
    const bool ended = fetches_ != begun;
    if (!ended && !fetching_ && may_fetch(now, fresh, usable, lacking)) {
      if (fresh) forced_ = now;
      start_fetch();
    }
    // After a failed fetch, usable keys are returned at once instead of waiting for the next fetch.
    if (ended || !fetching_ || (!lacking && (fresh || failed_))) {
      if (!found.empty()) return found;
      if (usable && !failed_) return found;
      return std::unexpected("The keys of the issuer " + issuer_ + " cannot be fetched now: " + failure_ +
                             ".");
    }
    if (waiting_ >= kMostWaiting)
      return std::unexpected("Too many requests are waiting for the keys of the issuer " + issuer_ + ".");
    ++waiting_;
    const bool come = changed_.wait(lock, stop, [&] { return !fetching_; });
    --waiting_;
    if (!come) return std::unexpected("The wait for the keys of the issuer " + issuer_ + " was cancelled.");
  }
}

}  // namespace auth
