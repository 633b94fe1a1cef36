#include <cmath>

#include "base/number.h"
#include "facts/facts.h"

namespace facts {
namespace {

base::Json number(double value) {
  constexpr double kExact = 9007199254740992.0;  // 2^53
  if (value == std::floor(value) && std::abs(value) < kExact) return static_cast<std::int64_t>(value);
  return value;
}

base::Json member(Type type, std::string_view text) {
  if (type == Type::Integer) {
    if (const auto whole = base::parse_number<std::int64_t>(text)) return *whole;
  }
  return boost::json::string(text);
}

void constrain(const Parameter& parameter, base::JsonObject& schema) {
  if (!parameter.values.empty()) {
    base::JsonArray values;
    for (const auto value : parameter.values) values.push_back(member(parameter.type, value));
    schema["enum"] = std::move(values);
  }
  if (parameter.minimum) schema["minimum"] = number(*parameter.minimum);
  if (parameter.maximum) schema["maximum"] = number(*parameter.maximum);
}

}  // namespace

base::JsonObject json_schema(const Parameter& parameter) {
  base::JsonObject schema;
  schema["type"] = name(parameter.type);
  if (parameter.type != Type::Array) {
    constrain(parameter, schema);
    return schema;
  }
  base::JsonObject items;
  items["type"] = parameter.minimum || parameter.maximum ? "integer" : "string";
  constrain(parameter, items);
  schema["items"] = std::move(items);
  return schema;
}

}  // namespace facts
