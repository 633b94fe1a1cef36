#include "engine/bounds/protection.h"

#include <fmt/format.h>

#include "base/json_read.h"
#include "base/text.h"
#include "engine/bounds/guest_traits.h"
#include "engine/bounds/touched.h"
#include "engine/outcome/guest_state.h"

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

std::optional<std::string> of_guests(const Row& row, const base::JsonObject& arguments,
                                     const Touched& touched, Cluster& cluster, const std::stop_token& stop) {
  const auto& terms = cluster.options.protect;
  if (touched.many)
    return fmt::format("{} guests, and this call lets PVE choose the guests. Name them by vmid", kWhy);
  const auto own = guest_of(row, arguments);
  GuestTraits traits(terms, cluster, stop);
  for (const auto vmid : touched.guests) {
    // A new guest has no state in PVE yet, but a guest that it replaces has.
    const bool is_new = row.about().action == tool::Action::Create && !base::flag(arguments, "force");
    const bool is_copy = row.about().action == tool::Action::Clone && vmid != own.vmid;
    if (is_new || is_copy) continue;
    const auto guest = traits.of(vmid, vmid == own.vmid ? own.node : std::string());
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
  const auto& terms = cluster.options.protect;
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
