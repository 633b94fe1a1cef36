// What to do about it: the only texts that name tools outside the catalogue.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "guard/may_use.h"
#include "pve/causes.h"
#include "tool/tool.h"

namespace engine {

/// One piece of advice. Without a tool `with` is all of it.
struct Remedy {
  std::string_view with;       ///< "{}" stands for the tool's name
  tool::Endpoint tool{};       ///< by the call that it makes
  std::string_view without{};  ///< what to do where the tool may not be used; it names none
};

/// What can be advised, beside what PVE's refusals ask for.
enum class Advice : std::uint8_t {
  AwaitTask,
  AwaitTaskAndRepeat,
  StopTask,
  ReadTaskEnd,
  FollowHa,
  // Where a value comes from; clauses:
  FindGuest,
  FindTask,
  FindInterface,
  FindNode,
  FindPool,
  FindRealm,
  FindRole,
  FindStorage,
  FindUser,
};

/// The remedy in the words for somebody who may use these tools.
std::string advise(const Remedy& remedy, const MayUse& may);
std::string advise(Advice advice, const MayUse& may);

/// What to do about one of PVE's refusals, a sentence or more; "" where nothing is known.
std::string remedy(pve::Cause cause, const MayUse& may);

/// What to tell a reader of a call that failed: as pve::explain, with the remedy for its cause, or `better`
/// in its place.
std::string explanation(const pve::Error& error, std::string_view what, std::string_view base_url,
                        const MayUse& may, std::string_view better = {});

/// Every row of them, for rules over all.
std::vector<Remedy> remedies();

}  // namespace engine
