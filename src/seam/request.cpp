#include "seam/request.h"

#include <utility>

namespace mcp {

NeedInput ask_form(std::string key, std::string_view message, base::JsonObject requested_schema) {
  base::JsonObject params;
  params["message"] = message;
  params["requestedSchema"] = std::move(requested_schema);
  NeedInput need;
  need.requests.push_back({std::move(key), InputRequest::Kind::Form, std::move(params)});
  return need;
}

NeedInput ask_confirmation(std::string key, std::string_view message) {
  base::JsonObject confirm;
  confirm["type"] = "boolean";
  confirm["title"] = "Yes, do it";
  confirm["default"] = false;
  base::JsonObject properties;
  properties["confirm"] = std::move(confirm);
  base::JsonObject schema;
  schema["type"] = "object";
  schema["properties"] = std::move(properties);
  schema["required"] = base::JsonArray{base::Json("confirm")};
  auto need = ask_form(std::move(key), message, std::move(schema));
  need.requests.front().kind = InputRequest::Kind::Confirmation;
  return need;
}

bool confirmed(const base::JsonObject& inputs, std::string_view key) {
  const auto* const answer = inputs.if_contains(key);
  const auto* const members = answer != nullptr ? answer->if_object() : nullptr;
  const auto* const action = members != nullptr ? members->if_contains("action") : nullptr;
  if (action == nullptr || *action != "accept") return false;
  const auto* const content = members->if_contains("content");
  const auto* const fields = content != nullptr ? content->if_object() : nullptr;
  const auto* const yes = fields != nullptr ? fields->if_contains("confirm") : nullptr;
  return yes != nullptr && yes->is_bool() && yes->get_bool();
}

}  // namespace mcp
