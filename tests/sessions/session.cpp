#include "sessions/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "base/clock.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "engine/toolbox.h"
#include "facts/facts.h"
#include "net/http.h"
#include "pve/client.h"
#include "simulator/cluster.h"

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
  if (!take(line, "call")) throw std::runtime_error(fmt::format("line {}: '{}' is no step", number, line));
  const auto space = line.find(' ');
  return {.kind = Step::Kind::Call,
          .text = std::string(line.substr(0, space)),
          .arguments = space == std::string_view::npos ? "{}" : std::string(line.substr(space + 1))};
}

class Silent final : public mcp::Progress {
 public:
  void report(double, std::optional<double>, std::string_view) override {}
};

/// The simulator without its waits: they only move the clock.
class Instant final : public net::HttpClient {
 public:
  Instant(simulator::Cluster& cluster, base::ManualClock& clock) : cluster_(cluster), clock_(clock) {}

  std::expected<net::Response, net::Failure> send(const net::Request& request,
                                                  const net::SendOptions& options) override {
    using Kind = net::Failure::Kind;
    auto reply = cluster_.handle(request);
    clock_.advance(std::min(reply.delay, options.timeout));
    if (reply.delay > options.timeout)
      return std::unexpected(net::Failure{Kind::Timeout, "no answer in time", false, {}});
    if (reply.drop)
      return std::unexpected(net::Failure{Kind::Closed, "connection closed before the answer", false, {}});
    return std::move(reply.response);
  }

 private:
  simulator::Cluster& cluster_;
  base::ManualClock& clock_;
};

struct World {
  base::ManualClock clock;
  facts::Facts facts;
  simulator::Options options;
  simulator::Cluster cluster{options, facts, clock};
  Instant http{cluster, clock};
  pve::Client client{http,
                     {.token_id = options.token_id, .secret = options.token_secret, .secret_file = {}},
                     {.base_url = "simulated", .timeout = std::chrono::seconds{40}, .on_rejected = {}}};
  guard::Policy policy;

  void call(Step& step) {
    engine::Toolbox toolbox(catalog::categories(), policy, {client, facts});
    const auto arguments = base::parse_json(step.arguments);
    if (!arguments || !arguments->is_object())
      throw std::runtime_error(
          fmt::format("arguments of {} are not a JSON object: {}", step.text, step.arguments));
    const mcp::Caller caller;
    const base::JsonObject none;
    Silent progress;
    const auto outcome = toolbox.call(
        {caller, step.text, arguments->get_object(), mcp::Era::Modern, none, none, progress, {}});
    step.is_error = true;
    step.outcome = "(no result)";
    if (const auto* error = std::get_if<mcp::ProtocolError>(&outcome)) step.outcome = error->message;
    if (const auto* result = std::get_if<mcp::Result>(&outcome)) {
      step.is_error = result->is_error;
      step.outcome.clear();
      for (const auto& content : result->content) {
        if (!step.outcome.empty()) step.outcome += '\n';
        if (const auto* text = std::get_if<mcp::Text>(&content)) step.outcome += text->text;
      }
    }
  }

  void advance(std::string_view text) {
    int seconds = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), seconds).ptr;
    if (std::string_view(end, text.data() + text.size()) != "s")
      throw std::runtime_error(fmt::format("'advance {}': say whole seconds, such as 5s", text));
    clock.advance(std::chrono::seconds{seconds});
  }

  void fault(const std::string& text) {
    if (text.empty()) return cluster.clear_faults();
    const auto done = cluster.fault(text);
    if (!done) throw std::runtime_error(done.error());
  }

  void tier(const std::string& text) {
    const auto named = tool::tier_named(text);
    if (!named) throw std::runtime_error("no tier " + text);
    policy.tier = *named;
  }
};

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
      case Step::Kind::Call:
        out += fmt::format("call {} {}\n{}", step.text, step.arguments, step.is_error ? "error" : "ok");
        for (const auto line : base::split(step.outcome, '\n')) out += fmt::format("\n  {}", line);
    }
    out += '\n';
  }
  return out;
}

std::vector<Step> run(std::vector<Step> steps) {
  World world;
  for (auto& step : steps) {
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
      case Step::Kind::Call:
        world.call(step);
    }
  }
  return steps;
}

}  // namespace sessions
