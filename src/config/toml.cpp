#include "config/toml.h"

#include <optional>
#include <utility>

#include "base/toml.h"

namespace config {
namespace {

std::string at_line(std::size_t line, std::string_view clause) {
  return "line " + std::to_string(line) + ": " + std::string(clause);
}

std::optional<std::string> scalar(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* boolean = node.as_boolean()) return boolean->get() ? "true" : "false";
  return std::nullopt;
}

constexpr std::string_view kWrongType =
    "a value must be a string, an integer, true, false, or a list of these";

std::expected<std::vector<std::string>, std::string> values_of(const toml::node& node) {
  std::vector<std::string> values;
  if (const auto* items = node.as_array()) {
    for (const auto& item : *items) {
      auto value = scalar(item);
      if (!value) return std::unexpected(at_line(item.source().begin.line, kWrongType));
      values.push_back(std::move(*value));
    }
    return values;
  }
  auto value = scalar(node);
  if (!value) return std::unexpected(at_line(node.source().begin.line, kWrongType));
  values.push_back(std::move(*value));
  return values;
}

std::optional<std::string> flatten(const toml::table& table, const std::string& prefix,
                                   std::vector<TomlEntry>& out) {
  for (const auto& [name, node] : table) {
    const std::string key = prefix + std::string(name.str());
    if (const auto* inner = node.as_table()) {
      if (auto error = flatten(*inner, key + ".", out)) return error;
      continue;
    }
    auto values = values_of(node);
    if (!values) return values.error();
    out.push_back(
        {key, std::move(*values), node.is_array(), static_cast<unsigned>(node.source().begin.line)});
  }
  return std::nullopt;
}

}  // namespace

std::expected<std::vector<TomlEntry>, std::string> parse_toml(const std::string& text) {
  const auto parsed = base::parse_toml(text);
  if (!parsed && parsed.error().line == 0) return std::unexpected("this is not a text file");
  if (!parsed)
    return std::unexpected(at_line(parsed.error().line, "not valid TOML: " + parsed.error().reason));
  std::vector<TomlEntry> entries;
  if (auto error = flatten(*parsed, "", entries)) return std::unexpected(*error);
  return entries;
}

}  // namespace config
