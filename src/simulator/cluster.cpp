#include "simulator/cluster.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "base/text.h"
#include "simulator/core/authentication.h"
#include "simulator/core/permission.h"
#include "simulator/core/request.h"
#include "simulator/core/routes.h"
#include "simulator/core/state.h"
#include "simulator/core/tasks.h"
#include "simulator/core/verify.h"
#include "simulator/without_quorum.h"

namespace simulator {

struct Cluster::State {
  State(const Options& options, const facts::Facts& endpoints, const base::Clock& time)
      : world(load_world(options, time).value()), facts(endpoints), clock(time) {}
  State(const State& other, const base::Clock& time) : world(other.world), facts(other.facts), clock(time) {
    world.clock = &time;
  }

  std::mutex mutex;
  simulator::State world;
  const facts::Facts& facts;
  const base::Clock& clock;

  Answer answer(const net::Request& request, const Target& target);
  Answer dispatch(Call& call);
};

namespace {

constexpr std::chrono::milliseconds kUnauthorizedDelay{3000};
constexpr std::chrono::milliseconds kNoRouteDelay{3000};
constexpr std::chrono::milliseconds kFirstNoRouteDelay{9400};
constexpr std::chrono::milliseconds kClusterLockDelay{10'000};

std::string_view reason_of(unsigned status) {
  switch (status) {
    case 200:
      return "OK";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 595:
      return "Connection refused";
    case 596:
      return "Connection timed out";
    case 599:
      return "Too many redirections";
    default:
      return "Error";
  }
}

net::Response envelope(const Answer& answer, std::string_view format, facts::Version pve) {
  net::Response response;
  response.status = answer.status;
  response.reason = answer.message.empty() ? std::string(reason_of(answer.status))
                                           : answer.message.substr(0, answer.message.find('\n'));
  response.headers = {
      {"Cache-Control", "max-age=0"}, {"Pragma", "no-cache"}, {"Server", "pve-api-daemon/3.0"}};
  if (answer.bare) return response;
  base::JsonObject body = answer.extra;
  body["data"] = answer.data;
  if (answer.total && *answer.total != 0) body["total"] = *answer.total;
  if (answer.status != 200) {
    // PVE before 8.4 has the text only in the reason phrase.
    if (pve >= facts::Version{8, 4} || format == "extjs")
      body["message"] = answer.message.ends_with('\n') ? answer.message : answer.message + "\n";
    if (!answer.errors.empty()) body["errors"] = answer.errors;
  }
  if (format == "extjs") {
    body["success"] = answer.status == 200 ? 1 : 0;
    if (answer.status != 200) body["status"] = answer.status;
    response.status = 200;
    response.reason = "OK";
  }
  response.headers.emplace_back("Content-Type", "application/json;charset=UTF-8");
  response.body = base::write_json(body);
  return response;
}

Answer bare(unsigned status, std::string text) {
  auto answer = Answer::fail(std::move(text), status);
  answer.bare = true;
  return answer;
}

bool is_open_to_all(const facts::Endpoint& endpoint) {
  return endpoint.permissions.find("\"world\"") != std::string_view::npos;
}

/// Each node has a copy of all time series, so PVE does not relay these calls to the node.
bool is_relayed(const facts::Endpoint& endpoint) {
  return endpoint.path != "/nodes/{node}" && !endpoint.path.ends_with("/rrddata") &&
         !endpoint.path.ends_with("/rrd");
}

/// The refusal of a call to a node that does not exist or does not answer.
std::optional<Answer> refuse_node(const Call& call) {
  if (!call.endpoint.path.starts_with("/nodes/{node}") || !is_relayed(call.endpoint)) return std::nullopt;
  const auto node = call.node();
  if (node == "localhost") return std::nullopt;
  if (call.state.node(node) == nullptr) {
    return Answer::fail(fmt::format(
        "hostname lookup '{0}' failed - failed to get address info for: {0}: Name or service not known",
        node));
  }
  const auto& faults = call.state.faults;
  const bool cut_off = faults.no_quorum && faults.cut_off && node != call.state.local_node;
  if (call.state.online(node) && !cut_off) return std::nullopt;
  auto answer = bare(595, "No route to host");
  const auto death = call.state.faults.died.find(node);
  // The first call to a dead node waits until the network gives up the search for its address.
  if (death != call.state.faults.died.end() && !std::exchange(death->second.asked, true)) {
    answer.delay = kFirstNoRouteDelay;
  }
  return answer;
}

std::optional<Answer> merge(Parameters& into, const facts::PathValues& path, const Parameters::Values& body,
                            const Parameters::Values& query) {
  for (const auto& [name, values] : body) into.set(name, values);
  for (const auto& [name, values] : query) into.set(name, values);
  for (const auto& [name, value] : path) {
    if (into.has(name) && into.text(name) != value) {
      return Answer::bad(name, "duplicate parameter (already defined in URI) with conflicting values!");
    }
    into.set(std::string(name), {value});
  }
  return std::nullopt;
}

std::chrono::milliseconds delay_of(const Answer& answer) {
  if (answer.delay) return *answer.delay;
  if (answer.status == 401) return kUnauthorizedDelay;
  if (answer.status == 595) return kNoRouteDelay;
  if (answer.message.find("cfs-lock") != std::string::npos) return kClusterLockDelay;
  return std::chrono::milliseconds(0);
}

std::string names_of(const simulator::State& world) {
  std::string names;
  for (const auto& [name, node] : world.nodes) names += (names.empty() ? "" : ", ") + name;
  return names;
}

/// With a status below 596 PVE refuses the call. From 596 on it carries the call out and loses the answer.
bool never_arrives(const Faults& faults) { return faults.status != 0 && faults.status < 596; }

void spoil(const Faults& faults, facts::Version pve, net::Response& response) {
  if (faults.status != 0) {
    response = envelope(bare(faults.status, std::string(reason_of(faults.status))), "json", pve);
  } else if (faults.html) {
    response.status = 200;
    response.reason = "OK";
    response.headers = {{"Content-Type", "text/html; charset=utf-8"}};
    response.body =
        "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>"
        "<body><h1>Bad Gateway</h1></body></html>\n";
  } else if (faults.broken_json) {
    response.body.resize(response.body.size() / 2);
  }
}

}  // namespace

Answer Cluster::State::dispatch(Call& call) {
  if (auto no = check_permissions(call)) return *no;
  if (auto no = refuse_node(call)) return *no;
  if (call.node() == "localhost") call.parameters.set("node", {world.local_node});
  if (auto no = verify(call)) return *no;
  if (auto no = refuse_root_only(call)) return *no;
  if (!world.quorate()) {
    if (auto no = without_quorum(call)) return *no;
  }
  const auto handler = handler_of(call.endpoint);
  if (handler == nullptr) {
    return Answer::fail(
        fmt::format("Method '{} {}' not implemented", base::name(call.endpoint.method), call.endpoint.path),
        501);
  }
  return handler(call);
}

Answer Cluster::State::answer(const net::Request& request, const Target& target) {
  const auto route = facts.route(request.method, target.path, world.options.pve);
  Identity identity;
  if (!route || !is_open_to_all(*route->endpoint)) {
    auto caller = authenticate(world, request);
    if (!caller) return std::move(caller).error();
    identity = *caller;
  }
  if (!route) {
    return Answer::fail(fmt::format("Method '{} {}' not implemented", base::name(request.method),
                                    base::printable(target.path)),
                        501);
  }
  auto body = read_body(request);
  if (!body) return std::move(body).error();
  Call call{*route->endpoint, world, std::move(identity), {}, facts};
  if (auto no = merge(call.parameters, route->values, *body, target.query)) return *no;
  if (!call.identity.token.empty() && !route->endpoint->allow_token) {
    return Answer::fail(
        fmt::format("Permission check failed (URI '{}' not available with API token, need proper "
                    "ticket.\n)",
                    target.path),
        403);
  }
  return dispatch(call);
}

std::optional<std::string> check_world(const Options& options, const base::Clock& clock) {
  auto world = load_world(options, clock);
  return world ? std::nullopt : std::optional(std::move(world.error()));
}

Cluster::Cluster(const Options& options, const facts::Facts& facts, const base::Clock& clock)
    : state_(std::make_unique<State>(options, facts, clock)) {}

Cluster::Cluster(const Cluster& other, const base::Clock& clock) {
  const std::scoped_lock lock(other.state_->mutex);
  state_ = std::make_unique<State>(*other.state_, clock);
}

Cluster::~Cluster() = default;

Reply Cluster::handle(const net::Request& request) {
  const std::scoped_lock lock(state_->mutex);
  auto& world = state_->world;
  advance(world, state_->clock.wall().time_since_epoch().count());
  world.tell_names();
  Reply reply;
  reply.drop = world.faults.drop;
  const auto target = read_target(request.target);
  const auto answer = never_arrives(world.faults) ? Answer::fail("")
                      : target                    ? state_->answer(request, *target)
                                                  : target.error();
  reply.response = envelope(answer, target ? std::string_view(target->format) : "json", world.options.pve);
  reply.delay = delay_of(answer) + world.faults.latency;
  spoil(world.faults, world.options.pve, reply.response);
  return reply;
}

std::expected<void, std::string> Cluster::fault(std::string_view text) {
  const std::scoped_lock lock(state_->mutex);
  auto& world = state_->world;
  if (text.starts_with("lock=")) {
    const auto number = text.substr(5);
    const auto found = std::ranges::find_if(
        world.guests, [&](const auto& entry) { return std::to_string(entry.first) == number; });
    if (found == world.guests.end()) {
      return std::unexpected("fault 'lock=" + base::printable(number, 20) +
                             "' must name a guest of this cluster");
    }
    found->second.config["lock"] = "backup";
    return {};
  }
  const auto node = text.substr(std::min(text.size(), text.find('=') + 1));
  const bool kills = text.starts_with("offline=") || text.starts_with("died=");
  if (kills && world.node(node) == nullptr) {
    return std::unexpected("fault '" + base::printable(text, 60) +
                           "' must name a node of this cluster: " + names_of(world));
  }
  auto done = set_fault(world.faults, text);
  for (auto& [name, death] : world.faults.died) {
    if (death.at_ms == 0) death.at_ms = state_->clock.wall().time_since_epoch().count();
  }
  return done;
}

void Cluster::clear_faults() {
  const std::scoped_lock lock(state_->mutex);
  state_->world.faults = {};
}

}  // namespace simulator
