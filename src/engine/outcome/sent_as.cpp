#include "engine/outcome/sent_as.h"

#include "change/guest_config.h"

namespace engine {

tool::Endpoint sent_as(const tool::Tool& tool, const base::JsonObject& arguments) {
  if (!tool.about.task_by_post || !change::makes_volume(arguments)) return tool.call;
  return {base::Method::Post, tool.call.path};
}

}  // namespace engine
