// Explains a permission error of PVE: which rights the call lacked, and which commands grant them.
#pragma once

#include <stop_token>
#include <string>
#include <string_view>

#include "base/json.h"
#include "engine/cluster/cluster.h"
#include "engine/words/pve_words.h"
#include "guard/may_use.h"

namespace engine {

/// The failed call, and what its explanation may use.
struct ErrorContext {
  const base::JsonObject& arguments;
  Cluster& cluster;
  const guard::MayUse& may;
  const std::stop_token& stop;

  /// True if no argument of the call contains these words, so that they come from PVE.
  bool is_from_pve(std::string_view words) const { return !repeats(arguments, words); }
};

/// Explains status 403: which rights the whole call lacks, by PVE's message and by the facts. Adds the
/// commands that grant them if the caller may list the ACL. Empty if the message is not PVE's own, or if no
/// right is lacking.
std::string explain_denial(const pve::Error& error, const pve::Call& call, const ErrorContext& context);

/// Explains PVE's error that the token may grant only its own rights. Empty for other errors.
std::string explain_acl_denial(std::string_view parameter, std::string_view reason,
                               const ErrorContext& context);

}  // namespace engine
