// What a call lacked that PVE denied, and which commands grant it.
#pragma once

#include <stop_token>
#include <string>
#include <string_view>

#include "base/json.h"
#include "engine/cluster/cluster.h"
#include "engine/words/pve_words.h"
#include "guard/may_use.h"

namespace engine {

/// Everything an explanation is made of.
struct Case {
  const base::JsonObject& arguments;
  Cluster& cluster;
  const MayUse& may;
  const std::stop_token& stop;

  /// PVE's own words, which no value of the call brought in.
  bool is_own(std::string_view words) const { return !repeats(arguments, words); }
};

/// Of a 403: what the whole call lacks by PVE's words and facts, and, for a caller who may list the ACL, how
/// to grant it. Empty where the words are not PVE's own or nothing is lacking.
std::string denied(const pve::Error& error, const pve::Call& call, const Case& of);

/// Of PVE's reason about a parameter: that who may change an object's rights may give out no others than its
/// own. Empty of any other reason.
std::string may_not_hand_out(std::string_view parameter, std::string_view reason, const Case& of);

}  // namespace engine
