#include "engine/row/own.h"

#include <algorithm>
#include <vector>

#include "base/json_read.h"
#include "tool/tool.h"

namespace engine {
namespace {

facts::Parameter own(std::string_view name, facts::Type type) {
  facts::Parameter parameter;
  parameter.name = name;
  parameter.type = type;
  return parameter;
}

facts::Parameter whole(std::string_view name, double least, double most) {
  auto parameter = own(name, facts::Type::Integer);
  parameter.minimum = least;
  parameter.maximum = most;
  return parameter;
}

std::vector<const facts::Parameter*> chosen(std::uint8_t offers) {
  static const facts::Parameter wait = whole("wait", 0, 3600);
  static const facts::Parameter fields = own("fields", facts::Type::String);
  static const facts::Parameter filter = own("filter", facts::Type::String);
  static const facts::Parameter limit = whole("limit", 1, 100'000);
  static const facts::Parameter cursor = [] {
    auto parameter = own("cursor", facts::Type::String);
    parameter.pattern = "[0-9]{1,9}";
    return parameter;
  }();
  static const facts::Parameter chart = own("chart", facts::Type::Boolean);
  static const facts::Parameter dry_run = own("dry_run", facts::Type::Boolean);
  static const facts::Parameter confirm = own("confirm", facts::Type::String);
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

void take(std::string_view name, const base::Json& value, Own& own) {
  if (name == "wait") own.wait = std::chrono::seconds(number(value));
  if (name == "fields") own.selection.fields = base::raw_text(value);
  if (name == "filter") own.selection.filter = base::raw_text(value);
  if (name == "limit") own.selection.limit = number(value);
  if (name == "cursor") own.selection.cursor = number(value);
  if (name == "chart") own.chart = value.is_bool() && value.get_bool();
  if (name == "dry_run") own.dry_run = value.is_bool() && value.get_bool();
  if (name == "confirm") own.confirm = base::raw_text(value);
}

}  // namespace

std::span<const facts::Parameter* const> own_parameters(std::uint8_t offers) {
  static const auto sets = [] {
    std::vector<std::vector<const facts::Parameter*>> made;
    for (unsigned set = 0; set < 64; ++set) made.push_back(chosen(static_cast<std::uint8_t>(set)));
    return made;
  }();
  return sets[offers & 63U];
}

Own take_own(Arguments& arguments) {
  Own own;
  for (const auto& [field, value] : arguments) {
    if (field.own) take(field.wire, value, own);
  }
  std::erase_if(arguments, [](const Argument& argument) { return argument.field.own; });
  return own;
}

}  // namespace engine
