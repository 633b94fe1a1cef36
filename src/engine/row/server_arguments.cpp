#include "engine/row/server_arguments.h"

#include <algorithm>
#include <vector>

#include "base/json_read.h"
#include "tool/tool.h"

namespace engine {
namespace {

facts::Parameter of_type(facts::Type type, std::string_view name) {
  facts::Parameter parameter;
  parameter.name = name;
  parameter.type = type;
  return parameter;
}

facts::Parameter integer(std::string_view name, double least, double most) {
  auto parameter = of_type(facts::Type::Integer, name);
  parameter.minimum = least;
  parameter.maximum = most;
  return parameter;
}

std::vector<const facts::Parameter*> chosen(std::uint8_t offers) {
  static const facts::Parameter wait = integer("wait", 0, 3600);
  static const facts::Parameter fields = of_type(facts::Type::String, "fields");
  static const facts::Parameter filter = of_type(facts::Type::String, "filter");
  static const facts::Parameter limit = integer("limit", 1, 100'000);
  static const facts::Parameter cursor = [] {
    auto parameter = of_type(facts::Type::String, "cursor");
    parameter.pattern = "[0-9]{1,9}";
    return parameter;
  }();
  static const facts::Parameter chart = of_type(facts::Type::Boolean, "chart");
  static const facts::Parameter dry_run = of_type(facts::Type::Boolean, "dry_run");
  static const facts::Parameter confirm = of_type(facts::Type::String, "confirm");
  std::vector<const facts::Parameter*> all;
  if ((offers & tool::kWait) != 0) all = {&wait};
  if ((offers & tool::kSelect) != 0) all.insert(all.end(), {&fields, &filter});
  if ((offers & tool::kPage) != 0) all.insert(all.end(), {&limit, &cursor});
  if ((offers & tool::kChart) != 0) all.push_back(&chart);
  if ((offers & tool::kFields) != 0) all.push_back(&fields);
  if ((offers & tool::kConfirm) != 0) all.insert(all.end(), {&dry_run, &confirm});
  return all;
}

std::size_t number(const base::Json& value) {
  return static_cast<std::size_t>(std::max<std::int64_t>(0, base::number(value).value_or(0)));
}

void take(std::string_view name, const base::Json& value, ServerArguments& arguments) {
  if (name == "wait") arguments.wait = std::chrono::seconds(number(value));
  if (name == "fields") arguments.selection.fields = base::raw_text(value);
  if (name == "filter") arguments.selection.filter = base::raw_text(value);
  if (name == "limit") arguments.selection.limit = number(value);
  if (name == "cursor") arguments.selection.cursor = number(value);
  if (name == "chart") arguments.chart = value.is_bool() && value.get_bool();
  if (name == "dry_run") arguments.dry_run = value.is_bool() && value.get_bool();
  if (name == "confirm") arguments.confirm = base::raw_text(value);
}

}  // namespace

std::span<const facts::Parameter* const> server_parameters(std::uint8_t offers) {
  static const auto sets = [] {
    std::vector<std::vector<const facts::Parameter*>> made;
    for (unsigned set = 0; set < 64; ++set) made.push_back(chosen(static_cast<std::uint8_t>(set)));
    return made;
  }();
  return sets[offers & 63U];
}

ServerArguments take_server_arguments(Arguments& arguments) {
  ServerArguments taken;
  for (const auto& [field, value] : arguments) {
    if (field.for_server) take(field.wire, value, taken);
  }
  std::erase_if(arguments, [](const Argument& argument) { return argument.field.for_server; });
  return taken;
}

}  // namespace engine
