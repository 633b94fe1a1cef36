#include "engine/door/describe.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "base/ascii.h"
#include "base/near.h"
#include "base/text.h"
#include "engine/check/value.h"
#include "engine/door/needs.h"
#include "facts/irreversible.h"
#include "facts/property_string.h"

namespace engine {
namespace {

/// A parameter in one line: "disk* text matching ^/dev/…", "net[n] text (net0 to net31)".
struct Line {
  std::string name;
  std::string text;
  bool required = false;
};

std::string range(const facts::Parameter& fact) {
  if (fact.minimum && fact.maximum) return fmt::format(" {} to {}", *fact.minimum, *fact.maximum);
  if (fact.minimum) return fmt::format(" >= {}", *fact.minimum);
  if (fact.maximum) return fmt::format(" <= {}", *fact.maximum);
  return {};
}

std::string values(std::span<const std::string_view> all) {
  constexpr std::size_t kMost = 12;
  if (all.empty()) return {};
  return fmt::format(": {}{}", base::join(all.first(std::min(all.size(), kMost)), ", "),
                     all.size() > kMost ? ", …" : "");
}

std::string versions(const facts::Lifetime& lifetime) {
  std::string text;
  if (lifetime.since) text += fmt::format("; since PVE {}", facts::to_text(*lifetime.since));
  if (lifetime.until) text += fmt::format("; until PVE {}", facts::to_text(*lifetime.until));
  return text;
}

std::string members(const facts::Parameter& fact) {
  const auto* all = facts::members_of(fact);
  if (all == nullptr) return {};
  std::vector<std::string> names;
  for (const auto& member : *all)
    names.push_back(std::string(member.value.name) + (member.value.required ? "*" : ""));
  const std::vector<std::string_view> views(names.begin(), names.end());
  return fmt::format(" of {}", base::join(views, ", "));
}

std::string marks(std::uint8_t marks) {
  std::string text;
  if ((marks & facts::kSecret) != 0) text += "; secret";
  if ((marks & facts::kRootOnly) != 0) text += "; root@pam only";
  if ((marks & facts::kFullTier) != 0) text += "; tier full";
  return text;
}

std::string kind(const Field& field) {
  if (field.guest) return "number or name of a guest";
  if (field.fact != nullptr && !field.fact->form.empty()) return "property string";
  return std::string(facts::name(field.type));
}

Line line_of(const Field& field) {
  Line line{std::string(field.name), kind(field), field.required};
  if (field.param != nullptr && !field.param->description.empty())
    line.text += fmt::format(" ({})", field.param->description);
  line.text += values(field.values);
  if (field.fact == nullptr) return line;
  const auto& fact = *field.fact;
  if (!field.guest) line.text += range(fact);
  if (fact.indexed && !base::is_digit(line.name.back())) line.name += "[n]";
  line.text += members(fact);
  if (!fact.default_value.empty())
    line.text += fmt::format("; default {}", base::printable(fact.default_value, 40));
  if (!fact.needs.empty()) line.text += fmt::format("; needs {}", fact.needs);
  line.text += marks(fact.marks) + versions(fact.lifetime);
  return line;
}

bool is_listed(const Row& row, std::string_view wire) {
  return std::ranges::find(row.fields(), wire, &Field::wire) != row.fields().end();
}

std::vector<Line> lines_of(const Row& row) {
  std::vector<Line> lines;
  for (const auto& field : row.fields()) {
    if (field.for_server && (field.name == "dry_run" || field.name == "confirm")) continue;
    lines.push_back(line_of(field));
  }
  if (row.open() && row.endpoint() != nullptr) {
    for (const auto& fact : row.endpoint()->parameters) {
      if (is_listed(row, fact.name)) continue;
      Field field;
      field.name = field.wire = fact.name;
      field.fact = &fact;
      field.type = fact.type;
      field.values = fact.values;
      lines.push_back(line_of(field));
    }
  }
  std::vector<Line> sorted;
  for (const bool required : {true, false}) {
    std::ranges::copy_if(lines, std::back_inserter(sorted),
                         [&](const Line& line) { return line.required == required; });
  }
  return sorted;
}

std::string arguments_text(const std::vector<Line>& lines, std::size_t budget) {
  if (lines.empty()) return "It takes no arguments.\n";
  std::string text = "Arguments (* must be given):\n";
  std::vector<std::string_view> rest;
  for (const auto& line : lines) {
    auto shown = fmt::format("- {}{} {}\n", line.name, line.required ? "*" : "", line.text);
    if (rest.empty() && (line.required || text.size() + shown.size() + 300 < budget)) {
      text += shown;
    } else {
      rest.push_back(line.name);
    }
  }
  if (rest.empty()) return text;
  std::string names;
  std::size_t left_out = 0;
  for (const auto name : rest) {
    if (text.size() + names.size() + name.size() + 80 < budget) {
      names += (names.empty() ? "" : ", ") + std::string(name);
    } else {
      ++left_out;
    }
  }
  text += fmt::format("- Also {}{}; parameter=NAME explains one.\n", names,
                      left_out == 0 ? "" : fmt::format(" and {} more", left_out));
  return text;
}

std::string destroyed(const Row& row) {
  if (row.endpoint() == nullptr || row.tool().call.method == base::Method::Get) return {};
  std::vector<std::string> clauses;
  for (const auto& risk : facts::risks(row.endpoint()->method, row.endpoint()->path)) {
    const auto when = facts::condition(risk);
    clauses.push_back(fmt::format("{}{}", risk.what, when.empty() ? "" : fmt::format(" ({})", when)));
  }
  if (clauses.empty()) return {};
  return fmt::format("May destroy for good: {}.\n", fmt::join(clauses, "; "));
}

std::string example(const CallTarget& target) {
  base::JsonObject arguments;
  for (const auto& field : target.row->fields()) {
    if (!field.required) continue;
    arguments[field.name] = !field.values.empty() ? field.values.front()
                            : field.guest         ? std::string_view("web01")
                                                  : std::string_view("…");
  }
  return fmt::format("Example: {}\n",
                     base::write_json(base::Json(base::JsonObject{{"target", target.row->tool().name},
                                                                  {"arguments", std::move(arguments)}})));
}

std::string head(const CallTarget& target, std::string_view call_with) {
  const auto& tool = target.row->tool();
  const auto call = tool.call.path.empty()
                        ? std::string()
                        : fmt::format(" ({} {})", base::name(tool.call.method), tool.call.path);
  const auto what = tool.description.empty() || tool.description == tool.name ? std::string_view(tool.title)
                                                                              : tool.description;
  return fmt::format("{}: {}{}\nTier {}; call it with {}.{}{}\n", tool.name, what,
                     tool.name.ends_with(tool.call.path) ? "" : call, tool::name(tool.tier), call_with,
                     tool.starts_task ? " It starts a task and waits for its end." : "",
                     target.is_unknown() && !tool.call.path.empty()
                         ? " This server's facts lack it: it is sent unchecked."
                         : "");
}

}  // namespace

std::string describe_target(const CallTarget& target, std::string_view call_with, Cluster& cluster,
                            const guard::MayUse& may, const std::stop_token& stop) {
  const auto& row = *target.row;
  auto text = head(target, call_with);
  if (row.endpoint() != nullptr) {
    if (const auto since = versions(row.endpoint()->lifetime); !since.empty())
      text += "Only" + since.substr(1) + ".\n";
    text += needs_text(*row.endpoint(), cluster, may, stop);
  }
  text += destroyed(row);
  const auto end = example(target);
  const auto used = text.size() + end.size();
  text += arguments_text(lines_of(row), kMostDescribed > used ? kMostDescribed - used : 0);
  return text + end;
}

std::expected<std::string, std::string> describe_parameter(const CallTarget& target, std::string_view name,
                                                           const guard::MayUse& may) {
  const auto& row = *target.row;
  if (name.ends_with("[n]")) name.remove_suffix(3);
  auto field = row.field(name);
  if (!field && row.endpoint() != nullptr) field = row.field(std::string(name) + "0");
  if (!field) {
    std::vector<std::string> names;
    for (const auto& line : lines_of(row)) names.push_back(line.name);
    const std::vector<std::string_view> views(names.begin(), names.end());
    const auto near = base::nearest(name, views);
    return std::unexpected(fmt::format("{} has no parameter {}{}", row.tool().name, base::printable(name, 60),
                                       near.empty() ? "." : fmt::format("; did you mean {}?", near)));
  }
  const auto line = line_of(*field);
  auto text = fmt::format("{}{} {}\nExpected: {}.\n", line.name, line.required ? "*" : "", line.text,
                          expectation(*field, may));
  const auto* all = field->fact == nullptr ? nullptr : facts::members_of(*field->fact);
  if (all == nullptr) return text;
  text += "Members (name=value, with commas between them):\n";
  for (const auto& member : *all) {
    Field of_member;
    of_member.name = of_member.wire = member.value.name;
    of_member.fact = &member.value;
    of_member.type = member.value.type;
    of_member.values = member.value.values;
    of_member.required = member.value.required;
    const auto shown = line_of(of_member);
    text += fmt::format("- {}{} {}{}\n", shown.name, shown.required ? "*" : "", shown.text,
                        member.unnamed ? "; the name may be left out" : "");
  }
  return text;
}

}  // namespace engine
