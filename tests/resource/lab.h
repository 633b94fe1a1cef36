// The simulator with the whole engine and the resources before it, in this thread, on a clock of its own.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "catalog/catalog.h"
#include "catalog/resources.h"
#include "engine/pve_tasks.h"
#include "engine/toolbox.h"
#include "facts/facts.h"
#include "pve/client.h"
#include "resource/resources.h"
#include "simulator/cluster.h"
#include "support/simulated.h"

namespace lab {

inline const facts::Facts& facts() {
  static const facts::Facts all;
  return all;
}

class Logged final : public mcp::Log {
 public:
  bool wants(mcp::LogLevel /*level*/) const override { return true; }
  void write(mcp::LogLevel level, std::string_view text) override { lines.emplace_back(level, text); }

  std::vector<std::pair<mcp::LogLevel, std::string>> lines;
};

inline const pve::Credentials kDemo{"root@pam!demo", "00000000-0000-4000-8000-000000000000", ""};
/// May do next to nothing.
inline const pve::Credentials kLimited{"limited@pve!none", "00000000-0000-4000-8000-000000000003", ""};

class Lab {
 public:
  explicit Lab(guard::Policy policy = {}, engine::Options options = {}, facts::Version version = {9, 2},
               const pve::Credentials& credentials = kDemo)
      : simulated(simulator::Options{.pve = version}, facts(), clock),
        client(http, credentials, {"simulated", std::chrono::seconds{40}, {}}),
        toolbox(catalog::categories(), std::move(policy), {client, facts(), clock, options}) {
    http.answer("*", answering);
  }

  mcp::Outcome outcome(std::string_view tool, std::string_view arguments, bool may_be_task = false,
                       const mcp::Caller& caller = {}, mcp::Era era = mcp::Era::Modern) {
    const auto parsed = base::parse_json(arguments)->as_object();
    mcp::NullSink unheard;
    return toolbox.call({{caller, era, none, none, unheard, log, {}}, tool, parsed, may_be_task});
  }
  std::string call(std::string_view tool, std::string_view arguments) {
    const auto made = outcome(tool, arguments);
    const auto* result = std::get_if<mcp::Result>(&made);
    return result == nullptr ? "no result" : std::get<mcp::Text>(result->content.at(0)).text;
  }
  mcp::ResourceOutcome read(std::string_view uri, const mcp::Caller& caller = {}) {
    mcp::NullSink unheard;
    return resources.read({caller, mcp::Era::Modern, none, none, unheard, unheard, {}}, uri);
  }
  /// What a client reads, or the words of the refusal behind its kind.
  std::string text(std::string_view uri, const mcp::Caller& caller = {}) {
    const auto got = read(uri, caller);
    if (const auto* result = std::get_if<mcp::ResourceResult>(&got)) return result->contents.at(0).data;
    if (const auto* none_such = std::get_if<mcp::NoSuchResource>(&got)) return "none: " + none_such->message;
    if (const auto* error = std::get_if<mcp::ProtocolError>(&got))
      return "error " + std::to_string(error->code) + ": " + error->message;
    return "scope";
  }
  base::Json json(std::string_view uri) {
    auto parsed = base::parse_json(text(uri));
    return parsed ? *std::move(parsed) : base::Json("not JSON: " + text(uri));
  }

  const base::JsonObject none{};
  base::ManualClock clock;
  simulator::Cluster simulated;
  /// What the simulator says to a request.
  test::Answering answering = test::simulated(simulated, clock);
  /// The simulator, where the test gives no answer of its own.
  test::ScriptedPve http;
  pve::Client client;
  engine::Toolbox toolbox;
  resource::Resources resources{catalog::resources(), toolbox};
  Logged log;
};

}  // namespace lab
