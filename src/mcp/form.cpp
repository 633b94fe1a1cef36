#include "mcp/form.h"

#include <algorithm>
#include <cmath>

#include "base/json_read.h"

namespace mcp {
namespace {

bool is_integer(const base::Json& value) {
  if (value.is_int64() || value.is_uint64()) return true;
  return value.is_double() && std::trunc(value.get_double()) == value.get_double();
}

bool has_type(const base::Json& value, std::string_view type) {
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_bool();
  if (type == "number") return value.is_number();
  if (type == "integer") return value.is_number() && is_integer(value);
  if (type == "array") return value.is_array();
  return true;
}

bool fits(const base::Json& value, const base::Json& schema) {
  const auto* const type = base::ObjectView(schema).member("type");
  if (type != nullptr && type->is_string() && !has_type(value, type->get_string())) return false;
  const auto* const allowed = base::ObjectView(schema).member("enum");
  if (allowed == nullptr || !allowed->is_array()) return true;
  return std::ranges::find(allowed->get_array(), value) != allowed->get_array().end();
}

/// What the user filled in, against the flat schema of the form.
bool fills(const base::Json* content, const base::JsonObject& params) {
  const auto* const schema = params.if_contains("requestedSchema");
  if (schema == nullptr) return true;
  const base::Json nothing = base::JsonObject{};
  const auto& filled = content != nullptr ? *content : nothing;
  if (!filled.is_object()) return false;
  if (const auto* const required = base::ObjectView(*schema).member("required");
      required != nullptr && required->is_array()) {
    for (const auto& name : required->get_array()) {
      if (name.is_string() && !filled.get_object().contains(name.get_string())) return false;
    }
  }
  const auto* const properties = base::ObjectView(*schema).member("properties");
  if (properties == nullptr || !properties->is_object()) return true;
  return std::ranges::all_of(properties->get_object(), [&](const auto& property) {
    const auto* const value = filled.get_object().if_contains(property.key());
    return value == nullptr || fits(*value, property.value());
  });
}

}  // namespace

std::string_view method_of(InputRequest::Kind kind) {
  switch (kind) {
    case InputRequest::Kind::Sampling:
      return "sampling/createMessage";
    case InputRequest::Kind::Roots:
      return "roots/list";
    default:
      return "elicitation/create";
  }
}

bool is_answer(const base::Json& answer, InputRequest::Kind kind) {
  if (kind == InputRequest::Kind::Roots) {
    const auto* const roots = base::ObjectView(answer).member("roots");
    return roots != nullptr && roots->is_array();
  }
  if (kind == InputRequest::Kind::Sampling) {
    const auto* const role = base::ObjectView(answer).member("role");
    return role != nullptr && role->is_string() && base::ObjectView(answer).member("content") != nullptr;
  }
  const auto* const action = base::ObjectView(answer).member("action");
  return action != nullptr && (*action == "accept" || *action == "decline" || *action == "cancel");
}

bool answers(const base::Json& answer, const InputRequest& request) {
  if (!is_answer(answer, request.kind)) return false;
  if (request.kind != InputRequest::Kind::Form || answer.at("action") != "accept") return true;
  return fills(base::ObjectView(answer).member("content"), request.params);
}

}  // namespace mcp
