// All prompts of the product, nothing but rows.
#pragma once

#include <span>

#include "tool/prompt.h"

namespace catalog {

/// In the order of prompts/list and of the README.
std::span<const tool::Prompt> prompts();

}  // namespace catalog
