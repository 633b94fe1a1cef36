// How far a call is, for a client that wants to be told.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "pve/task_progress.h"
#include "seam/tools.h"

namespace engine {

/// One scale of 0 to 100 over all that a call waits for. It only grows: what begins anew (a second disk, a
/// second guest) moves it by tiny steps while the message tells the truth; it never reaches 100. As long as
/// no share is known it stays below 1 and has no total. For the thread of the call.
class Progress {
 public:
  explicit Progress(mcp::Progress& sink) : sink_(sink) {}

  bool wanted() const { return sink_.wanted(); }
  /// `waited` since the call's first wait. What says nothing new is told again after ten seconds.
  void tell(std::string_view subject, std::chrono::milliseconds waited,
            const std::optional<pve::TaskProgress>& task = {});

 private:
  double next(std::chrono::milliseconds waited, const std::optional<double>& percent) const;

  mcp::Progress& sink_;
  bool share_known_ = false;
  double last_ = 0;
  std::chrono::milliseconds told_{0};
  std::string message_;
};

}  // namespace engine
