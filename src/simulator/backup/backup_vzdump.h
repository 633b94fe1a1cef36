// POST /nodes/{node}/vzdump: selects the guests, writes the log, adds the archives and prunes older ones.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "simulator/core/call.h"

namespace simulator {

/// The error (its parameter and text) if the parameters select guests in two ways, and with `complete` also
/// if they select none. Nullopt if they are valid.
std::optional<std::pair<std::string, std::string>> selection_error(const Config& job, bool complete);

/// The ids of the guests that a job selects: `here` on `node` (including deleted ones), `elsewhere` on other
/// nodes.
struct Selection {
  std::vector<unsigned> here;
  std::vector<unsigned> elsewhere;
};
Selection select_guests(const State& state, const Config& job, std::string_view node);

Answer run_vzdump(Call& call);

}  // namespace simulator
