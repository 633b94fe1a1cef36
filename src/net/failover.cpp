#include "net/failover.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace net {
namespace {

using Kind = Failure::Kind;

/// Not failures that are caused by the request itself or by its sender.
bool is_of_the_host(Kind kind) { return kind != Kind::Protocol && kind != Kind::Cancelled; }

struct Attempt {
  const std::string* host;
  Failure failure;
};

Failure combined(std::vector<Attempt> attempts) {
  if (attempts.size() == 1) return std::move(attempts.front().failure);
  auto all = attempts.front().failure;
  all.detail.clear();
  for (const auto& [host, failure] : attempts) {
    if (failure.kind != all.kind) all.kind = Kind::Unreachable;
  }
  for (const auto& [host, failure] : attempts) {
    all.nothing_sent = all.nothing_sent && failure.nothing_sent;
    all.detail += (all.detail.empty() ? "" : "; ") + *host + ": " + failure.detail;
    // Only what is said about certificates alone tells how to compare it.
    if (all.kind == Kind::Certificate) all.detail += " (fingerprint " + failure.fingerprint + ")";
  }
  if (all.kind != Kind::Certificate) all.fingerprint.clear();
  return all;
}

}  // namespace

Failover::Failover(std::vector<Host> hosts, const base::Clock& clock) : clock_(clock) {
  for (auto& host : hosts) hosts_.push_back({std::move(host), {}});
}

std::vector<std::size_t> Failover::order() const {
  const std::scoped_lock lock(mutex_);
  const auto now = clock_.steady();
  std::vector<std::size_t> order;
  for (const bool aside : {false, true}) {
    for (std::size_t i = 0; i < hosts_.size(); ++i) {
      const auto index = (current_ + i) % hosts_.size();
      if ((hosts_[index].aside_until > now) == aside) order.push_back(index);
    }
  }
  return order;
}

void Failover::worked(std::size_t index) {
  const std::scoped_lock lock(mutex_);
  hosts_[index].aside_until = {};
  // An answer that was long under way does not bring its host back.
  if (index != current_ && hosts_[current_].aside_until > clock_.steady()) current_ = index;
}

void Failover::failed(std::size_t index, const Failure& failure) {
  const auto now = clock_.steady();
  {
    const std::scoped_lock lock(mutex_);
    if (std::exchange(hosts_[index].aside_until, now + kAside) > now) return;
  }
  base::log(base::LogLevel::Warning,
            hosts_[index].host.name + " is skipped for 30 s: " + failure.detail + ".");
}

std::expected<Response, Failure> Failover::send(const Request& request, const SendOptions& options) {
  std::vector<Attempt> attempts;
  bool late = false;
  for (const auto index : order()) {
    const auto& host = hosts_[index].host;
    auto answer = host.client.send(request, options);
    if (answer) {
      worked(index);
      return answer;
    }
    auto& failure = answer.error();
    if (!is_of_the_host(failure.kind)) return answer;
    const bool last = std::exchange(late, failure.kind == Kind::Timeout) ||
                      (request.method != base::Method::Get && !failure.nothing_sent);
    failed(index, failure);
    attempts.push_back({&host.name, std::move(failure)});
    if (last) break;
    if (options.stop.stop_requested())
      return std::unexpected(Failure{Kind::Cancelled, "cancelled", request.method != base::Method::Get, {}});
    if (options.may_go_on && !options.may_go_on()) break;
  }
  return std::unexpected(combined(std::move(attempts)));
}

}  // namespace net
