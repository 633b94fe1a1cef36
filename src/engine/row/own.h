// Parameters that are this server's own: a row offers them, PVE never sees them.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>

#include "engine/row/row.h"
#include "facts/facts.h"
#include "view/selection.h"

namespace engine {

/// Those of a set of tool::Offer, in a fixed order; they live as long as the program.
std::span<const facts::Parameter* const> own_parameters(std::uint8_t offers);

/// Their values of one call.
struct Own {
  std::chrono::seconds wait{0};
  view::Selection selection;
  bool chart = false;
  bool dry_run = false;
  std::string confirm{};  ///< the id of a plan, as it was written
};

/// Takes them out of checked arguments. What the row does not offer stays: PVE has a "limit" of its own.
Own take_own(Arguments& arguments);

}  // namespace engine
