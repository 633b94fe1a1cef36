#include "engine/bounds/protection.h"

#include <fmt/format.h>

#include "base/json_read.h"
#include "base/text.h"
#include "engine/answer/answer.h"
#include "engine/bounds/guest_traits.h"
#include "engine/bounds/reach.h"
#include "engine/bounds/touched.h"
#include "engine/cluster/guest_lookup.h"
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
  const bool backs_up =
      row.about().locator == tool::Locator::Guests || row.about().subject == tool::Subject::BackupJob;
  return backs_up && mode != "snapshot" ? mode : std::string();
}

using Refusal = std::optional<std::string>;

/// PVE refuses the call itself if the guest is not there.
bool is_missing(const pve::Error& error) {
  return error.kind == pve::Error::Kind::Refused && error.status != 403 &&
         error.message.find("does not exist") != std::string::npos;
}

Refusal by_flag(const Row& row, const base::JsonObject& arguments, Cluster& cluster, const guard::MayUse& may,
                const std::stop_token& stop) {
  if (row.about().action != tool::Action::RollBack) return std::nullopt;
  const auto guest = guest_of(row, arguments);
  const pve::Call look{base::Method::Get, guest_path(guest, "config"), {}};
  const auto config = cluster.client.call(look, stop);
  if (config) {
    if (!base::flag(config->data, "protection")) return std::nullopt;
    return "the guest has protection=1, and a rollback replaces its disks. Set protection=0 first";
  }
  const auto& error = config.error();
  if (is_missing(error)) return std::nullopt;
  auto why = explained(error, look, arguments, cluster, may, stop);
  if (why.ends_with('.')) why.pop_back();
  return fmt::format(
      "a rollback replaces the disks of the guest, and whether it has protection=1 is not known, because its "
      "configuration cannot be read: {}",
      why);
}

/// The guest of the path, or the one that a creation would replace; number 0: the call has none.
pve::Guest own_guest(const Row& row, const base::JsonObject& arguments) {
  const bool replaces = row.about().action == tool::Action::Create && base::flag(arguments, "force");
  return row.about().guest != tool::GuestKind::None || replaces ? guest_of(row, arguments) : pve::Guest{};
}

/// One change, and what PVE_PROTECT means.
class Guarded {
 public:
  Guarded(const Row& row, const base::JsonObject& arguments, Cluster& cluster, const std::stop_token& stop)
      : row_(row),
        arguments_(arguments),
        cluster_(cluster),
        stop_(stop),
        rules_(cluster.rules.now()),
        terms_(rules_->protect),
        reach_(row, arguments, cluster, cluster.client, stop),
        touched_(touched_by(row, arguments)) {}

  Refusal refuse() {
    if (terms_.empty()) return std::nullopt;
    if (row_.about().subject == tool::Subject::Calls)
      return "PVE_PROTECT is set, and each call of this list can change what it protects. Call the tools one "
             "by one";
    auto members = reach_.members();
    if (!members) return unknown("what it protects", members.error());
    touched_.storages.merge(members->storages);
    if (auto no = of_storages()) return no;
    if (auto no = of_users()) return no;
    if (!terms_.mean_guests()) return std::nullopt;
    if (auto no = of_list(*members)) return no;
    return of_guests();
  }

 private:
  enum class Way : std::uint8_t { Named, Listed, Chosen, Companion };

  static std::string unknown(std::string_view what, std::string_view why) {
    return fmt::format("PVE_PROTECT is set, and whether the call changes {} is not known: {}", what, why);
  }

  Refusal of_storages() {
    if (terms_.mean_storages()) {
      if (row_.about().action == tool::Action::Delete && base::flag(arguments_, "destroy-unreferenced-disks"))
        return fmt::format(
            "{} storages, and destroy-unreferenced-disks destroys volumes on all of them. Leave it out",
            kWhy);
      auto emptied = reach_.emptied_storages();
      if (!emptied) return unknown("a storage that it protects", emptied.error());
      touched_.storages.merge(*emptied);
    }
    for (const auto& storage : touched_.storages) {
      if (terms_.mean_storage(storage)) return refusal("storage " + base::printable(storage, 60));
    }
    return std::nullopt;
  }

  Refusal of_users() {
    if (terms_.mean_users()) {
      auto users = reach_.users(touched_);
      if (!users) return unknown("a user that it protects", users.error());
      touched_.users.merge(*users);
    }
    for (const auto& user : touched_.users) {
      if (terms_.mean_user(user)) return refusal("user " + base::printable(user, 60));
    }
    return std::nullopt;
  }

  /// Of the guests of a job or rule that the call changes.
  Refusal of_list(const Touched& members) {
    if (members.many && members.pool.empty())
      return fmt::format(
          "{} guests, and PVE chooses the guests of this job. Ask an administrator to change the job", kWhy);
    auto guests = members.guests;
    if (members.many) {
      auto pool = reach_.of_pool(members.pool);
      if (!pool) return unknown("a guest that it protects", pool.error());
      guests.merge(*pool);
    }
    if (auto no = of_these(guests, Way::Listed)) return no;
    return of_companions(guests);
  }

  Refusal of_guests() {
    if (!touched_.path.empty())
      return fmt::format(
          "{} guests, and no name tells which guest owns {}. Name a volume of a storage instead", kWhy,
          base::printable(touched_.path, 100));
    if (touched_.many && touched_.pool.empty()) return of_all();
    if (touched_.many) {
      const auto pool = reach_.of_pool(touched_.pool);
      if (!pool) return unknown("a guest that it protects", pool.error());
      if (auto no = of_these(*pool, Way::Chosen)) return no;
    }
    if (auto no = of_these(touched_.guests, Way::Named)) return no;
    return of_companions(touched_.guests);
  }

  std::string of_all() const {
    if (row_.about().subject == tool::Subject::Task)
      return fmt::format(
          "{} guests, and the id of this task does not name the guests that it works on. Wait for its end",
          kWhy);
    if (stops_backups(row_, arguments_))
      return fmt::format(
          "{} guests, and stop=true ends the backups of all guests of the node. Leave stop out", kWhy);
    if (const auto mode = backup_mode(row_, arguments_); !mode.empty() && !touched_.prunes)
      return fmt::format(
          "mode={0} could {0} a guest that PVE_PROTECT protects, because PVE chooses the guests. Use "
          "mode=snapshot, or name the guests with vmid",
          mode);
    return fmt::format(
        "{} guests, and this call lets PVE choose the guests. Name them by vmid{}", kWhy,
        touched_.prunes ? ", or pass prune-backups=keep-all=1 to keep all of their backups" : "");
  }

  Refusal of_companions(const std::set<std::int64_t>& guests) {
    const auto others = reach_.companions(guests);
    if (!others) return unknown("a guest that it protects", others.error());
    return of_these(*others, Way::Companion);
  }

  Refusal of_these(const std::set<std::int64_t>& guests, Way way) {
    const auto own = own_guest(row_, arguments_);
    GuestTraits traits(terms_.wanted(), cluster_.client, cluster_.inventory, stop_);
    const auto wanted = terms_.wanted();
    const bool by_number = !wanted.configuration && !wanted.node && !wanted.any_pool();
    // A job and a task can name a guest that is gone.
    const bool can_be_gone = way != Way::Named || row_.about().subject == tool::Subject::Task;
    for (const auto vmid : guests) {
      if (by_number && can_be_gone) {
        if (terms_.mean({.vmid = vmid})) return of_guest(vmid, way);
        continue;
      }
      if (way == Way::Named && vmid == new_guest(row_, arguments_)) continue;
      using Traits = std::expected<std::optional<guard::GuestTraits>, std::string>;
      const auto guest = vmid == own.vmid ? traits.of(own) : Traits(traits.of(vmid));
      if (!guest)
        return fmt::format("{} some guests, and the server cannot tell whether guest {} is one of them: {}",
                           kWhy, vmid, guest.error());
      if (*guest && terms_.mean(**guest)) return of_guest(vmid, way);
    }
    return std::nullopt;
  }

  std::string_view noun() const {
    if (row_.about().subject == tool::Subject::BackupJob) return "job";
    return row_.about().in_path("group") ? "group" : "rule";
  }

  std::string of_guest(std::int64_t vmid, Way way) const {
    if (way == Way::Listed)
      return fmt::format(
          "{0} guest {1}, and this {2} covers it. If you want this change, ask an administrator to remove "
          "guest {1} "
          "from PVE_PROTECT",
          kWhy, vmid, noun());
    if (way == Way::Companion)
      return fmt::format(
          "an HA rule keeps guest {0} together with it, so HA would move guest {0}, which PVE_PROTECT "
          "protects. Ask an administrator to take guest {0} out of the rule",
          vmid);
    if (touched_.prunes)
      return fmt::format(
          "it can prune backups of guest {0}, which PVE_PROTECT protects. Pass prune-backups=keep-all=1, or "
          "name the guests by vmid and leave {0} out",
          vmid);
    if (const auto mode = backup_mode(row_, arguments_); !mode.empty())
      return fmt::format(
          "mode={0} would {0} guest {1}, which PVE_PROTECT protects. Use mode=snapshot{2}", mode, vmid,
          way == Way::Chosen ? fmt::format(", or name the guests by vmid and leave {} out", vmid) : "");
    if (way == Way::Chosen)
      return fmt::format("{0} guest {1}. Name the guests by vmid and leave {1} out", kWhy, vmid);
    return refusal(fmt::format("guest {}", vmid));
  }

  const Row& row_;
  const base::JsonObject& arguments_;
  Cluster& cluster_;
  const std::stop_token& stop_;
  const std::shared_ptr<const Rules> rules_;
  const guard::Terms& terms_;
  Reach reach_;
  Touched touched_;
};

}  // namespace

std::optional<std::string> protected_by(const Row& row, const base::JsonObject& arguments, Cluster& cluster,
                                        const guard::MayUse& may, const std::stop_token& stop) {
  if (row.tool().effect == tool::Effect::None) return std::nullopt;
  if (auto flagged = by_flag(row, arguments, cluster, may, stop)) return flagged;
  return Guarded(row, arguments, cluster, stop).refuse();
}

}  // namespace engine
