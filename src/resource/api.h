// PVE's own API as a resource, from the facts.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/toolbox.h"
#include "facts/facts.h"

namespace resource {

struct ApiPath {
  std::string path;            ///< template
  std::string methods;         ///< "GET PUT"
  facts::Lifetime lifetime{};  ///< the methods' where they have the same, else that of the path
};

/// That of the connected PVE as far as the facts go; the newest of the facts when PVE does not say.
facts::Version api_version(engine::Cluster& cluster, const std::stop_token& stop);

/// The paths that go on from what somebody has typed of one (without the first slash), sorted. Segments that
/// stand for a placeholder stay as they were typed: "nodes/pve1/qe" gives "nodes/pve1/qemu".
std::vector<std::string> paths_from(const std::vector<ApiPath>& paths, std::string_view typed);

/// Every path that this version of PVE has, sorted.
std::vector<ApiPath> api_paths(const facts::Facts& facts, facts::Version version);

/// JSON: the version and a line for each path, "GET PUT /nodes/{node}/config", with the versions that have
/// it where not all do.
std::string api_index(engine::Toolbox& toolbox, facts::Version version, std::size_t budget);

/// JSON of one path, a template ("nodes/{node}/status") or a concrete one ("nodes/pve1/status"): its methods
/// with their parameters and privileges, the tools of them that may be used, and the paths below it. Nothing
/// where PVE has neither.
std::optional<std::string> api_endpoint(engine::Toolbox& toolbox, std::string_view path,
                                        facts::Version version, std::size_t budget, const guard::MayUse& may);

}  // namespace resource
