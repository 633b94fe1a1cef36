// toml++ as this program uses it. Its classes differ with its macros, so every file includes it here: two
// files that disagree destroy each other's values.
#pragma once

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>
