// The simulator with the whole engine and the resources before it, in this thread, on a clock of its own.
#pragma once

#include <algorithm>
#include <functional>
#include <mutex>
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

namespace lab {

inline const facts::Facts& facts() {
  static const facts::Facts all;
  return all;
}

/// The simulator without its waits; remembers what was asked.
class Http final : public net::HttpClient {
 public:
  Http(simulator::Cluster& cluster, base::ManualClock& clock) : cluster_(cluster), clock_(clock) {}

  std::expected<net::Response, net::Failure> send(const net::Request& request,
                                                  const net::SendOptions& options) override {
    {
      const std::scoped_lock lock(mutex_);
      asked.push_back(request.target.substr(std::string_view("/api2/json").size()));
    }
    auto reply = cluster_.handle(request);
    clock_.advance(std::min(reply.delay, options.timeout));
    if (reply.delay > options.timeout)
      return std::unexpected(net::Failure{net::Failure::Kind::Timeout, "no answer in time", false, {}});
    auto response = std::move(reply.response);
    if (change) change(request.target, response);
    return response;
  }

  std::vector<std::string> asked;
  std::function<void(const std::string& target, net::Response& response)> change;

 private:
  simulator::Cluster& cluster_;
  base::ManualClock& clock_;
  std::mutex mutex_;
};

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
        http(simulated, clock),
        client(http, credentials, {"simulated", std::chrono::seconds{40}, {}}),
        toolbox(catalog::categories(), std::move(policy), {client, facts(), clock, options}) {}

  mcp::Outcome outcome(std::string_view tool, std::string_view arguments, bool may_be_task = false,
                       const mcp::Caller& caller = {}, mcp::Era era = mcp::Era::Modern) {
    const auto parsed = base::parse_json(arguments)->as_object();
    mcp::Unheard unheard;
    return toolbox.call({{caller, era, none, none, unheard, log, {}}, tool, parsed, may_be_task});
  }
  std::string call(std::string_view tool, std::string_view arguments) {
    const auto made = outcome(tool, arguments);
    const auto* result = std::get_if<mcp::Result>(&made);
    return result == nullptr ? "no result" : std::get<mcp::Text>(result->content.at(0)).text;
  }
  mcp::ResourceOutcome read(std::string_view uri, const mcp::Caller& caller = {}) {
    mcp::Unheard unheard;
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
  Http http;
  pve::Client client;
  engine::Toolbox toolbox;
  resource::Resources resources{catalog::resources(), toolbox};
  Logged log;
};

}  // namespace lab
