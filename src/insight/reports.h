// The reports of the category `insight`, one file for each topic. If some of its reads fail, a report shows
// the rest and names the failed ones.
#pragma once

#include "tool/tool.h"

namespace insight {

using Reported = std::expected<base::JsonObject, std::string>;

Reported find_guest(tool::Sources& sources, const base::JsonObject& arguments);
Reported cluster_health(tool::Sources& sources, const base::JsonObject& arguments);
Reported top_consumers(tool::Sources& sources, const base::JsonObject& arguments);
Reported who_did(tool::Sources& sources, const base::JsonObject& arguments);
Reported guest_overview(tool::Sources& sources, const base::JsonObject& arguments);
Reported node_loss_impact(tool::Sources& sources, const base::JsonObject& arguments);
Reported find_orphans(tool::Sources& sources, const base::JsonObject& arguments);

}  // namespace insight
