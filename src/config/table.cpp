#include "config/table.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "config/apply.h"

namespace config {
namespace {

// Breaks at blanks; `indent` before every line but the first.
std::string wrapped(std::string_view text, std::string_view indent, std::size_t width) {
  std::string out;
  std::size_t column = indent.size();
  for (const auto word : base::split(text, ' ')) {
    if (column > indent.size() && column + 1 + word.size() > width) {
      out += '\n';
      out += indent;
      column = indent.size();
    } else if (column > indent.size()) {
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

// The default of a setting as TOML, or what its flag takes.
std::string example_value(const Setting& row) {
  const auto& text = row.fallback;
  if (text == "off") return "false";
  const bool number = !text.empty() && std::ranges::all_of(text, base::is_digit);
  if (text == "true" || number) return std::string(text);
  if (!text.empty() && text != "required") return "\"" + std::string(text) + "\"";
  return "\"" + std::string(row.argument.empty() ? "SECRET" : row.argument) + "\"";
}

}  // namespace

std::span<const std::string_view> choices_of(const Setting& row, const Known& known) {
  static constexpr std::string_view kBooleans[] = {"true", "false"};
  const std::pair<Apply, std::span<const std::string_view>> all[] = {{apply::tier, known.tiers},
                                                                     {apply::categories, known.categories},
                                                                     {apply::confirm, known.confirms},
                                                                     {apply::approval, known.approvals},
                                                                     {apply::output, known.outputs},
                                                                     {apply::pve, known.releases},
                                                                     {apply::ignore_findings, known.findings},
                                                                     {apply::audit, apply::kAudits},
                                                                     {apply::audit_log, apply::kAuditLogs},
                                                                     {apply::chart_theme, apply::kThemes},
                                                                     {apply::log, apply::kLogForms},
                                                                     {apply::verify_ssl, kBooleans}};
  for (const auto& [apply, words] : all) {
    if (row.apply == apply) return words;
  }
  return {};
}

bool takes_path(const Setting& row) { return row.argument == "FILE" || row.argument == "FOLDER"; }

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
    out += head + "\n      " + wrapped(text, "      ", 100) + "\n";
  }
  return out;
}

std::string example(const Known& known) {
  std::string out =
      "# Settings of mcp-pve. Each key below has its default, or says what it takes; remove the # in front "
      "of it\n"
      "# to set it. Flags and environment variables override this file. It may hold a secret, so other "
      "users\n"
      "# must not be able to read it then (chmod 600).\n";
  std::string table_name;
  const auto add = [&](const Setting& row, std::string_view key) {
    out += "\n# " + wrapped(help_of(row, known), "# ", 110) + "\n#" + std::string(key) + " = " +
           example_value(row) + "\n";
  };
  for (const auto& row : table()) {
    if (!row.key.empty() && row.key.find('.') == std::string_view::npos) add(row, row.key);
  }
  for (const auto& row : table()) {
    const auto dot = row.key.find('.');
    if (dot == std::string_view::npos) continue;
    if (row.key.substr(0, dot) != table_name) {
      table_name = row.key.substr(0, dot);
      out += "\n[" + table_name + "]\n";
    }
    add(row, row.key.substr(dot + 1));
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
