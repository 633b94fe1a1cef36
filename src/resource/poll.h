// One poll of everything that clients listen to, and the changes since the previous poll.
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
#include "resource/uri.h"
#include "seam/changes.h"
#include "tool/resource.h"

namespace resource {

/// How often things are looked at; what cannot be read more and more seldom, at last once a minute.
inline constexpr std::chrono::seconds kEvery{5};
inline constexpr std::chrono::seconds kSeldom{60};
/// How long a look waits for answers.
inline constexpr std::chrono::seconds kLook{5};

/// For one thread; reads several at once, in threads that have ended when a look has. With the server's own
/// rights.
class Poll {
 public:
  struct Updates {
    std::vector<std::string> resources;
    std::vector<std::string> tasks;
  };

  /// `longest`: see kLook.
  Poll(std::span<const tool::Resource> rows, engine::Toolbox& toolbox, std::chrono::seconds longest = kLook)
      : rows_(rows), toolbox_(toolbox), longest_(longest) {}

  /// Looks at those that are due. A resource has changed when it differs from the look before, comes or goes;
  /// one that cannot be read, or not in time, has not: it is looked at more seldom, so that one node that
  /// hangs does not keep back what others have to tell. A task has changed when its status has; one whose end
  /// is seen at the first look is told too, since its client may have asked before it ended.
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
  struct Job {
    const std::string* name;
    Item* item;
    bool is_task;
    bool begun = false;
    std::optional<std::uint64_t> found{};
  };

  std::vector<Job> due();
  void ask(List& list, const std::stop_token& stop) const;
  bool needs_list(const std::vector<Job>& jobs) const;
  std::optional<std::uint64_t> look(const std::string& uri, const List& list,
                                    const std::stop_token& stop) const;
  std::optional<std::uint64_t> log(const Match& match, const std::stop_token& stop) const;
  std::optional<std::uint64_t> task(const std::string& handle, const List& list,
                                    const std::stop_token& stop) const;
  bool note(Item& item, std::optional<std::uint64_t> found) const;

  std::span<const tool::Resource> rows_;
  engine::Toolbox& toolbox_;
  const std::chrono::seconds longest_;
  Items resources_;
  Items tasks_;
};

}  // namespace resource
