// The parameters that this server adds to a row and evaluates itself: they never reach PVE.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>

#include "engine/row/row.h"
#include "facts/facts.h"
#include "view/selection.h"

namespace engine {

/// The parameters of a set of tool::Offer, in a fixed order. They live as long as the program.
std::span<const facts::Parameter* const> server_parameters(std::uint8_t offers);

/// The values of one call.
struct ServerArguments {
  std::chrono::seconds wait{0};
  view::Selection selection;
  bool chart = false;
  bool dry_run = false;
  std::string confirm{};  ///< the id of a plan, as the caller wrote it
};

/// Moves them out of checked arguments. Arguments of PVE with the same name stay: PVE has a "limit" too.
ServerArguments take_server_arguments(Arguments& arguments);

}  // namespace engine
