#include "pve/permissions.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/json_read.h"

namespace pve {
namespace {

constexpr std::chrono::seconds kYoung{60};

}  // namespace

Permissions::Known Permissions::read(const base::JsonObject& answer) {
  Known known;
  for (const auto& member : answer) {
    const auto* object = member.value().if_object();
    if (object == nullptr) continue;
    Rights rights;
    // PVE writes 1 for a right that is passed on, 0 for one of this path alone; nothing without the right.
    for (const auto& right : *object) rights.emplace(right.key(), base::flag(*object, right.key()));
    known.paths.emplace_back(member.key(), &*known.kinds.insert(std::move(rights)).first);
  }
  return known;
}

std::shared_ptr<const Permissions::Known> Permissions::all(const std::stop_token& stop) {
  {
    const std::scoped_lock lock(mutex_);
    if (all_ && clock_.steady() - taken_ < kYoung) return all_;
  }
  auto answer = client_.call({base::Method::Get, "/access/permissions", {}}, stop);
  if (!answer || !answer->data.is_object()) return nullptr;
  auto known = std::make_shared<const Known>(read(answer->data.get_object()));
  const std::scoped_lock lock(mutex_);
  all_ = known;
  taken_ = clock_.steady();
  return known;
}

std::optional<Permissions::Reach> Permissions::reach(std::span<const std::string_view> privileges,
                                                     std::string_view path, const std::stop_token& stop) {
  const auto known = all(stop);
  if (!known) return std::nullopt;
  const auto below = path == "/" ? std::string("/") : std::string(path) + "/";
  bool here = false;
  bool some = false;
  bool all_below = true;
  for (const auto& [at, rights] : known->paths) {
    const bool inside = at != path && at.starts_with(below);
    if (!(at == path || inside)) continue;
    const auto has = [&rights = *rights](auto privilege) { return rights.contains(privilege); };
    const auto passes = [&rights = *rights](auto privilege) {
      const auto found = rights.find(privilege);
      return found != rights.end() && found->second;
    };
    const bool any = std::ranges::any_of(privileges, has);
    // PVE lists the path itself, and below it what is ruled otherwise.
    if (at == path) here = std::ranges::any_of(privileges, passes);
    some = some || any;
    all_below = all_below && (at == path || any);
  }
  if (here && all_below) return Reach::Everywhere;
  return some ? Reach::Somewhere : Reach::Nowhere;
}

}  // namespace pve
