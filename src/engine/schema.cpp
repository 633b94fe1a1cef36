#include "engine/schema.h"

#include <string>
#include <utility>

namespace engine {
namespace {

constexpr std::string_view kMore = " PVE's other parameters work too.";

base::JsonObject property(const Field& field) {
  facts::Parameter parameter;
  if (field.fact != nullptr) parameter = *field.fact;
  parameter.type = field.type;
  parameter.values = field.values;
  if (field.param != nullptr && field.param->terse) {
    parameter.values.clear();
    parameter.minimum.reset();
    parameter.maximum.reset();
  }
  auto schema = facts::json_schema(parameter);
  if (field.guest) schema["type"] = base::JsonArray{"integer", "string"};
  if (field.own) schema.erase("maximum");
  if (field.own) schema.erase("minimum");
  if (field.own) schema.erase("pattern");
  if (field.param != nullptr && !field.param->description.empty()) {
    schema["description"] = field.param->description;
  }
  return schema;
}

}  // namespace

base::JsonObject input_schema(const Row& row) {
  base::JsonObject properties;
  base::JsonArray required;
  for (const auto& field : row.fields()) {
    properties[field.name] = property(field);
    if (field.required) required.emplace_back(field.name);
  }
  base::JsonObject schema;
  schema["type"] = "object";
  schema["properties"] = std::move(properties);
  if (!required.empty()) schema["required"] = std::move(required);
  if (!row.open()) schema["additionalProperties"] = false;
  return schema;
}

mcp::Annotations annotations(const tool::Tool& tool) {
  mcp::Annotations hints;
  hints.read_only = tool.effect == tool::Effect::None;
  // One cluster, not the open world.
  hints.open_world = false;
  // Of a read the protocol asks nothing else: what stays at its default costs no bytes.
  if (hints.read_only) return hints;
  hints.destructive = tool.effect == tool::Effect::Destructive;
  hints.idempotent = tool.idempotent;
  return hints;
}

mcp::ToolDescription describe(const Row& row) {
  mcp::ToolDescription description;
  const auto& tool = row.tool();
  description.name = tool.name;
  description.title = tool.title;
  description.description = tool.description;
  if (row.has_more()) description.description += kMore;
  description.input_schema = base::write_json(base::Json(input_schema(row)));
  description.annotations = annotations(tool);
  return description;
}

}  // namespace engine
