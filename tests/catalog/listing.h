// Builds the entries of a category in tools/list, with default settings.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/row/schema.h"
#include "facts/facts.h"
#include "mcp/render.h"
#include "mcp/revision.h"
#include "tool/tool.h"

namespace catalog_test {

inline std::vector<mcp::ToolDescription> described(const tool::Category& category,
                                                   const facts::Facts& facts) {
  std::vector<mcp::ToolDescription> tools;
  for (const auto& tool : category.tools)
    tools.push_back(engine::describe(engine::Row(tool, category.name, facts, engine::Confirm::Irreversible)));
  return tools;
}

/// Returns the entries separated by commas: the text inside the brackets of tools/list.
inline std::string entries(const std::vector<mcp::ToolDescription>& tools, mcp::Revision revision) {
  std::string text;
  mcp::write_tools(tools, revision, text);
  return text.substr(1, text.size() - 2);
}

}  // namespace catalog_test
