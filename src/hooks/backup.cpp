#include "hooks/hooks.h"

#include <string_view>

#include "base/ascii.h"
#include "base/json_read.h"
#include "base/text.h"

namespace hooks {
namespace {

/// The contract of the original server says "omit vmid for all guests"; PVE needs all=1.
void select_all(base::JsonObject& arguments) {
  for (const std::string_view name : {"vmid", "all", "pool", "stop"}) {
    if (arguments.contains(name)) return;
  }
  arguments["all"] = true;
}

/// PVE 9 removed `maxfiles`; its value 0 meant no limit.
std::expected<void, std::string> translate_maxfiles(base::JsonObject& arguments) {
  const auto* maxfiles = arguments.if_contains("maxfiles");
  if (maxfiles == nullptr) return {};
  if (arguments.contains("prune-backups")) {
    return std::unexpected(
        "Give maxfiles or prune-backups, not both: maxfiles=N means prune-backups=keep-last=N.");
  }
  const auto keep = base::text(*maxfiles);
  if (!base::is_digits(keep)) {
    return std::unexpected("maxfiles is the number of backups to keep for each guest, not " + keep + ".");
  }
  const bool unlimited = keep.find_first_not_of('0') == std::string::npos;
  arguments.stable_erase(arguments.find("maxfiles"));
  arguments["prune-backups"] = unlimited ? "keep-all=1" : "keep-last=" + keep;
  return {};
}

}  // namespace

std::expected<void, std::string> prepare_backup(tool::Context& /*context*/, base::JsonObject& arguments) {
  select_all(arguments);
  if (!arguments.contains("remove") && !arguments.contains("prune-backups")) arguments["remove"] = false;
  return {};
}

std::expected<void, std::string> prepare_backup_job(tool::Context& /*context*/, base::JsonObject& arguments) {
  if (!arguments.contains("schedule") && !arguments.contains("starttime")) {
    return std::unexpected(
        "A backup job needs schedule, a calendar event such as \"02:00\" (daily), \"sat 02:00\" or "
        "\"mon..fri 21:30\".");
  }
  select_all(arguments);
  return translate_maxfiles(arguments);
}

}  // namespace hooks
