#include <unistd.h>

#include <algorithm>
#include <string>

#include "cli/commands.h"
#include "cli/output.h"
#include "mcp/render.h"

namespace cli {
namespace {

std::string padded(std::string_view text, std::size_t width) {
  std::string out(text);
  if (out.size() < width) out.append(width - out.size(), ' ');
  return out + "  ";
}

std::string as_table(std::span<const tool::Category> categories, const guard::Policy& policy) {
  struct Row {
    std::string_view name, tier, category, title;
  };
  std::vector<Row> rows;
  for (const auto& category : categories) {
    for (const auto& tool : category.tools) {
      if (policy.refusal(tool, category.name)) continue;
      rows.push_back({tool.name, tool::name(tool.tier), category.name, tool.title});
    }
  }
  const auto widest = [&rows](std::string_view Row::* cell) {
    std::size_t width = 0;
    for (const auto& row : rows) width = std::max(width, (row.*cell).size());
    return width;
  };
  const auto name = widest(&Row::name);
  const auto tier = widest(&Row::tier);
  const auto category = widest(&Row::category);
  std::string text;
  for (const auto& row : rows) {
    text += padded(row.name, name) + padded(row.tier, tier) + padded(row.category, category);
    text += std::string(row.title) + '\n';
  }
  return text + std::to_string(rows.size()) + " tools\n";
}

std::string as_result(mcp::Tools& tools) {
  std::string text = "{\"tools\":";
  mcp::write_tools(tools.list(mcp::Caller{}), mcp::Revision::R2026_07_28, text);
  return text + "}\n";
}

}  // namespace

int list_tools(std::span<const tool::Category> categories, const guard::Policy& policy, mcp::Tools& tools,
               bool as_json) {
  const auto text = as_json ? as_result(tools) : as_table(categories, policy);
  return print(STDOUT_FILENO, text) ? kDone : kFailed;
}

}  // namespace cli
