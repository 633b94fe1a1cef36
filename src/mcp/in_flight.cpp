#include "mcp/in_flight.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "mcp/log_level.h"
#include "mcp/object_text.h"

namespace mcp {
namespace {

constexpr double kAtOnce = 8;
constexpr double kEachSecond = 4;

}  // namespace

InFlight::InFlight(jsonrpc::Id id, const Envelope& envelope, const base::Clock& clock,
                   std::shared_ptr<Sink> notices, std::shared_ptr<Sink> answers)
    : id_(std::move(id)),
      revision_(envelope.revision),
      progress_token_(envelope.progress_token),
      log_level_(envelope.log_level),
      clock_(clock),
      notices_(std::move(notices)),
      answers_(std::move(answers)),
      allowance_(kAtOnce),
      allowed_at_(clock.steady()) {}

bool InFlight::may_report(double progress) {
  if (!notices_ || (last_progress_ && progress <= *last_progress_)) return false;
  const auto now = clock_.steady();
  const auto passed = std::chrono::duration<double>(now - allowed_at_).count();
  allowance_ = std::min(kAtOnce, allowance_ + passed * kEachSecond);
  allowed_at_ = now;
  if (allowance_ < 1) return false;
  allowance_ -= 1;
  last_progress_ = progress;
  return true;
}

void InFlight::report(double progress, std::optional<double> total, std::string_view message) {
  if (!progress_token_ || !std::isfinite(progress)) return;
  const std::scoped_lock lock(mutex_);
  if (!may_report(progress)) return;
  std::string params;
  ObjectText object(params);
  jsonrpc::write_id(*progress_token_, object.key("progressToken"));
  object.json("progress", base::Json(progress));
  if (total && std::isfinite(*total)) object.json("total", base::Json(*total));
  if (revision_ >= Revision::R2025_03_26 && !message.empty()) object.text("message", message);
  object.close();
  notices_->send(jsonrpc::write_notification("notifications/progress", params));
}

void InFlight::linger(std::string_view message) {
  constexpr double kStep = 1e-6;
  double next = kStep;
  {
    const std::scoped_lock lock(mutex_);
    if (last_progress_) next = std::max(*last_progress_ + kStep, std::nextafter(*last_progress_, HUGE_VAL));
  }
  report(next, std::nullopt, message);
}

void InFlight::pause() {
  const std::scoped_lock lock(mutex_);
  if (notices_ && revision_ == Revision::R2025_11_25) notices_->pause();
}

void InFlight::write(LogLevel level, std::string_view text) {
  if (!wants(level)) return;
  std::string params;
  ObjectText object(params);
  object.text("level", name(level));
  object.text("logger", "mcp-pve");
  object.text("data", text);
  object.close();
  notify("notifications/message", params);
}

void InFlight::notify(std::string_view method, std::string_view params) {
  const auto text = jsonrpc::write_notification(method, params);
  const std::scoped_lock lock(mutex_);
  if (notices_) notices_->send(text);
}

void InFlight::answer(const Reply& reply) {
  const auto text = reply ? jsonrpc::write_result(id_, *reply) : jsonrpc::write_error(id_, reply.error());
  const std::scoped_lock lock(mutex_);
  if (answers_) answers_->answer(text, reply ? nullptr : &reply.error());
  notices_.reset();
  answers_.reset();
}

void InFlight::silence() {
  const std::scoped_lock lock(mutex_);
  notices_.reset();
  answers_.reset();
}

}  // namespace mcp
