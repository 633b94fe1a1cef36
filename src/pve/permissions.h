// What the token may do, by GET /access/permissions.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string_view>

#include "base/clock.h"
#include "pve/client.h"
#include "pve/held_rights.h"

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

  /// How far one of the privileges reaches on an ACL path ("/vms"). `alone`: only the path itself counts, and
  /// there is no Somewhere. Nothing when PVE does not say.
  std::optional<Reach> reach(std::span<const std::string_view> privileges, std::string_view path,
                             const std::stop_token& stop, bool alone = false);

 private:
  std::shared_ptr<const HeldRights> all(const std::stop_token& stop);

  Client& client_;
  base::Clock& clock_;
  std::mutex mutex_;
  std::shared_ptr<const HeldRights> all_;
  base::Clock::Steady taken_{};
};

}  // namespace pve
