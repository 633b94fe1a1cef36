#include "pve/permissions.h"

#include <algorithm>
#include <string>
#include <utility>

namespace pve {
namespace {

constexpr std::chrono::seconds kYoung{60};

}  // namespace

std::shared_ptr<const HeldRights> Permissions::all(const std::stop_token& stop) {
  {
    const std::scoped_lock lock(mutex_);
    if (all_ && clock_.steady() - taken_ < kYoung) return all_;
  }
  const auto answer = client_.text({base::Method::Get, "/access/permissions", {}}, stop);
  auto held = answer ? read_held_rights(*answer) : std::nullopt;
  if (!held) return nullptr;
  auto known = std::make_shared<const HeldRights>(*std::move(held));
  const std::scoped_lock lock(mutex_);
  all_ = known;
  taken_ = clock_.steady();
  return known;
}

std::optional<Permissions::Reach> Permissions::reach(std::span<const std::string_view> privileges,
                                                     std::string_view path, const std::stop_token& stop,
                                                     bool alone) {
  const auto known = all(stop);
  if (!known) return std::nullopt;
  const auto below = path == "/" ? std::string("/") : std::string(path) + "/";
  bool here = false;
  bool on_path = false;
  bool some = false;
  bool all_below = true;
  for (const auto& [at, held] : known->paths) {
    const bool inside = at != path && at.starts_with(below);
    if (!(at == path || inside)) continue;
    const auto has = [&rights = *held](auto privilege) { return rights.contains(privilege); };
    const auto passes = [&rights = *held](auto privilege) {
      const auto found = rights.find(privilege);
      return found != rights.end() && found->second;
    };
    const bool any = std::ranges::any_of(privileges, has);
    // PVE lists the path itself, and below it what is ruled otherwise.
    on_path = on_path || (at == path && any);
    if (at == path) here = std::ranges::any_of(privileges, passes);
    some = some || any;
    all_below = all_below && (at == path || any);
  }
  if (alone) return on_path ? Reach::Everywhere : Reach::Nowhere;
  if (here && all_below) return Reach::Everywhere;
  return some ? Reach::Somewhere : Reach::Nowhere;
}

}  // namespace pve
