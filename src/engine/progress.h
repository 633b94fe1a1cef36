// Tells the client how far a call is.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "pve/task_progress.h"
#include "seam/tools.h"

namespace engine {

/// Maps all that one call waits for to one scale from 0 to 100. The value always grows and never reaches 100:
/// when something starts from 0 again (a second disk, a second guest), it grows by tiny steps while the
/// message shows the real share. It stays below 1 and has no total until a share is known. For the thread of
/// the call.
class Progress {
 public:
  explicit Progress(mcp::Progress& sink) : sink_(sink) {}

  bool wanted() const { return sink_.wanted(); }
  /// `waited` is the time since the call's first wait. Repeats an unchanged message after ten seconds.
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
