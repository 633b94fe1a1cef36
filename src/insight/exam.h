// The data that the parts of the health report share.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "insight/findings.h"
#include "insight/read.h"

namespace insight {

inline constexpr std::int64_t kDay = 86'400;

/// One check of the whole cluster. Refers to sources and inventory, which must outlive it.
struct Exam {
  Exam(tool::Sources& from, const Inventory& all)
      : sources(from), inventory(all), findings(from.ignored_findings()) {}

  tool::Sources& sources;
  const Inventory& inventory;
  Findings findings;
  Gaps gaps;
  /// The areas of kFindingKinds that could not be read completely.
  std::set<std::string_view> unread;
  std::vector<std::string> answering;  ///< nodes that answer
  std::string not_checked;             ///< how many guests' backups could not be checked, and why

  void gap(std::string_view area, std::string what, const tool::ReadFailure& why) {
    unread.insert(area);
    gaps.add(std::move(what), why);
  }
  /// Notes it if PVE may have left out some of `what`, and returns whether it may.
  bool note_if_incomplete(std::initializer_list<std::string_view> areas, std::string what,
                          const tool::ListRights& rights) {
    const bool some = gaps.note_if_incomplete(sources, std::move(what), rights);
    if (some) unread.insert(areas);
    return some;
  }
};

/// Checks quorum, HA and which nodes answer; fills Exam::answering.
void examine_cluster(Exam& exam);
/// Checks what each answering node reports about itself.
void examine_nodes(Exam& exam);
/// Checks for guests that are paused or in an error state.
void examine_guests(Exam& exam);
/// Checks backup jobs, the disks that they leave out, and the existing backups.
void examine_backups(Exam& exam);

}  // namespace insight
