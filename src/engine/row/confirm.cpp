#include "engine/row/confirm.h"

#include <algorithm>

#include "facts/irreversible.h"

namespace engine {

bool deletes_storage(const tool::Tool& tool) {
  return tool.about.subject == tool::Subject::Storage && tool.call.method == base::Method::Delete;
}

bool can_cut_off(const tool::Tool& tool) {
  const auto& about = tool.about;
  const bool of_firewall =
      about.subject == tool::Subject::Firewall || about.subject == tool::Subject::FirewallRule;
  return of_firewall && tool.effect != tool::Effect::None && about.guest == tool::GuestKind::None &&
         !about.in_path("vnet");
}

bool can_ask(const tool::Tool& tool, const facts::Endpoint* endpoint, Confirm confirm) {
  if (tool.effect == tool::Effect::None || confirm == Confirm::Never) return false;
  if (confirm == Confirm::Changes || deletes_storage(tool) || can_cut_off(tool)) return true;
  // It is not known what an unknown endpoint destroys.
  if (endpoint == nullptr) return tool.effect == tool::Effect::Destructive;
  return !facts::risks(endpoint->method, endpoint->path).empty() ||
         facts::harmless(endpoint->method, endpoint->path).empty();
}

bool always_asks(const tool::Tool& tool, const facts::Endpoint* endpoint) {
  if (tool.effect == tool::Effect::None) return false;
  if (tool.door != tool::Door::None) return tool.door == tool::Door::Destroy;
  if (deletes_storage(tool)) return true;
  if (endpoint == nullptr) return tool.effect == tool::Effect::Destructive;
  return std::ranges::any_of(facts::risks(endpoint->method, endpoint->path), [](const facts::Risk& risk) {
    return risk.when == facts::When::Always && risk.beside.with.empty() && risk.beside.without.empty();
  });
}

}  // namespace engine
