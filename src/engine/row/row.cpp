#include "engine/row/row.h"

#include <algorithm>
#include <string>

#include "base/text.h"
#include "engine/row/server_arguments.h"

namespace engine {
namespace {

constexpr std::string_view wire_name(const tool::Param& param) {
  return param.wire.empty() ? param.name : param.wire;
}

/// Finds PVE's endpoint of a row. PVE can have one endpoint for each value of a placeholder of the row
/// (…/services/{service}/{command}); the endpoint of the first value is used for all of them.
const facts::Endpoint* endpoint_of(const tool::Tool& tool, const facts::Facts& facts) {
  if (const auto* endpoint = facts.find(tool.call.method, tool.call.path)) return endpoint;
  for (const auto& param : tool.params) {
    if (param.values.empty() || !tool.about.in_path(wire_name(param))) continue;
    const auto path = tool::with_value(tool.call.path, wire_name(param), param.values.front());
    if (const auto* endpoint = facts.find(tool.call.method, path)) return endpoint;
  }
  return nullptr;
}

facts::Type type_of(const tool::Param& param, const facts::Parameter* fact) {
  switch (param.type) {
    case tool::Type::String:
      return facts::Type::String;
    case tool::Type::Integer:
      return facts::Type::Integer;
    case tool::Type::Boolean:
      return facts::Type::Boolean;
    case tool::Type::Object:
      return facts::Type::Object;
    case tool::Type::FromFacts:
      break;
  }
  return fact == nullptr ? facts::Type::String : fact->type;
}

bool is_required(tool::Need need, const facts::Parameter* fact, bool in_path) {
  if (in_path || need == tool::Need::Required) return true;
  return need == tool::Need::FromFacts && fact != nullptr && fact->required;
}

Field server_field(const facts::Parameter& parameter) {
  Field field;
  field.name = field.wire = parameter.name;
  field.fact = &parameter;
  field.type = parameter.type;
  field.for_server = true;
  return field;
}

}  // namespace

Row::Row(const tool::Tool& tool, std::string_view category, const facts::Facts& facts, Confirm confirm)
    : tool_(&tool), category_(category), endpoint_(endpoint_of(tool, facts)), newest_(facts.version()) {
  fields_.reserve(tool.params.size());
  for (const auto& param : tool.params) fields_.push_back(listed(param));
  const bool asks = can_ask(tool, endpoint_, confirm);
  const auto offers = static_cast<std::uint8_t>(tool.offers | (asks ? tool::kConfirm : tool::kNoOffer));
  for (const auto* parameter : server_parameters(offers)) fields_.push_back(server_field(*parameter));
}

Field Row::listed(const tool::Param& param) const {
  Field field;
  field.name = param.name;
  field.wire = wire_name(param);
  field.param = &param;
  field.fact = endpoint_ == nullptr ? nullptr : endpoint_->parameter(field.wire);
  field.type = type_of(param, field.fact);
  field.in_path = about().in_path(field.wire);
  field.guest = about().locator == tool::Locator::Guest && field.wire == "vmid";
  field.guests = about().locator == tool::Locator::Guests && field.wire == "vmid";
  field.required =
      is_required(param.need, field.fact, field.in_path) && !(field.wire == "node" && finds_node());
  if (!param.values.empty()) {
    field.values = param.values;
  } else if (field.fact != nullptr) {
    field.values = field.fact->values;
  }
  return field;
}

Field Row::unlisted(std::string_view wire, const facts::Parameter& fact) const {
  Field field;
  field.name = wire;
  field.wire = wire;
  field.fact = &fact;
  field.type = fact.type;
  field.in_path = about().in_path(wire);
  field.values = fact.values;
  return field;
}

std::optional<Field> Row::field(std::string_view name) const {
  const auto found = std::ranges::find(fields_, name, &Field::name);
  if (found != fields_.end()) return *found;
  // A caller may plan every change, and repeat a call as it was.
  for (const auto* parameter : server_parameters(tool::kConfirm)) {
    if (parameter->name == name && tool_->effect != tool::Effect::None) return server_field(*parameter);
  }
  return open() ? field_on_wire(name) : std::nullopt;
}

std::optional<Field> Row::field_on_wire(std::string_view wire) const {
  const auto found = std::ranges::find(fields_, wire, &Field::wire);
  if (found != fields_.end()) return *found;
  if (endpoint_ == nullptr) return std::nullopt;
  const auto* fact = endpoint_->parameter(wire);
  if (fact == nullptr) fact = endpoint_->former_parameter(wire);
  if (fact == nullptr) return std::nullopt;
  return unlisted(wire, *fact);
}

bool Row::has_more() const {
  constexpr int kMany = 5;
  if (!open() || endpoint_ == nullptr) return false;
  int count = 0;
  for (const auto& fact : endpoint_->parameters) {
    if (fact.indexed) return true;
    const bool listed = std::ranges::find(fields_, fact.name, &Field::wire) != fields_.end();
    if (!listed && (fact.marks & facts::kRootOnly) == 0) ++count;
  }
  return count >= kMany;
}

}  // namespace engine
