#include "mcp/capabilities.h"

#include <utility>

#include "mcp/modern.h"
#include "mcp/object_text.h"

namespace mcp {
namespace {

constexpr std::string_view kTasks = "io.modelcontextprotocol/tasks";

void write_tasks(const Offer& offer, Revision revision, ObjectText& object) {
  if (offer.tasks == nullptr) return;
  if (revision == Revision::R2025_11_25)
    object.raw("tasks", R"({"cancel":{},"requests":{"tools":{"call":{}}}})");
  if (revision == Revision::R2026_07_28) {
    ObjectText extensions(object.key("extensions"));
    extensions.raw(kTasks, "{}");
    extensions.close();
  }
}

}  // namespace

std::string write_capabilities(const Offer& offer, Revision revision) {
  std::string out;
  ObjectText object(out);
  object.raw("tools", R"({"listChanged":true})");
  if (offer.resources != nullptr) {
    object.raw("resources", offer.watch != nullptr ? R"({"subscribe":true,"listChanged":true})"
                                                   : R"({"listChanged":true})");
  }
  if (offer.prompts != nullptr) object.raw("prompts", R"({"listChanged":true})");
  if (offer.completer != nullptr && revision >= Revision::R2025_03_26) object.raw("completions", "{}");
  object.raw("logging", "{}");
  write_tasks(offer, revision, object);
  object.close();
  return out;
}

bool declares_tasks(const Envelope& envelope) {
  if (envelope.revision != Revision::R2026_07_28) return false;
  const auto* const value = envelope.client_capabilities.if_contains("extensions");
  const auto* const extensions = value != nullptr ? value->if_object() : nullptr;
  const auto* const tasks = extensions != nullptr ? extensions->if_contains(kTasks) : nullptr;
  return tasks != nullptr && tasks->is_object();
}

jsonrpc::Error missing_capability(base::JsonObject required) {
  base::JsonObject data;
  data["requiredCapabilities"] = std::move(required);
  return {modern::kMissingCapability, "Missing required client capability", std::move(data)};
}

jsonrpc::Error tasks_undeclared() {
  base::JsonObject extensions;
  extensions[kTasks] = base::JsonObject{};
  base::JsonObject required;
  required["extensions"] = std::move(extensions);
  return missing_capability(std::move(required));
}

}  // namespace mcp
