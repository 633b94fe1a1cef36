// Tells changes to those who listen, when a fixture makes one.
#pragma once

#include <atomic>
#include <string_view>

#include "seam/changes.h"

namespace conformance {

class Watcher final : public mcp::Watch {
 public:
  void watch(mcp::Changes& changes) override;

  /// Told to nobody when nobody listens.
  void resource_changed(std::string_view uri);
  void task_changed(std::string_view handle);

 private:
  std::atomic<mcp::Changes*> changes_ = nullptr;
};

}  // namespace conformance
