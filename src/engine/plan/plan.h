// Finds out what a change would do, without sending it.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "base/json.h"
#include "engine/cluster/cluster.h"
#include "engine/outcome/describe_change.h"
#include "engine/plan/object.h"
#include "engine/row/row.h"
#include "engine/row/wording.h"
#include "guard/may_use.h"
#include "pve/client.h"

namespace engine {

/// A change that is ready to be sent, and what was read for its plan.
struct Planning {
  const Row& row;
  const base::JsonObject& arguments;  ///< by PVE's names
  const Wording& words;
  const ObjectState& before;  ///< `object` is the state that change/ compares, if it compares one
  const Object& object;
  const std::vector<std::string>& lost;     ///< losses_of()
  const std::vector<std::string>& cut_off;  ///< cut_off_by()
  const pve::Call& request;
};

struct Plan {
  /// Lines: what would happen, how the object is now, what would be lost for good, what could be cut off,
  /// what belongs to the object or refers to it, whether the API token's privileges suffice (checked for a
  /// caller who may list the ACL), and the request.
  std::string text;
  /// The same as members: request, object, now, changes, lost, pruned, cut_off, depends, refused, privileges,
  /// lacks.
  base::JsonObject facts;
};

/// Sends nothing. Masks secrets among the parameters of the request.
Plan plan_of(const Planning& planning, Cluster& cluster, const guard::MayUse& may,
             const std::stop_token& stop);

}  // namespace engine
