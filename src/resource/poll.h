// One look at everything that clients listen to, and what has changed since the look before.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "engine/toolbox.h"
#include "mcp/changes.h"
#include "resource/uri.h"
#include "tool/resource.h"

namespace resource {

/// How often things are looked at; what cannot be read more and more seldom, at last once a minute.
inline constexpr std::chrono::seconds kEvery{5};
inline constexpr std::chrono::seconds kSeldom{60};

/// For one thread. Reads with the server's own rights.
class Poll {
 public:
  struct Updates {
    std::vector<std::string> resources;
    std::vector<std::string> tasks;
  };

  Poll(std::span<const tool::Resource> rows, engine::Toolbox& toolbox) : rows_(rows), toolbox_(toolbox) {}

  /// Looks at those that are due. A resource has changed when it differs from the look before, comes or goes;
  /// one that cannot be read has not. A task has changed when its status has; one whose end is seen at the
  /// first look is told too, since its client may have asked before it ended.
  Updates once(const mcp::Watched& watched, const std::stop_token& stop);
  /// Until something is due again; kEvery at most.
  std::chrono::milliseconds rest() const;

 private:
  struct Item {
    base::Clock::Steady next{};
    std::chrono::milliseconds pause = kEvery;
    std::optional<std::uint64_t> seen{};
  };
  using Items = std::map<std::string, Item, std::less<>>;
  struct List;  ///< the cluster's resources, asked once in a look

  std::optional<std::uint64_t> look(const std::string& uri, List& list, const std::stop_token& stop);
  std::optional<std::uint64_t> in_list(const Match& match, List& list, const std::stop_token& stop);
  std::optional<std::uint64_t> log(const Match& match, const std::stop_token& stop);
  std::optional<std::uint64_t> task(const std::string& handle, const std::stop_token& stop);
  bool note(Item& item, std::optional<std::uint64_t> found) const;

  std::span<const tool::Resource> rows_;
  engine::Toolbox& toolbox_;
  Items resources_;
  Items tasks_;
};

}  // namespace resource
