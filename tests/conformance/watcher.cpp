#include "conformance/watcher.h"

#include <string>

namespace conformance {

void Watcher::watch(const mcp::Watched& watched, mcp::Changes& changes) {
  const std::scoped_lock lock(mutex_);
  watched_ = watched;
  changes_ = &changes;
}

void Watcher::resource_changed(std::string_view uri) {
  std::unique_lock lock(mutex_);
  auto* const changes = watched_.resources.contains(std::string(uri)) ? changes_ : nullptr;
  // Whoever is told may call watch().
  lock.unlock();
  if (changes != nullptr) changes->resource_updated(uri);
}

void Watcher::task_changed(std::string_view handle) {
  std::unique_lock lock(mutex_);
  auto* const changes = watched_.tasks.contains(std::string(handle)) ? changes_ : nullptr;
  lock.unlock();
  if (changes != nullptr) changes->task_updated(handle);
}

}  // namespace conformance
