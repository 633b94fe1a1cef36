// What the token may do, by GET /access/permissions.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "pve/client.h"

namespace pve {

/// Remembers PVE's answer for a minute. Safe from many threads; owns nothing it is given.
class Permissions {
 public:
  enum class Reach {
    Everywhere,  ///< on the path and all that is below
    Somewhere,   ///< on some of what is below, or not passed on
    Nowhere,
  };

  Permissions(Client& client, base::Clock& clock) : client_(client), clock_(clock) {}
  Permissions(const Permissions&) = delete;
  Permissions& operator=(const Permissions&) = delete;

  /// How far one of the privileges reaches on an ACL path ("/vms"). Nothing when PVE does not say.
  std::optional<Reach> reach(std::span<const std::string_view> privileges, std::string_view path,
                             const std::stop_token& stop);

 private:
  /// Whether each privilege is passed on to what is below the path.
  using Rights = std::map<std::string, bool, std::less<>>;
  /// PVE lists each guest of a pool, most of them with the same rights: 20,000 take two megabytes so, and 25
  /// as JSON.
  struct Known {
    Known() = default;
    Known(Known&&) = default;
    Known(const Known&) = delete;
    Known& operator=(const Known&) = delete;
    std::set<Rights> kinds;
    std::vector<std::pair<std::string, const Rights*>> paths;  ///< in `kinds`
  };

  static Known read(const base::JsonObject& answer);
  std::shared_ptr<const Known> all(const std::stop_token& stop);

  Client& client_;
  base::Clock& clock_;
  std::mutex mutex_;
  std::shared_ptr<const Known> all_;
  base::Clock::Steady taken_{};
};

}  // namespace pve
