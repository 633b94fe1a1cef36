// All prompts: rows only.
#pragma once

#include <span>

#include "tool/prompt.h"

namespace catalog {

/// Returns the prompts in the order of prompts/list and of docs/prompts.md.
std::span<const tool::Prompt> prompts();

}  // namespace catalog
