#include "engine/row/schema.h"

#include <string>
#include <utility>

namespace engine {
namespace {

constexpr std::string_view kMore = " Accepts PVE's other parameters.";

/// A range from 0 or 1 without a maximum tells the model nothing that it does not know, and costs bytes.
bool is_obvious(const facts::Parameter& parameter) {
  return parameter.minimum && *parameter.minimum >= 0 && *parameter.minimum <= 1 && !parameter.maximum;
}

base::JsonObject property(const Field& field) {
  facts::Parameter parameter;
  if (field.fact != nullptr) parameter = *field.fact;
  // A guest is a number or a name, but some MCP hosts reject a schema with two types.
  parameter.type = field.guest ? facts::Type::String : field.type;
  parameter.values.assign(field.values.begin(), field.values.end());
  const bool terse = field.param != nullptr && field.param->terse;
  if (terse) parameter.values.clear();
  if (terse || field.guest || field.for_server || is_obvious(parameter)) {
    parameter.minimum.reset();
    parameter.maximum.reset();
  }
  auto schema = facts::json_schema(parameter);
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
  return schema;
}

mcp::Annotations annotations(const tool::Tool& tool) {
  mcp::Annotations hints;
  hints.read_only = tool.effect == tool::Effect::None;
  // The tools reach one cluster and no other system.
  hints.open_world = false;
  // The other hints apply only to changes. The protocol's defaults cost no bytes.
  if (hints.read_only) return hints;
  hints.destructive = tool.effect == tool::Effect::Destructive;
  hints.idempotent = tool.about.idempotent;
  return hints;
}

base::JsonObject output_schema(const tool::Tool& tool) {
  const auto of_type = [](std::string_view type) { return base::JsonObject{{"type", type}}; };
  auto schema = of_type("object");
  const auto add = [&](base::JsonObject properties, base::JsonArray required) {
    schema["properties"] = std::move(properties);
    schema["required"] = std::move(required);
  };
  // The answer is the target's.
  if (tool.door != tool::Door::None) return schema;
  if (tool.effect != tool::Effect::None) {
    add({{"message", of_type("string")},
         {"upid", of_type("string")},
         {"note", of_type("string")},
         {"plan", of_type("object")},
         {"state",
          base::JsonObject{{"type", "string"}, {"enum", base::JsonArray{"done", "warnings", "running"}}}}},
        {"message"});
  } else if (tool.view.kind == tool::View::Kind::Table) {
    add({{"count", of_type("integer")},
         {"items", base::JsonObject{{"type", "array"}, {"items", of_type("object")}}},
         {"headline", of_type("string")},
         {"next", of_type("string")},
         {"cursor", of_type("string")},
         {"summary", of_type("object")},
         {"note", of_type("string")}},
        {"count", "items"});
  } else if (tool.view.kind == tool::View::Kind::Log) {
    add({{"log", of_type("string")}}, {"log"});
  }
  return schema;
}

mcp::ToolDescription describe(const Row& row, Output output) {
  mcp::ToolDescription description;
  const auto& tool = row.tool();
  description.name = tool.name;
  description.title = tool.title;
  description.description = tool.description;
  if (row.has_more()) description.description += kMore;
  description.input_schema = base::write_json(base::Json(input_schema(row)));
  if (output == Output::Structured)
    description.output_schema = base::write_json(base::Json(output_schema(tool)));
  description.annotations = annotations(tool);
  description.may_be_task = tool.starts_task;
  return description;
}

}  // namespace engine
