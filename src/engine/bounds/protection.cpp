#include "engine/bounds/protection.h"

#include <fmt/format.h>

#include "base/json_read.h"
#include "base/text.h"
#include "engine/bounds/guest_traits.h"
#include "engine/bounds/touched.h"
#include "engine/cluster/request.h"
#include "engine/outcome/guest_state.h"
#include "engine/words/guest_name.h"

namespace engine {
namespace {

constexpr std::string_view kWhy = "PVE_PROTECT protects";

std::string refusal(std::string_view what) {
  return fmt::format("{0} {1}. If you want this change, ask an administrator to remove {1} from PVE_PROTECT",
                     kWhy, what);
}

/// The mode of a backup that stops or suspends its guests; empty for another call.
std::string backup_mode(const Row& row, const base::JsonObject& arguments) {
  auto mode = argument_text(arguments, "mode");
  return row.about().locator == tool::Locator::Guests && mode != "snapshot" ? mode : std::string();
}

std::optional<std::string> by_flag(const Row& row, const base::JsonObject& arguments, Cluster& cluster,
                                   const std::stop_token& stop) {
  if (row.about().action != tool::Action::RollBack) return std::nullopt;
  const auto config = read_guest(cluster.client, guest_of(row, arguments), "config", stop);
  if (!config || !base::flag(*config, "protection")) return std::nullopt;
  return "the guest has protection=1, and a rollback replaces its disks. Set protection=0 first";
}

/// The guest of the path, or the one that a creation would replace; number 0: the call has none.
pve::Guest own_guest(const Row& row, const base::JsonObject& arguments) {
  const bool replaces = row.about().action == tool::Action::Create && base::flag(arguments, "force");
  return row.about().guest != tool::GuestKind::None || replaces ? guest_of(row, arguments) : pve::Guest{};
}

std::optional<std::string> of_guests(const Row& row, const base::JsonObject& arguments,
                                     const Touched& touched, Cluster& cluster, const std::stop_token& stop) {
  const auto rules = cluster.rules.now();
  const auto& terms = rules->protect;
  const auto mode = backup_mode(row, arguments);
  if (touched.many && !mode.empty())
    return fmt::format(
        "mode={0} could {0} a guest that PVE_PROTECT protects, because PVE chooses the guests. Use "
        "mode=snapshot, or name the guests with vmid",
        mode);
  if (touched.many)
    return fmt::format("{} guests, and this call lets PVE choose the guests. Name the guests with vmid",
                       kWhy);
  const auto own = own_guest(row, arguments);
  GuestTraits traits(terms.wanted(), cluster.client, cluster.inventory, stop);
  for (const auto vmid : touched.guests) {
    if (vmid == new_guest(row, arguments)) continue;
    using Traits = std::expected<std::optional<guard::GuestTraits>, std::string>;
    const auto guest = vmid == own.vmid ? traits.of(own) : Traits(traits.of(vmid));
    if (!guest)
      return fmt::format("{} some guests, and the server cannot tell whether guest {} is one of them: {}",
                         kWhy, vmid, guest.error());
    if (!*guest || !terms.mean(**guest)) continue;
    if (mode.empty()) return refusal(fmt::format("guest {}", vmid));
    return fmt::format("mode={0} would {0} guest {1}, which PVE_PROTECT protects. Use mode=snapshot", mode,
                       vmid);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> protected_by(const Row& row, const base::JsonObject& arguments, Cluster& cluster,
                                        const std::stop_token& stop) {
  if (row.tool().effect == tool::Effect::None) return std::nullopt;
  if (auto flagged = by_flag(row, arguments, cluster, stop)) return flagged;
  const auto rules = cluster.rules.now();
  const auto& terms = rules->protect;
  if (terms.empty()) return std::nullopt;
  const auto touched = touched_by(row, arguments);
  for (const auto& storage : touched.storages) {
    if (terms.mean_storage(storage)) return refusal("storage " + base::printable(storage, 60));
  }
  for (const auto& user : touched.users) {
    if (terms.mean_user(user)) return refusal("user " + base::printable(user, 60));
  }
  if (!terms.mean_guests()) return std::nullopt;
  return of_guests(row, arguments, touched, cluster, stop);
}

}  // namespace engine
