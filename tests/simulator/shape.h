// Compares the shape of a simulated answer with answers recorded on a real PVE.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace simulator {

/// What may differ, as a path of members below `data` ("[].notes", "cpuinfo.flags"), with the reason in a
/// comment at the place that says so.
struct Allowed {
  std::vector<std::string> missing;  ///< always there in the recordings, may be absent in ours
  std::vector<std::string> extra;    ///< never in the recordings, may be in ours
  std::vector<std::string> type;     ///< may have another JSON type
};

struct Recorded {
  std::string label;
  std::string method;
  std::string path;
  base::Json params;
  unsigned status = 0;
  std::string reason;
  base::Json body;
};

/// The calls of tests/simulator/recorded/FILE (one JSON object a line: method, path, params, status, reason,
/// body) whose method and path match; `path` may hold "*" for one segment.
std::vector<Recorded> recorded(std::string_view file, std::string_view method, std::string_view path);

/// Fails the running test for each member of `data` that every recorded answer has and ours lacks, that ours
/// has and no recorded one does, or whose JSON type no recording has. Rows of a list are taken together, by
/// the value of `row_kind` when given ("type").
void expect_same_shape(const base::Json& simulated, const std::vector<Recorded>& answers,
                       const Allowed& allowed = {}, std::string_view row_kind = {});

}  // namespace simulator
