#include "mcp/server.h"

#include <algorithm>
#include <array>
#include <utility>

#include "mcp/call_tool.h"
#include "mcp/exchange.h"
#include "mcp/lists.h"
#include "mcp/log_level.h"
#include "mcp/modern.h"
#include "mcp/prompt_methods.h"
#include "mcp/resource_methods.h"
#include "mcp/seal.h"
#include "mcp/spent_states.h"
#include "mcp/subscriptions.h"
#include "mcp/task_methods.h"

namespace mcp {
namespace {

using enum Revision;

Reply ping(const Server& /*server*/, const Exchange& /*exchange*/) { return "{}"; }

Reply discover(const Server& server, const Exchange& /*exchange*/) { return modern::write_discovery(server); }

Reply set_log_level(const Server& /*server*/, const Exchange& exchange) {
  const auto* const value = exchange.params.if_contains("level");
  const auto level =
      value != nullptr && value->is_string() ? log_level_named(value->get_string()) : std::nullopt;
  if (!level) {
    return jsonrpc::invalid_params("\"level\" must be one of debug … emergency (RFC 5424)");
  }
  exchange.peer.set_log_level(*level);
  return "{}";
}

/// Empty when the stream stays open.
Reply listen(const Server& server, const Exchange& exchange) {
  auto opened =
      server.subscriptions().listen(exchange.stream, exchange.params, exchange.caller, exchange.envelope);
  if (!opened) return std::unexpected(std::move(opened.error()));
  return std::string{};
}

bool always(const Offer& /*offer*/) { return true; }
bool resources(const Offer& offer) { return offer.resources != nullptr; }
bool watched(const Offer& offer) { return offer.resources != nullptr && offer.watch != nullptr; }
bool prompts(const Offer& offer) { return offer.prompts != nullptr; }
bool completion(const Offer& offer) { return offer.completer != nullptr; }
bool tasks(const Offer& offer) { return offer.tasks != nullptr; }

constexpr std::array kMethods{
    Method{"ping", R2024_11_05, R2025_11_25, Pace::Inline, always, ping},
    Method{"server/discover", R2026_07_28, R2026_07_28, Pace::Inline, always, discover},
    Method{"tools/list", R2024_11_05, R2026_07_28, Pace::Inline, always, list_tools},
    Method{"tools/call", R2024_11_05, R2026_07_28, Pace::Worker, always, call_tool},
    Method{"resources/list", R2024_11_05, R2026_07_28, Pace::Inline, resources, list_resources},
    Method{"resources/templates/list", R2024_11_05, R2026_07_28, Pace::Inline, resources,
           list_resource_templates},
    Method{"resources/read", R2024_11_05, R2026_07_28, Pace::Worker, resources, read_resource},
    Method{"resources/subscribe", R2024_11_05, R2025_11_25, Pace::Inline, watched, subscribe_resource},
    Method{"resources/unsubscribe", R2024_11_05, R2025_11_25, Pace::Inline, watched, unsubscribe_resource},
    Method{"prompts/list", R2024_11_05, R2026_07_28, Pace::Inline, prompts, list_prompts},
    Method{"prompts/get", R2024_11_05, R2026_07_28, Pace::Worker, prompts, get_prompt},
    Method{"completion/complete", R2024_11_05, R2026_07_28, Pace::Worker, completion, complete},
    Method{"logging/setLevel", R2024_11_05, R2025_11_25, Pace::Inline, always, set_log_level},
    Method{"subscriptions/listen", R2026_07_28, R2026_07_28, Pace::Stream, always, listen},
    Method{"tasks/get", R2025_11_25, R2026_07_28, Pace::Worker, tasks, get_task},
    Method{"tasks/cancel", R2025_11_25, R2026_07_28, Pace::Worker, tasks, cancel_task},
    Method{"tasks/result", R2025_11_25, R2025_11_25, Pace::Worker, tasks, task_result},
    Method{"tasks/update", R2026_07_28, R2026_07_28, Pace::Worker, tasks, update_task},
};

}  // namespace

Server::Server(const Offer& offer, ServerInfo info, std::shared_ptr<const Seal> seal,
               const base::Clock& clock, Patience patience)
    : offer_(offer),
      info_(std::move(info)),
      seal_(std::move(seal)),
      clock_(clock),
      patience_(patience),
      spent_(std::make_unique<SpentStates>()),
      subscriptions_(std::make_unique<Subscriptions>(*this)) {}

Server::~Server() = default;

Changes& Server::changes() const { return *subscriptions_; }

const Method* Server::find(std::string_view name, Revision revision) const {
  const auto found = std::ranges::find(kMethods, name, &Method::name);
  if (found == kMethods.end() || !found->offered(offer_)) return nullptr;
  return found->first <= revision && revision <= found->last ? &*found : nullptr;
}

}  // namespace mcp
