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
  return fmt::format("{} {}. If that is meant, an administrator takes it out of PVE_PROTECT", kWhy, what);
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
  if (touched.many)
    return fmt::format("{} guests, and this call lets PVE choose the guests. Name them by vmid", kWhy);
  const auto own = own_guest(row, arguments);
  GuestTraits traits(terms.wanted(), cluster.client, cluster.inventory, stop);
  for (const auto vmid : touched.guests) {
    if (vmid == new_guest(row, arguments)) continue;
    using Traits = std::expected<std::optional<guard::GuestTraits>, std::string>;
    const auto guest = vmid == own.vmid ? traits.of(own) : Traits(traits.of(vmid));
    if (!guest)
      return fmt::format("{} some guests, and whether guest {} is one is not known: {}", kWhy, vmid,
                         guest.error());
    if (*guest && terms.mean(**guest)) return refusal(fmt::format("guest {}", vmid));
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
