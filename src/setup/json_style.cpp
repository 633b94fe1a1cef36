#include "setup/json_style.h"

namespace setup {

JsonStyle json_style(std::string_view text, const JsonText& read) {
  JsonStyle style{.line_end = std::string(line_end(text))};
  if (read.is_blank || !read.value.is_object()) return style;
  const auto top = json_top(read.plain);
  const auto members = json_members(read.plain, top);
  if (members.empty()) return style;
  const auto& first = members.front();
  if (first.value.begin == first.name.end + 1) style.colon = ":";
  const auto begin = line_begin(text, first.name.begin);
  const auto blanks = indentation(text, first.name.begin);
  const auto outer = indentation(text, top.begin);
  const bool own_line = begin + blanks.size() == first.name.begin;
  if (own_line && blanks.size() > outer.size() && blanks.starts_with(outer))
    style.unit = blanks.substr(outer.size());
  return style;
}

void write_styled(const base::Json& value, const JsonStyle& style, const std::string& indent,
                  std::string& out) {
  if (const auto* items = value.if_array()) {
    std::string_view separator = "[";
    for (const auto& item : *items) {
      out += separator;
      write_styled(item, style, indent, out);
      separator = ", ";
    }
    out += items->empty() ? "[]" : "]";
    return;
  }
  const auto* object = value.if_object();
  if (object == nullptr || object->empty()) {
    out += base::write_json(value);
    return;
  }
  const std::string inner = indent + style.unit;
  std::string_view separator = "{";
  for (const auto& member : *object) {
    out += separator;
    out += style.line_end + inner + styled_member(member.key(), member.value(), style, inner);
    separator = ",";
  }
  out += style.line_end + indent + "}";
}

std::string styled_member(std::string_view key, const base::Json& value, const JsonStyle& style,
                          const std::string& indent) {
  std::string out;
  base::write_json_string(key, out);
  out += style.colon;
  write_styled(value, style, indent, out);
  return out;
}

}  // namespace setup
