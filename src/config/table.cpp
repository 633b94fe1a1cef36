#include "config/table.h"

#include <algorithm>
#include <cstddef>

#include "base/text.h"

namespace config {
namespace {

// Breaks at blanks; `indent` blanks before every line but the first.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
  std::string out;
  std::size_t column = indent;
  for (const auto word : base::split(text, ' ')) {
    if (column > indent && column + 1 + word.size() > width) {
      out += '\n';
      out.append(indent, ' ');
      column = indent;
    } else if (column > indent) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
  }
  return out;
}

std::string code(std::string_view text) {
  return text.empty() ? std::string("–") : "`" + std::string(text) + "`";
}

std::string help_of(const Setting& row, const Known& known) {
  std::string text(row.help);
  const auto put = [&text](std::string_view mark, std::span<const std::string_view> names) {
    if (const auto at = text.find(mark); at != std::string::npos)
      text.replace(at, mark.size(), base::join(names, ", "));
  };
  put("{categories}", known.categories);
  std::vector<std::string_view> opt_in;
  for (const auto name : known.categories) {
    if (std::ranges::find(known.usual_categories, name) == known.usual_categories.end())
      opt_in.push_back(name);
  }
  put("{opt-in}", opt_in);
  return text;
}

}  // namespace

std::string help(const Known& known) {
  std::string out;
  for (const auto& row : table()) {
    std::string head = "  ";
    head += row.flag.empty() ? row.variable : row.flag;
    if (!row.argument.empty()) head += " " + std::string(row.argument);
    auto text = help_of(row, known);
    std::string also;
    if (!row.flag.empty()) also += row.variable;
    if (!row.alias.empty()) also += (also.empty() ? "" : ", ") + std::string(row.alias);
    if (!row.key.empty()) also += (also.empty() ? "" : "; ") + std::string("file: ") + std::string(row.key);
    if (!row.fallback.empty()) {
      also += also.empty() ? "" : "; ";
      also += row.fallback == "required" ? "required" : "default: " + std::string(row.fallback);
    }
    if (!also.empty()) text += " [" + also + "]";
    out += head + "\n      " + wrapped(text, 6, 100) + "\n";
  }
  return out;
}

std::string markdown(const Known& known) {
  std::string out = "| Variable | Flag | Key in the TOML file | Default | Meaning |\n|---|---|---|---|---|\n";
  for (const auto& row : table()) {
    std::string variable = code(row.variable);
    if (!row.alias.empty()) variable += ", " + code(row.alias);
    out += "| " + variable + " | " + code(row.flag) + " | " + code(row.key) + " | ";
    out += row.fallback.empty() ? "–" : row.fallback == "required" ? "required" : code(row.fallback);
    out += " | " + help_of(row, known) + " |\n";
  }
  return out;
}

}  // namespace config
