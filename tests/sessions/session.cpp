#include "sessions/session.h"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "sessions/world.h"

namespace sessions {
namespace {

bool take(std::string_view& line, std::string_view word) {
  if (line == word) {
    line = {};
    return true;
  }
  if (!line.starts_with(word) || line[word.size()] != ' ') return false;
  line.remove_prefix(word.size() + 1);
  return true;
}

Step parse_step(std::string_view line, std::size_t number) {
  if (line.starts_with('#') || line.empty()) return {.kind = Step::Kind::Comment, .text = std::string(line)};
  if (take(line, "advance")) return {.kind = Step::Kind::Advance, .text = std::string(line)};
  if (take(line, "fault")) return {.kind = Step::Kind::Fault, .text = std::string(line)};
  if (take(line, "tier")) return {.kind = Step::Kind::Tier, .text = std::string(line)};
  if (take(line, "allow")) return {.kind = Step::Kind::Allow, .text = std::string(line)};
  if (take(line, "deny")) return {.kind = Step::Kind::Deny, .text = std::string(line)};
  if (take(line, "freeze")) return {.kind = Step::Kind::Freeze, .text = std::string(line)};
  if (take(line, "as")) return {.kind = Step::Kind::As, .text = std::string(line)};
  if (take(line, "pve")) return {.kind = Step::Kind::Pve, .text = std::string(line)};
  if (take(line, "progress")) return {.kind = Step::Kind::Progress};
  if (take(line, "slow")) return {.kind = Step::Kind::Slow, .text = std::string(line)};
  if (take(line, "confirm")) return {.kind = Step::Kind::Confirm, .text = std::string(line)};
  if (take(line, "approval")) return {.kind = Step::Kind::Approval, .text = std::string(line)};
  if (take(line, "decide")) return {.kind = Step::Kind::Decide, .text = std::string(line)};
  if (take(line, "protect")) return {.kind = Step::Kind::Protect, .text = std::string(line)};
  if (take(line, "scope")) return {.kind = Step::Kind::Scope, .text = std::string(line)};
  if (take(line, "wait")) return {.kind = Step::Kind::Wait, .text = std::string(line)};
  if (!take(line, "call")) throw std::runtime_error(fmt::format("line {}: '{}' is no step", number, line));
  const auto space = line.find(' ');
  return {.kind = Step::Kind::Call,
          .text = std::string(line.substr(0, space)),
          .arguments = space == std::string_view::npos ? "{}" : std::string(line.substr(space + 1))};
}

void call(World& world, Step& step) {
  const auto arguments = base::parse_json(step.arguments);
  if (!arguments || !arguments->is_object())
    throw std::runtime_error(
        fmt::format("arguments of {} are not a JSON object: {}", step.text, step.arguments));
  auto outcome = world.call(step.text, arguments->get_object());
  step.is_error = outcome.is_error;
  step.outcome = std::move(outcome.text);
}

}  // namespace

std::vector<Step> parse(std::string_view text) {
  std::vector<Step> steps;
  std::size_t number = 0;
  for (auto line : base::split(text, '\n')) {
    ++number;
    const bool inside = !steps.empty() && steps.back().kind == Step::Kind::Call;
    if (inside && line.starts_with("  ")) {
      auto& outcome = steps.back().outcome;
      if (!outcome.empty()) outcome += '\n';
      outcome += line.substr(2);
    } else if (inside && (line == "ok" || line == "error")) {
      steps.back().is_error = line == "error";
    } else {
      steps.push_back(parse_step(line, number));
    }
  }
  while (!steps.empty() && steps.back().kind == Step::Kind::Comment && steps.back().text.empty())
    steps.pop_back();
  return steps;
}

std::string print(const std::vector<Step>& steps) {
  std::string out;
  for (const auto& step : steps) {
    switch (step.kind) {
      case Step::Kind::Comment:
        out += step.text;
        break;
      case Step::Kind::Advance:
        out += "advance " + step.text;
        break;
      case Step::Kind::Fault:
        out += step.text.empty() ? "fault" : "fault " + step.text;
        break;
      case Step::Kind::Tier:
        out += "tier " + step.text;
        break;
      case Step::Kind::Allow:
        out += step.text.empty() ? "allow" : "allow " + step.text;
        break;
      case Step::Kind::Deny:
        out += step.text.empty() ? "deny" : "deny " + step.text;
        break;
      case Step::Kind::Freeze:
        out += step.text.empty() ? "freeze" : "freeze " + step.text;
        break;
      case Step::Kind::Wait:
        out += "wait " + step.text;
        break;
      case Step::Kind::Progress:
        out += "progress";
        break;
      case Step::Kind::Slow:
        out += "slow " + step.text;
        break;
      case Step::Kind::Confirm:
        out += "confirm " + step.text;
        break;
      case Step::Kind::Approval:
        out += "approval " + step.text;
        break;
      case Step::Kind::Decide:
        out += "decide " + step.text;
        break;
      case Step::Kind::Protect:
        out += step.text.empty() ? "protect" : "protect " + step.text;
        break;
      case Step::Kind::Scope:
        out += step.text.empty() ? "scope" : "scope " + step.text;
        break;
      case Step::Kind::As:
        out += "as " + step.text;
        break;
      case Step::Kind::Pve:
        out += "pve " + step.text;
        break;
      case Step::Kind::Call:
        out += fmt::format("call {} {}\n{}", step.text, step.arguments, step.is_error ? "error" : "ok");
        for (const auto line : base::split(step.outcome, '\n')) out += fmt::format("\n  {}", line);
    }
    out += '\n';
  }
  return out;
}

void perform(World& world, Step& step) {
  switch (step.kind) {
    case Step::Kind::Comment:
      break;
    case Step::Kind::Advance:
      world.advance(step.text);
      break;
    case Step::Kind::Fault:
      world.fault(step.text);
      break;
    case Step::Kind::Tier:
      world.tier(step.text);
      break;
    case Step::Kind::Allow:
      world.allow(step.text);
      break;
    case Step::Kind::Deny:
      world.deny(step.text);
      break;
    case Step::Kind::Freeze:
      world.freeze(step.text);
      break;
    case Step::Kind::Wait:
      world.wait(step.text);
      break;
    case Step::Kind::Confirm:
      world.confirm(step.text);
      break;
    case Step::Kind::Approval:
      world.approval(step.text);
      break;
    case Step::Kind::Decide:
      world.decide(step.text);
      break;
    case Step::Kind::Protect:
      world.protect(step.text);
      break;
    case Step::Kind::Scope:
      world.scope(step.text);
      break;
    case Step::Kind::As:
      world.as(step.text);
      break;
    case Step::Kind::Progress:
      world.show_progress();
      break;
    case Step::Kind::Slow:
      world.slow(step.text);
      break;
    case Step::Kind::Pve:
      world.pve(step.text);
      break;
    case Step::Kind::Call:
      call(world, step);
  }
}

std::vector<Step> run(std::vector<Step> steps) {
  World world;
  for (auto& step : steps) perform(world, step);
  return steps;
}

}  // namespace sessions
