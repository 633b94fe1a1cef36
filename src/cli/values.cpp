#include "cli/values.h"

#include <string_view>

#include "base/json_read.h"
#include "base/text.h"

namespace cli {
namespace {

bool wants_text(const base::JsonObject& schema, std::string_view key) {
  return base::raw_text(base::object(base::object(schema, "properties"), key), "type") == "string";
}

}  // namespace

std::expected<base::JsonObject, std::string> arguments_of(const std::string& object,
                                                          std::span<const std::string> pairs,
                                                          const base::JsonObject& input_schema) {
  base::JsonObject values;
  if (!base::trim(object).empty()) {
    const auto parsed = base::parse_json(object);
    if (!parsed) return std::unexpected("--json does not hold JSON: " + parsed.error() + ".");
    if (!parsed->is_object()) return std::unexpected("--json must hold one JSON object.");
    values = parsed->get_object();
  }
  for (const auto& pair : pairs) {
    const auto equals = pair.find('=');
    if (equals == std::string::npos || equals == 0) {
      return std::unexpected("\"" + base::printable(pair, 80) +
                             "\" is not of the form key=value, such as vmid=100.");
    }
    const auto key = pair.substr(0, equals);
    const auto text = pair.substr(equals + 1);
    if (!wants_text(input_schema, key)) {
      if (auto parsed = base::parse_json(text)) {
        values[key] = std::move(*parsed);
        continue;
      }
    }
    if (!base::is_utf8(text))
      return std::unexpected("The value of " + base::printable(key) + " is not UTF-8.");
    values[key] = text;
  }
  return values;
}

}  // namespace cli
