// A call of each tool that works, taken from its recorded session.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "sessions/session.h"
#include "tool/tool.h"

namespace sessions {

struct Example {
  std::string category;
  const tool::Tool* tool = nullptr;

  /// The steps before the call; performing them makes the call work.
  std::vector<Step> before() const;
  base::JsonObject arguments() const;
};

/// One for every tool of the catalog, in its order.
std::vector<Example> examples();
/// Those of tools that ask PVE something in each call: not of the search.
std::vector<Example> asking_examples();

/// tests/sessions/<category>/<tool>.session
std::string file_of(const Example& example);
std::string read_file(const std::string& path);

/// GoogleTest names a parameterised test after it.
void PrintTo(const Example& example, std::ostream* out);

}  // namespace sessions
