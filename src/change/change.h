// Describes what a change did, or would do, to its object: from the arguments and the object's state before
// and after. Reads nothing; knows the form of PVE's answers. A state that could not be read is null.
#pragma once

#include <string>

#include "base/json.h"
#include "change/description.h"
#include "facts/facts.h"
#include "tool/about.h"

namespace change {

/// A call that was carried out, or that would be.
struct Change {
  const facts::Endpoint& endpoint;
  const tool::About& about;
  const base::JsonObject& arguments;  ///< as sent, under PVE's names
  const base::Json& before;           ///< the answer to the GET of about.state
  const base::Json& after;
  /// Sizes in bytes by volume (guest_config.h); empty if they were not read.
  base::JsonObject sizes{};
};

/// Returns whether describe() can describe this kind of change, so that its states must be read.
bool can_describe(base::Method method, const tool::About& about);

/// Returns what the change did; empty if that is not known or if the row's sentence is enough.
Description describe(const Change& change);

/// Returns the state that an update of settings will leave if nothing else changes meanwhile. Null if it is
/// not known.
base::Json expected(const facts::Endpoint& endpoint, const tool::About& about,
                    const base::JsonObject& arguments, const base::Json& before);

}  // namespace change
