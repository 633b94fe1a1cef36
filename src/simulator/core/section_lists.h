// Sections of which some options are lists: the state keeps the items of one as lines of its text.
#pragma once

#include <string>
#include <string_view>

#include "simulator/core/call.h"

namespace simulator {

/// The section as JSON: of the blank-separated options, `numbers` are numbers and `lists` are arrays of text.
base::JsonObject section_with_lists(const Config& section, std::string_view numbers, std::string_view lists);

/// Sets each option that the call gives. `keys` are the blank-separated parameters that are not options, in
/// addition to `digest`, `delete`, `node` and `lock-token`.
void set_with_lists(const Call& call, std::string_view keys, Config& section);

/// All values of one parameter as lines.
std::string lines_of(const Call& call, std::string_view parameter);

}  // namespace simulator
