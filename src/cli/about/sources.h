// The parts of what `mcp-pve print` prints, for the files of this folder.
#pragma once

#include <string>

#include "cli/arguments.h"
#include "cli/known.h"
#include "cli/slips.h"

namespace cli {

std::string manual();
std::string bash_completion();
std::string zsh_completion();
std::string fish_completion();

}  // namespace cli
