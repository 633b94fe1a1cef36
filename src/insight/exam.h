// What the parts of the health report share.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "insight/findings.h"
#include "insight/read.h"

namespace insight {

inline constexpr std::int64_t kDay = 86'400;

/// One look at the whole cluster. Refers to sources and inventory.
struct Exam {
  Exam(tool::Sources& from, const Inventory& all)
      : sources(from), inventory(all), findings(from.ignored_findings()) {}

  tool::Sources& sources;
  const Inventory& inventory;
  Findings findings;
  Gaps gaps;
  /// Of kFindingKinds, what could not be read in full.
  std::set<std::string_view> unread;
  std::vector<std::string> answering;  ///< nodes
  std::string not_judged;              ///< guests whose backups nobody can judge, and why

  void gap(std::string_view area, std::string what, const tool::ReadFailure& why) {
    unread.insert(area);
    gaps.add(std::move(what), why);
  }
  /// Whether PVE may have left out some of `what`.
  bool thinned(std::initializer_list<std::string_view> areas, std::string what, const tool::Sight& sight) {
    const bool some = gaps.thinned(sources, std::move(what), sight);
    if (some) unread.insert(areas);
    return some;
  }
};

/// Quorum, HA, and which nodes answer: fills Exam::answering.
void examine_cluster(Exam& exam);
/// What each answering node says of itself.
void examine_nodes(Exam& exam);
/// Paused guests and those at an error.
void examine_guests(Exam& exam);
/// Backup jobs, what they leave out, and the backups there are.
void examine_backups(Exam& exam);

}  // namespace insight
