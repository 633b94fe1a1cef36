// What a change did to its object: from the arguments and the object's state before and after, or as it is
// expected to be. Reads nothing; knows the shapes of PVE's answers. A state that could not be read is null.
#pragma once

#include <string>

#include "base/json.h"
#include "change/told.h"
#include "facts/facts.h"
#include "tool/about.h"

namespace change {

/// One call that has been carried out, or would be.
struct Change {
  const facts::Endpoint& endpoint;
  const tool::About& about;
  const base::JsonObject& arguments;  ///< by PVE's names, as sent
  const base::Json& before;           ///< of about.state
  const base::Json& after;
  /// Bytes by volume (guest_config.h); empty where nobody asked.
  base::JsonObject sizes{};
};

/// Whether tell() knows the kind of change: of the others nobody need read a state.
bool tells(base::Method method, const tool::About& about);

/// What it did. Empty where nothing is known or the sentence of the row says all.
Told tell(const Change& change);

/// The state after the call, where nothing else happens meanwhile: of an update of settings. Null where this
/// is not known.
base::Json expected(const facts::Endpoint& endpoint, const tool::About& about,
                    const base::JsonObject& arguments, const base::Json& before);

}  // namespace change
