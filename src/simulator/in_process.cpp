#include "simulator/in_process.h"

#include <condition_variable>
#include <mutex>

namespace simulator {

std::expected<net::Response, net::Failure> InProcess::send(const net::Request& request,
                                                           const net::SendOptions& options) {
  using Kind = net::Failure::Kind;
  if (options.stop.stop_requested())
    return std::unexpected(net::Failure{Kind::Cancelled, "cancelled", true, {}});
  auto reply = cluster_.handle(request);
  const auto wait = std::min(reply.delay, options.timeout);
  if (wait.count() > 0) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait_for(lock, options.stop, wait, [] { return false; });
    if (options.stop.stop_requested()) {
      return std::unexpected(net::Failure{Kind::Cancelled, "cancelled", false, {}});
    }
  }
  if (reply.delay > options.timeout)
    return std::unexpected(
        net::Failure{Kind::Timeout,
                     "no full answer within " + std::to_string(options.timeout.count()) + " ms",
                     false,
                     {}});
  if (reply.drop)
    return std::unexpected(net::Failure{Kind::Closed, "connection closed before the answer", false, {}});
  return std::move(reply.response);
}

}  // namespace simulator
