#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/json_read.h"
#include "base/plural.h"
#include "cli/commands.h"
#include "cli/offer/offer.h"
#include "cli/output.h"
#include "guard/gate.h"
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
  text += base::count_of(rows.size(), "tools") + "\n";
  const auto offer = offer_of(categories, policy);
  for (const auto& sentence : {told(offer), warning(offer)}) {
    if (!sentence.empty()) text += sentence + "\n";
  }
  return text;
}

std::string as_result(const std::vector<mcp::ToolDescription>& list) {
  std::string text = "{\"tools\":";
  mcp::write_tools(list, mcp::Revision::R2026_07_28, text);
  return text + "}\n";
}

/// "integer", "one of hour, day, week", "list of string".
std::string kind_of(const base::JsonObject& property) {
  const auto joined = [](const base::JsonArray& words, std::string_view between) {
    std::string all;
    for (const auto& word : words) {
      if (!all.empty()) all += between;
      all += base::wire_text(word);
    }
    return all;
  };
  const auto* values = property.if_contains("enum");
  if (values != nullptr && values->is_array()) return "one of " + joined(values->get_array(), ", ");
  const auto* type = property.if_contains("type");
  if (type == nullptr) return "any";
  if (type->is_array()) return joined(type->get_array(), " or ");
  const auto* items = base::object(property, "items");
  return base::raw_text(*type) == "array" && items != nullptr ? "list of " + kind_of(*items)
                                                              : base::wire_text(*type);
}

bool is_required(const base::JsonObject& schema, std::string_view name) {
  const auto* required = schema.if_contains("required");
  return required != nullptr && required->is_array() &&
         std::ranges::any_of(required->get_array(),
                             [&](const auto& word) { return base::raw_text(word) == name; });
}

std::string as_page(const mcp::ToolDescription& tool) {
  const auto parsed = base::parse_json(tool.input_schema);
  const base::JsonObject none;
  const auto& schema = parsed && parsed->is_object() ? parsed->get_object() : none;
  const auto* listed = base::object(schema, "properties");
  const auto& properties = listed == nullptr ? none : *listed;
  std::string text =
      std::string(tool.name) + ": " + std::string(tool.title) + "\n" + tool.description + "\n\n";
  std::string example = "mcp-pve call " + std::string(tool.name);
  std::size_t width = 0;
  for (const auto& property : properties) width = std::max(width, property.key().size());
  for (const auto& property : properties) {
    const std::string_view name = property.key();
    const auto* wants = property.value().if_object();
    const bool required = is_required(schema, name);
    text += "  " + padded(name, width) + kind_of(wants == nullptr ? none : *wants);
    if (required) text += ", required";
    if (const auto about = base::raw_text(wants, "description"); !about.empty())
      text += ": " + std::string(about);
    text += '\n';
    if (required) example += " " + std::string(name) + "=…";
  }
  if (properties.empty()) text += "  It takes no arguments.\n";
  return text + "\n" + example + "\n";
}

}  // namespace

int show_tool(engine::Toolbox& toolbox, std::string_view name, bool as_json) {
  const mcp::Caller caller;
  if (const auto refusal = toolbox.refusal(caller, name)) {
    print(STDERR_FILENO, shown(guard::sentence(*refusal), ::isatty(STDERR_FILENO) == 1));
    return kUsage;
  }
  auto all = toolbox.list(caller);
  std::erase_if(all, [&](const auto& tool) { return tool.name != name; });
  if (all.empty()) return kFailed;
  return print(STDOUT_FILENO, as_json ? as_result(all) : as_page(all.front())) ? kDone : kFailed;
}

int list_tools(std::span<const tool::Category> categories, const guard::Policy& policy, mcp::Tools& tools,
               bool as_json) {
  const auto text = as_json ? as_result(tools.list(mcp::Caller{})) : as_table(categories, policy);
  return print(STDOUT_FILENO, text) ? kDone : kFailed;
}

}  // namespace cli
