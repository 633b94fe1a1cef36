#include "conformance/watcher.h"

namespace conformance {

void Watcher::watch(mcp::Changes& changes) { changes_ = &changes; }

void Watcher::resource_changed(std::string_view uri) {
  if (auto* const changes = changes_.load()) changes->resource_updated(uri);
}

void Watcher::task_changed(std::string_view handle) {
  if (auto* const changes = changes_.load()) changes->task_updated(handle, {});
}

}  // namespace conformance
