#include "pve/permissions.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/json_read.h"

namespace pve {
namespace {

constexpr std::chrono::seconds kYoung{60};

/// PVE writes 1 for a right that is passed on, 0 for one of this path alone; nothing without the right.
std::optional<bool> passed_on(const base::JsonObject& rights, std::span<const std::string_view> privileges) {
  std::optional<bool> found;
  for (const auto privilege : privileges) {
    if (!rights.contains(privilege)) continue;
    found = found.value_or(false) || base::flag(rights, privilege);
  }
  return found;
}

}  // namespace

std::shared_ptr<const base::JsonObject> Permissions::all(const std::stop_token& stop) {
  {
    const std::scoped_lock lock(mutex_);
    if (all_ && clock_.steady() - taken_ < kYoung) return all_;
  }
  auto answer = client_.call({base::Method::Get, "/access/permissions", {}}, stop);
  if (!answer || !answer->data.is_object()) return nullptr;
  auto read = std::make_shared<const base::JsonObject>(std::move(answer->data.get_object()));
  const std::scoped_lock lock(mutex_);
  all_ = read;
  taken_ = clock_.steady();
  return read;
}

std::optional<Permissions::Reach> Permissions::reach(std::span<const std::string_view> privileges,
                                                     std::string_view path, const std::stop_token& stop) {
  const auto known = all(stop);
  if (!known) return std::nullopt;
  const auto below = path == "/" ? std::string("/") : std::string(path) + "/";
  bool here = false;
  bool some = false;
  bool all_below = true;
  for (const auto& member : *known) {
    const std::string_view at(member.key());
    const auto* rights = member.value().if_object();
    const bool inside = at != path && at.starts_with(below);
    if (rights == nullptr || !(at == path || inside)) continue;
    const auto right = passed_on(*rights, privileges);
    // PVE lists the path itself, and below it what is ruled otherwise.
    if (at == path) here = right.value_or(false);
    some = some || right.has_value();
    all_below = all_below && (at == path || right.has_value());
  }
  if (here && all_below) return Reach::Everywhere;
  return some ? Reach::Somewhere : Reach::Nowhere;
}

}  // namespace pve
