// Advises what to do after an error. Outside the catalog, only these texts name tools.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "guard/may_use.h"
#include "pve/causes.h"
#include "tool/tool.h"

namespace engine {

/// One piece of advice. If it needs no tool, `with` is the whole text.
struct Remedy {
  std::string_view with;       ///< "{}" stands for the tool's name
  tool::Endpoint tool{};       ///< the call that the tool makes
  std::string_view without{};  ///< the text for a caller who may not use the tool; it names no tool
};

/// Advice that is not about an error of PVE.
enum class Advice : std::uint8_t {
  AwaitTask,
  AwaitTaskAndRepeat,
  StopTask,
  ReadTaskEnd,
  FollowHa,
  // Clauses that say where a value comes from:
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

/// The text of the remedy for a caller with these tools.
std::string advise(const Remedy& remedy, const guard::MayUse& may);
std::string advise(Advice advice, const guard::MayUse& may);

/// What to do about an error of PVE: one sentence or more; empty if nothing is known.
std::string remedy(pve::Cause cause, const guard::MayUse& may);

/// Explains a failed call like pve::explain(), with the remedy for its cause, or with `better` instead of
/// that.
std::string explanation(const pve::Error& error, std::string_view what, std::string_view base_url,
                        const guard::MayUse& may, std::string_view better = {});

/// All rows, for tests that check each of them.
std::vector<Remedy> remedies();

}  // namespace engine
