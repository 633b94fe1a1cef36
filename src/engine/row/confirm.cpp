#include "engine/row/confirm.h"

#include "facts/irreversible.h"

namespace engine {

bool deletes_storage(const tool::Tool& tool) {
  return tool.about.subject == tool::Subject::Storage && tool.call.method == base::Method::Delete;
}

bool can_ask(const tool::Tool& tool, const facts::Endpoint* endpoint, Confirm confirm) {
  if (tool.effect == tool::Effect::None || confirm == Confirm::Never) return false;
  if (confirm == Confirm::Changes || deletes_storage(tool)) return true;
  // It is not known what an unknown endpoint destroys.
  if (endpoint == nullptr) return tool.effect == tool::Effect::Destructive;
  return !facts::risks(endpoint->method, endpoint->path).empty() ||
         facts::harmless(endpoint->method, endpoint->path).empty();
}

}  // namespace engine
