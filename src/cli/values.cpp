#include "cli/values.h"

#include <optional>
#include <string_view>
#include <utility>

#include "base/json_read.h"
#include "base/text.h"
#include "cli/slips.h"

namespace cli {
namespace {

bool wants_text(const base::JsonObject& schema, std::string_view key) {
  return base::raw_text(base::object(base::object(schema, "properties"), key), "type") == "string";
}

/// Sets the members of a JSON object that `source` gave.
std::optional<std::string> add_object(std::string_view source, std::string_view text,
                                      base::JsonObject& values) {
  const auto parsed = base::parse_json(text);
  if (!parsed) return no_json(source, text);
  if (!parsed->is_object()) return std::string(source) + " must be one JSON object.";
  for (const auto& member : parsed->get_object()) values[member.key()] = member.value();
  return std::nullopt;
}

std::optional<std::string> add_pair(std::string_view pair, const base::JsonObject& input_schema,
                                    base::JsonObject& values) {
  const auto equals = pair.find('=');
  const auto key = pair.substr(0, equals);
  const auto text = pair.substr(equals + 1);
  if (!wants_text(input_schema, key)) {
    if (auto parsed = base::parse_json(text)) {
      values[key] = std::move(*parsed);
      return std::nullopt;
    }
  }
  if (!base::is_utf8(text)) return "The value of " + base::printable(key) + " is not UTF-8.";
  values[key] = text;
  return std::nullopt;
}

/// The message for "vmid = 100", "vmid= 100" and "vmid =100"; nothing if blanks are not the reason why the
/// word at `index` is not a pair.
std::optional<std::string> blanks(std::span<const std::string> words, std::size_t index) {
  const auto at = [&](std::size_t i) { return i < words.size() ? std::string_view(words[i]) : ""; };
  auto key = at(index);
  auto value = at(index + 1);
  if (key.starts_with('=')) return std::nullopt;
  if (index > 0 && at(index - 1).ends_with('=')) {
    value = key;
    key = at(index - 1);
    key.remove_suffix(1);
  } else if (value == "=") {
    value = at(index + 2);
  } else if (value.starts_with('=')) {
    value.remove_prefix(1);
  } else {
    return std::nullopt;
  }
  return "Write " + as_pair(key, value) + " without blanks around the = sign.";
}

}  // namespace

std::expected<base::JsonObject, std::string> arguments_of(const std::string& object,
                                                          std::span<const std::string> pairs,
                                                          const base::JsonObject& input_schema) {
  base::JsonObject values;
  if (!base::trim(object).empty()) {
    if (auto error = add_object("--json", object, values)) return std::unexpected(*std::move(error));
  }
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const std::string_view pair = pairs[i];
    std::optional<std::string> error;
    if (base::trim(pair).starts_with('{')) {
      error = add_object("The argument", pair, values);
    } else if (const auto equals = pair.find('='); equals == std::string_view::npos || equals == 0) {
      error = blanks(pairs, i);
      if (!error)
        error = "\"" + base::printable(pair, 80) + "\" must have the form key=value, such as vmid=100.";
    } else {
      error = add_pair(pair, input_schema, values);
    }
    if (error) return std::unexpected(*std::move(error));
  }
  return values;
}

}  // namespace cli
