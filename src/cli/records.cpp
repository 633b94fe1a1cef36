#include "cli/records.h"

#include <fmt/format.h>
#include <syslog.h>
#include <unistd.h>

#include <filesystem>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "cli/state_folder.h"
#include "state/folder.h"

namespace cli {
namespace {

namespace fs = std::filesystem;

auto finder(const config::Settings& settings, const Variables& variables) {
  return [surroundings = surroundings_of(settings, variables)] { return state::folder(surroundings); };
}

/// A change of the simulated cluster changes nothing real: it is recorded only for a user that asks for it.
bool is_audited(const config::Settings& settings, const Variables& variables) {
  if (settings.audit == "off") return false;
  return !settings.simulate || settings.audit == "required" || !settings.state_dir.empty() ||
         !variables("STATE_DIRECTORY").empty();
}

void to_syslog(const std::string& line) { ::syslog(LOG_NOTICE | LOG_AUTHPRIV, "%s", line.c_str()); }

state::AuditOptions options_of(const config::Settings& settings, std::string asked_by) {
  state::AuditOptions options;
  options.asked_by = std::move(asked_by);
  options.origin = {settings.simulate ? "simulated" : settings.cluster.base_url,
                    state::user_name(::geteuid())};
  options.required = settings.audit == "required";
  options.days = settings.audit_days;
  if (settings.audit_log == "syslog") {
    ::openlog("mcp-pve", LOG_PID, LOG_AUTHPRIV);
    options.exported = to_syslog;
  }
  options.warn = [](const std::string& sentence) { base::log(base::LogLevel::Warning, sentence); };
  return options;
}

std::string shown(const fs::path& path) { return base::printable(path.string()); }

/// Why changes cannot be recorded; empty if they can.
std::string obstacle(state::Database& database, const std::optional<state::Folder>& folder) {
  if (!folder)
    return "neither PVE_STATE_DIR nor HOME is set. Set PVE_STATE_DIR to a folder that its user owns.";
  if (database.exists()) {
    const auto usable = database.change_existing([](state::Connection&) { return true; });
    if (!usable) return usable.error().text;
  } else if (const auto why = unusable(folder); !why.empty()) {
    return why + ". Set PVE_STATE_DIR to a folder that its user owns.";
  }
  if (!is_full(*folder)) return "";
  return fmt::format("the file system of the state folder {} is full. Free some space.", shown(folder->path));
}

}  // namespace

Records::Records(const config::Settings& settings, const Variables& variables, const base::Clock& clock,
                 std::string asked_by)
    : is_off_(settings.audit == "off" && settings.approval != "human"),
      is_audited_(is_audited(settings, variables)),
      database_(finder(settings, variables)),
      key_(settings.state_key, finder(settings, variables)),
      own_plans_(clock),
      stored_plans_(database_, key_, clock, settings.simulate ? "simulated" : settings.cluster.base_url,
                    settings.audit == "required" ? nullptr : &own_plans_),
      audit_(database_, key_, clock, options_of(settings, std::move(asked_by))) {}

AuditStatus audit_status(const config::Settings& settings, const Variables& variables) {
  if (settings.audit == "off") return {true, false, "off (PVE_AUDIT=off): changes are not recorded"};
  if (!is_audited(settings, variables))
    return {false, false, "changes of the simulated cluster are recorded only with PVE_STATE_DIR"};
  state::Database database(finder(settings, variables));
  const auto why = obstacle(database, state::folder(surroundings_of(settings, variables)));
  const bool strict = settings.audit == "required" || database.exists();
  if (!why.empty())
    return {true, strict,
            fmt::format("{}: {}", strict ? "changes are refused" : "changes are not recorded", why)};
  const auto path = database.path();
  return {
      false, false,
      fmt::format("changes are recorded in {} for {} days{}", path ? shown(*path) : "", settings.audit_days,
                  settings.audit_log == "syslog" ? ", and in the system's log" : "")};
}

}  // namespace cli
