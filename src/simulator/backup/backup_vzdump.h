// One run of vzdump: which guests, what its log says, what it leaves behind.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "simulator/core/call.h"

namespace simulator {

/// Conflicts between the parameters that select guests, as PVE finds them; with `complete` also that none
/// selects any. The key and the text of the error.
std::optional<std::pair<std::string, std::string>> selection_error(const Config& job, bool complete);

/// Guests by id that a job means: `here` on `node` (deleted ones included), `elsewhere` on others.
struct Selection {
  std::vector<unsigned> here;
  std::vector<unsigned> elsewhere;
};
Selection select_guests(const State& state, const Config& job, std::string_view node);

Answer run_vzdump(Call& call);

}  // namespace simulator
