// The tools of the category api: they search, describe and call the tools of all categories and the endpoints
// of PVE.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/json_read.h"
#include "base/text.h"
#include "engine/answer/render.h"
#include "engine/door/describe.h"
#include "engine/index.h"
#include "engine/run.h"
#include "engine/toolbox.h"
#include "facts/irreversible.h"

namespace engine {
namespace {

using tool::Door;

constexpr std::size_t kMostHits = 10;
constexpr std::size_t kSearch = 1000;   ///< bytes of an answer
constexpr std::size_t kQuestion = 300;  ///< bytes; each word costs a look at all targets

std::string shortened(std::string text, std::size_t most) {
  if (text.size() <= most) return text;
  auto end = most - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  text.resize(end);
  return text + "…";
}

std::string_view first_sentence(std::string_view text) {
  return text.substr(0, std::min(text.find(". "), text.size() - (text.ends_with('.') ? 1 : 0)));
}

/// The name of the target, its tier in brackets, and what it does.
std::string hit_text(const CallTarget& target) {
  const auto& tool = target.row->tool();
  return fmt::format("{} ({}): {}", tool.name, tool::name(tool.tier), first_sentence(tool.description));
}

/// One hit a line. The longest lines are cut so that all fit.
std::string hits_text(const std::vector<CallTarget>& targets) {
  std::vector<std::string> lines;
  std::size_t bytes = 0;
  for (const auto& target : targets) bytes += lines.emplace_back(hit_text(target)).size() + 1;
  std::string text;
  for (auto& line : lines) {
    const auto most = bytes <= kSearch ? line.size() : kSearch / lines.size() - 1;
    text += (text.empty() ? "" : "\n") + shortened(std::move(line), most);
  }
  return text;
}

/// An answer of this server's own words. In the form JSON it is an object too.
mcp::Result own_answer(std::string text, const Style& style) {
  base::JsonObject facts{{"text", text}};
  if (style.output == Output::Json) text = base::write_json(base::Json(facts));
  return render_text(std::move(text), std::move(facts), style);
}

/// The arguments of the target, with those of its path, and with what stands beside it. The error is a
/// sentence.
std::expected<base::JsonObject, std::string> joined(const CallTarget& target, const base::JsonObject& given) {
  base::JsonObject arguments;
  if (const auto* own = given.if_contains("arguments"); own != nullptr && own->is_object())
    arguments = own->get_object();
  for (const auto* name : {"dry_run", "confirm"}) {
    if (arguments.contains(name))
      return std::unexpected(fmt::format("arguments: {} stands beside target, not in arguments", name));
    if (const auto* value = given.if_contains(name)) arguments[name] = *value;
  }
  for (const auto& member : target.in_path) {
    const auto* other = arguments.if_contains(member.key());
    if (other != nullptr && base::wire_text(*other) != base::wire_text(member.value()))
      return std::unexpected(fmt::format("{}: given in target and, with another value, in arguments",
                                         std::string_view(member.key())));
    arguments[member.key()] = member.value();
  }
  return arguments;
}

/// True if the call itself destroys something, or may, whatever its arguments.
bool destroys(const Row& row) {
  if (always_asks(row.tool(), row.endpoint())) return true;
  if (row.endpoint() == nullptr) return false;
  return std::ranges::any_of(facts::risks(row.endpoint()->method, row.endpoint()->path),
                             [](const facts::Risk& risk) { return risk.when == facts::When::Perhaps; });
}

bool reads(const CallTarget& target) {
  return target.row->tool().effect == tool::Effect::None && !target.demand.is_sensitive;
}

}  // namespace

std::string_view Toolbox::door_tool(Door door) {
  const auto& rows = index().rows;
  const auto found = std::ranges::find_if(rows, [&](const Row& row) { return row.tool().door == door; });
  return found == rows.end() ? std::string_view{} : found->tool().name;
}

std::string_view Toolbox::caller_of(const CallTarget& target) {
  if (reads(target)) return door_tool(Door::Read);
  if (target.row->tool().effect == tool::Effect::None) return door_tool(Door::Change);
  return door_tool(destroys(*target.row) ? Door::Destroy : Door::Change);
}

std::optional<CallTarget> Toolbox::endpoint_named(std::string_view name) {
  if (name.find(' ') == std::string_view::npos) return std::nullopt;
  auto target = index().targets->find(name);
  return target && !target->own ? std::optional(*std::move(target)) : std::nullopt;
}

std::optional<guard::Refusal> Toolbox::refusal_behind_door(const mcp::Caller& caller,
                                                           const CallTarget& target, std::string_view subject,
                                                           std::optional<tool::Tier> tier) {
  const auto* door = row(caller_of(target));
  if (door == nullptr) return "This server calls no endpoints.";
  if (auto no = gate_.refusal(caller, door->tool(), door->category(), subject)) return no;
  if (subject.empty()) subject = target.row->tool().name;
  const auto refused = [&](const Row& row, std::string_view category) {
    auto counted = row.tool();
    counted.tier = tier.value_or(target.demand.tier);
    return gate_.refusal_behind_door(caller, counted, category, target.demand, subject);
  };
  if (auto no = refused(*target.row, target.row->category())) return no;
  if (!target.also.empty()) {
    if (auto no = refused(*target.row, target.also)) return no;
  }
  if (target.origin == nullptr || target.origin == target.row) return std::nullopt;
  // The lists of the settings name tools, so each tool that makes the same call counts.
  const auto& call = target.origin->tool().call;
  for (const auto& row : index().rows) {
    if (row.tool().call.method != call.method || row.tool().call.path != call.path) continue;
    if (auto no = refused(row, row.category())) return no;
  }
  return std::nullopt;
}

bool Toolbox::may_reach(const mcp::Caller& caller, const Row& row) {
  return !refusal_behind_door(caller, target_of(row));
}

std::string Toolbox::search_text(const mcp::Call& call, std::string_view query) {
  auto& all = index();
  std::vector<CallTarget> targets;
  const auto accept = [&](const Found& found) {
    auto target = found.row != nullptr ? target_of(*found.row) : all.targets->of(found.method, found.path);
    if (refusal_behind_door(call.caller, target)) return false;
    targets.push_back(std::move(target));
    return true;
  };
  all.search->find(query, kMostHits, accept);
  if (targets.empty())
    return fmt::format(
        "Nothing that you may call fits \"{}\". Try other words: the object (disk, backup, user) "
        "and what to do with it.",
        base::printable(query, 100));
  return hits_text(targets);
}

mcp::Outcome Toolbox::described(const mcp::Call& call, const base::JsonObject& given, const Limits& limits) {
  const auto target = index().targets->find(base::raw_text(given, "target"));
  if (!target) return render_error(target.error() + ".");
  const auto& wanted = target->row->tool().call;
  if (const auto instead = tool::never_called(wanted.method, wanted.path); !instead.empty())
    return render_error(
        fmt::format("{} is never called by this server. {}", target->row->tool().name, instead));
  if (const auto no = refusal_behind_door(call.caller, *target)) return render_error(guard::sentence(*no));
  if (const auto why = why_not_unchecked(*target, limits); !why.empty()) return render_error(why + ".");
  std::string text;
  if (const auto parameter = base::raw_text(given, "parameter"); !parameter.empty()) {
    auto one = describe_parameter(*target, parameter, limits.may);
    if (!one) return render_error(std::move(one.error()));
    text = *std::move(one);
  } else {
    text = describe_target(*target, caller_of(*target), cluster_, limits.may, call.stop);
  }
  while (text.ends_with('\n')) text.pop_back();
  return own_answer(std::move(text), cluster_.options.style);
}

std::string Toolbox::why_not_unchecked(const CallTarget& target, const Limits& limits) {
  const auto& tool = target.row->tool();
  if (!target.is_unknown() || target.origin != nullptr) return {};
  if (!is_newer(*target.row, limits.connected))
    return fmt::format("PVE {} has no endpoint {}; {} finds what there is",
                       facts::to_text(cluster_.facts.version()), tool.name, door_tool(Door::Search));
  const bool changes = tool.effect != tool::Effect::None;
  if (cluster_.scope == nullptr && (!changes || cluster_.rules.now()->protect.empty())) return {};
  return fmt::format(
      "this server does not know {}, so it cannot tell whether the call stays within PVE_SCOPE and "
      "PVE_PROTECT",
      tool.name);
}

std::string Toolbox::why_not_this_way(Door door, const CallTarget& target) {
  const auto& name = target.row->tool().name;
  if (reads(target)) {
    if (door == Door::Read) return {};
    return fmt::format("{} only reads; call it with {}", name, caller_of(target));
  }
  if (target.row->tool().effect != tool::Effect::None) {
    if (door != Door::Read) return {};
    return fmt::format("{} changes something; call it with {}", name, caller_of(target));
  }
  if (door == Door::Change) return {};
  return fmt::format("{} shows what is inside a guest, or makes the node reach out; call it with {}", name,
                     caller_of(target));
}

mcp::Outcome Toolbox::call_target(const Row& door, const mcp::Call& call, const base::JsonObject& given,
                                  const Limits& limits) {
  const auto not_called = [&](std::string_view why) {
    return render_error(fmt::format("{} was not called: {}.", door.tool().name, why));
  };
  const auto target = index().targets->find(base::raw_text(given, "target"));
  if (!target) return not_called(target.error());
  const auto& tool = target->row->tool();
  if (const auto instead = tool::never_called(tool.call.method, tool.call.path); !instead.empty())
    return render_error(fmt::format("{} is never called by this server. {}", tool.name, instead));
  if (auto no = refusal_behind_door(call.caller, *target)) {
    if (auto* scope = std::get_if<mcp::InsufficientScope>(&*no)) return std::move(*scope);
    return render_error(std::get<std::string>(*std::move(no)));
  }
  const auto kind = door.tool().door;
  for (const auto& why : {why_not_unchecked(*target, limits), why_not_this_way(kind, *target)}) {
    if (!why.empty()) return not_called(why);
  }
  auto arguments = joined(*target, given);
  if (!arguments) return not_called(arguments.error());
  // The id of a task names its tool, and who follows the task must be offered that tool.
  const bool follows = call.may_be_task && !target->own && !refusal(call.caller, tool.name);
  const mcp::Call inner{static_cast<const mcp::Request&>(call), tool.name, *arguments, follows};
  Lane lane;
  if (kind == Door::Change) lane = {Lane::Kind::Reversible, door_tool(Door::Destroy)};
  if (kind == Door::Destroy) lane = {Lane::Kind::Irreversible, door_tool(Door::Change)};
  return run(*target->row, limits, cluster_, inner, lane);
}

mcp::Outcome Toolbox::through_door(const Row& door, const mcp::Call& call, const Limits& limits) {
  auto checked = check(door, call.arguments, limits);
  if (!checked) return render_error(std::move(checked.error()));
  const auto given = on_wire(*std::move(checked));
  switch (door.tool().door) {
    case Door::Search:
      if (base::raw_text(given, "query").size() > kQuestion)
        return render_error(
            fmt::format("{} was not called: query: has more than {} bytes; a few words are enough.",
                        door.tool().name, kQuestion));
      return own_answer(search_text(call, base::raw_text(given, "query")), cluster_.options.style);
    case Door::Describe:
      return described(call, given, limits);
    case Door::Read:
    case Door::Change:
    case Door::Destroy:
    case Door::None:
      break;
  }
  return call_target(door, call, given, limits);
}

}  // namespace engine
