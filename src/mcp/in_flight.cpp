#include "mcp/in_flight.h"

#include <cmath>
#include <utility>

#include "mcp/object_text.h"

namespace mcp {

InFlight::InFlight(jsonrpc::Id id, const Envelope& envelope, std::shared_ptr<Sink> notices,
                   std::shared_ptr<Sink> answers)
    : id_(std::move(id)),
      revision_(envelope.revision),
      progress_token_(envelope.progress_token),
      notices_(std::move(notices)),
      answers_(std::move(answers)) {}

void InFlight::report(double progress, std::optional<double> total, std::string_view message) {
  if (!progress_token_ || !std::isfinite(progress)) return;
  std::string params;
  ObjectText object(params);
  jsonrpc::write_id(*progress_token_, object.key("progressToken"));
  object.json("progress", base::Json(progress));
  if (total && std::isfinite(*total)) object.json("total", base::Json(*total));
  if (revision_ >= Revision::R2025_03_26 && !message.empty()) object.text("message", message);
  object.close();
  const auto text = jsonrpc::write_notification("notifications/progress", params);

  const std::scoped_lock lock(mutex_);
  if (!notices_ || (last_progress_ && progress <= *last_progress_)) return;
  last_progress_ = progress;
  notices_->send(text);
}

void InFlight::answer(std::string_view message) {
  const std::scoped_lock lock(mutex_);
  if (answers_) answers_->send(message);
  notices_.reset();
  answers_.reset();
}

void InFlight::silence() {
  const std::scoped_lock lock(mutex_);
  notices_.reset();
  answers_.reset();
}

}  // namespace mcp
