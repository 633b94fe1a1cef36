#include "mcp/outgoing.h"

#include <algorithm>
#include <string>
#include <utility>

namespace mcp {
namespace {

std::unexpected<jsonrpc::Error> failed(std::string_view why) {
  return std::unexpected(jsonrpc::Error{jsonrpc::kInternalError, std::string(why), {}});
}

}  // namespace

std::expected<base::Json, jsonrpc::Error> Outgoing::request(Sink& sink, std::string_view method,
                                                            std::string_view params,
                                                            const std::stop_token& stop,
                                                            const Peer::Waits& waits) {
  jsonrpc::Id id;
  {
    const std::scoped_lock lock(mutex_);
    if (closed_) return failed("the client sends no more messages");
    // A prefix keeps our ids apart from the client's own in its logs.
    id = "mcp-pve-" + std::to_string(++last_);
    waiting_.emplace(id, std::nullopt);
  }
  sink.send(jsonrpc::write_request(id, method, params));

  std::unique_lock lock(mutex_);
  const bool in_time = await(id, lock, stop, waits);
  auto slot = std::move(waiting_.extract(id).mapped());
  if (slot) return *std::move(slot);
  if (closed_) return failed("the client sends no more messages");
  lock.unlock();
  std::string void_request = R"({"requestId":)";
  jsonrpc::write_id(id, void_request);
  void_request += '}';
  sink.send(jsonrpc::write_notification("notifications/cancelled", void_request));
  if (in_time || stop.stop_requested()) return failed("the call was cancelled");
  const auto limit = std::chrono::ceil<std::chrono::seconds>(patience_.limit).count();
  return failed("no answer came within " + std::to_string(limit) + " s");
}

bool Outgoing::await(const jsonrpc::Id& id, std::unique_lock<std::mutex>& lock, const std::stop_token& stop,
                     const Peer::Waits& waits) {
  const auto answered = [&] { return closed_ || waiting_.at(id).has_value(); };
  auto left = patience_.limit;
  for (;;) {
    const auto turn = std::min(left, patience_.beat);
    if (changed_.wait_for(lock, stop, turn, answered)) return true;
    left -= turn;
    if (stop.stop_requested() || left.count() <= 0) return false;
    lock.unlock();
    waits();
    lock.lock();
  }
}

bool Outgoing::deliver(jsonrpc::Response response) {
  if (!response.id) return false;
  const std::scoped_lock lock(mutex_);
  const auto found = waiting_.find(*response.id);
  if (found == waiting_.end() || found->second) return false;
  found->second = std::move(response.outcome);
  changed_.notify_all();
  return true;
}

void Outgoing::close() {
  const std::scoped_lock lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

}  // namespace mcp
