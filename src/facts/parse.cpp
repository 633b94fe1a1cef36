#include "facts/parse.h"

#include <algorithm>
#include <utility>

#include "base/number.h"
#include "base/text.h"

namespace facts {
namespace {

void read_type(std::string_view text, Parameter& parameter) {
  parameter.required = text.ends_with('!');
  if (parameter.required) text.remove_suffix(1);
  const auto found = std::ranges::find(kTypeNames, text);
  if (found != kTypeNames.end()) parameter.type = static_cast<Type>(found - kTypeNames.begin());
}

/// Takes the text before the next `separator` off `rest`.
std::string_view take(std::string_view& rest, char separator) {
  const auto end = std::min(rest.find(separator), rest.size());
  const auto part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

/// "forward:8.3-", "glusterfs:-8.4", "technitium:8.4-9.1".
DatedValue dated_value(std::string_view text) {
  const auto colon = std::min(text.rfind(':'), text.size());
  auto versions = text.substr(std::min(colon + 1, text.size()));
  const auto since = take(versions, '-');
  return {text.substr(0, colon), {parse_version(since), parse_version(versions)}};
}

void read_attribute(std::string_view field, Parameter& parameter) {
  const auto equals = field.find('=');
  if (equals == std::string_view::npos) return;
  const auto key = field.substr(0, equals);
  const auto value = field.substr(equals + 1);
  if (key == "min") parameter.minimum = base::parse_number<double>(value);
  if (key == "max") parameter.maximum = base::parse_number<double>(value);
  if (key == "minlen") parameter.min_length = base::parse_number<std::uint32_t>(value);
  if (key == "maxlen") parameter.max_length = base::parse_number<std::uint32_t>(value);
  if (key == "enum") parameter.values = base::split(value, '|');
  if (key == "dated") {
    for (const auto part : base::split(value, '|')) parameter.dated_values.push_back(dated_value(part));
  }
  if (key == "format") parameter.format = value;
  if (key == "form") parameter.form = value;
  if (key == "needs") parameter.needs = value;
  if (key == "default") parameter.default_value = value;
  if (key == "pattern") parameter.pattern = value;
  read_lifetime(field, parameter.lifetime);
}

void parse_parameter(std::string_view line, Parameter& parameter) {
  parameter.name = take(line, '\t');
  if (parameter.name.ends_with("[n]")) {
    parameter.name.remove_suffix(3);
    parameter.indexed = true;
  }
  read_type(take(line, '\t'), parameter);
  while (!line.empty()) read_attribute(take(line, '\t'), parameter);
}

void parse_head(std::string_view line, Endpoint& endpoint) {
  const auto fields = base::split(line, '\t');
  const auto blank = fields.front().find(' ');
  endpoint.method = base::method_named(fields.front().substr(0, blank)).value_or(base::Method::Get);
  if (blank != std::string_view::npos) endpoint.path = fields.front().substr(blank + 1);
  for (std::size_t i = 1; i < fields.size(); ++i) {
    if (fields[i] == "notoken") endpoint.allow_token = false;
    if (fields[i] == "additional") endpoint.additional = true;
    if (fields[i] == "task") endpoint.starts_task = true;
    if (fields[i].starts_with('{')) endpoint.permissions = fields[i];
    read_lifetime(fields[i], endpoint.lifetime);
  }
}

void parse_member(std::string_view line, Member& member) {
  for (const auto field : base::split(line, '\t')) {
    if (field.starts_with("alias=")) member.alias = field.substr(6);
    if (field.starts_with("keyalias=")) member.key_alias = field.substr(9);
    if (field == "unnamed=1") member.unnamed = true;
  }
  parse_parameter(line, member.value);
}

}  // namespace

void read_lifetime(std::string_view field, Lifetime& lifetime) {
  if (field.starts_with("since=")) lifetime.since = parse_version(field.substr(6));
  if (field.starts_with("until=")) lifetime.until = parse_version(field.substr(6));
}

Endpoint parse_endpoint(std::string_view block) {
  Endpoint endpoint;
  parse_head(take(block, '\n'), endpoint);
  endpoint.parameters.reserve(static_cast<std::size_t>(std::ranges::count(block, '\n')) + 1);
  while (!block.empty()) {
    const auto line = take(block, '\n');
    if (!line.starts_with('\t')) continue;
    auto& parameter = endpoint.parameters.emplace_back();
    parse_parameter(line.substr(1), parameter);
    if (!parameter.lifetime.until) continue;
    endpoint.former.push_back(std::move(parameter));
    endpoint.parameters.pop_back();
  }
  mark(endpoint);
  return endpoint;
}

std::vector<Member> parse_form(std::string_view block) {
  std::vector<Member> members;
  while (!block.empty()) {
    const auto line = take(block, '\n');
    if (line.starts_with('\t')) parse_member(line.substr(1), members.emplace_back());
  }
  return members;
}

}  // namespace facts
