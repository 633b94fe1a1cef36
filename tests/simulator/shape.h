// Compares the shape of a simulated answer with answers recorded on a real PVE.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace simulator {

/// The differences that a test allows, as paths of members below `data` ("[].notes", "cpuinfo.flags"). A
/// comment in the test gives the reason.
struct Allowed {
  std::vector<std::string> missing;  ///< always in the recordings, may be absent in the simulator
  std::vector<std::string> extra;    ///< never in the recordings, may be in the simulator
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

/// Fails the running test for each member of `data` that every recorded answer has and the simulated one
/// lacks, that no recorded answer has, or whose JSON type no recorded answer has. Compares the rows of a list
/// together, or for each value of the member `row_kind` ("type") if it is given.
void expect_same_shape(const base::Json& simulated, const std::vector<Recorded>& answers,
                       const Allowed& allowed = {}, std::string_view row_kind = {});

}  // namespace simulator
