#include "cli/privileges.h"

#include <array>
#include <span>

#include "base/json_read.h"
#include "base/number.h"

namespace cli {
namespace {

constexpr auto kRead =
    std::to_array<std::string_view>({"Sys.Audit", "VM.Audit", "Datastore.Audit", "Pool.Audit"});
constexpr auto kExecute =
    std::to_array<std::string_view>({"VM.PowerMgmt", "VM.Migrate", "VM.Backup", "Sys.Modify"});
constexpr auto kFull = std::to_array<std::string_view>(
    {"VM.Allocate", "VM.Clone", "VM.Config.Disk", "VM.Config.CPU", "VM.Config.Memory", "VM.Config.Network",
     "VM.Config.Options", "VM.Snapshot", "VM.Snapshot.Rollback", "Datastore.Allocate",
     "Datastore.AllocateSpace", "Pool.Allocate", "User.Modify", "Permissions.Modify"});

bool granted(const base::JsonObject& permissions, std::string_view privilege) {
  for (const auto& [path, privileges] : permissions) {
    if (privileges.is_object() && privileges.get_object().contains(privilege)) return true;
  }
  return false;
}

}  // namespace

std::string lacking_privileges(const base::Json& permissions, std::string_view tier) {
  const base::JsonObject none;
  const auto& granted_ones = permissions.is_object() ? permissions.get_object() : none;
  std::string lacking;
  const auto check = [&](std::span<const std::string_view> privileges) {
    for (const auto privilege : privileges) {
      if (granted(granted_ones, privilege)) continue;
      if (!lacking.empty()) lacking += ", ";
      lacking += privilege;
    }
  };
  check(kRead);
  if (tier != "read-only") check(kExecute);
  if (tier == "full") check(kFull);
  return lacking;
}

bool has_no_privileges(const base::Json& permissions) {
  if (!permissions.is_object()) return true;
  for (const auto& [path, privileges] : permissions.get_object()) {
    if (privileges.is_object() && !privileges.get_object().empty()) return false;
  }
  return true;
}

bool privsep_is_on(const base::Json& value) {
  if (value.is_bool()) return value.get_bool();
  return base::number(value).value_or(0) != 0;
}

unsigned leading_number(std::string_view version) { return base::take_number<unsigned>(version).value_or(0); }

}  // namespace cli
