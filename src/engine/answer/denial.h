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
struct ErrorContext {
  const base::JsonObject& arguments;
  Cluster& cluster;
  const MayUse& may;
  const std::stop_token& stop;

  /// PVE's own words, which no value of the call brought in.
  bool is_from_pve(std::string_view words) const { return !repeats(arguments, words); }
};

/// Of a 403: what the whole call lacks by PVE's words and facts, and, for a caller who may list the ACL, how
/// to grant it. Empty where the words are not PVE's own or nothing is lacking.
std::string explain_denial(const pve::Error& error, const pve::Call& call, const ErrorContext& context);

/// Of PVE's reason about a parameter: that who may change an object's rights may give out no others than its
/// own. Empty of any other reason.
std::string explain_acl_denial(std::string_view parameter, std::string_view reason,
                               const ErrorContext& context);

}  // namespace engine
