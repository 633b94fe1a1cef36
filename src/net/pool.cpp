#include "net/pool.h"

#include <algorithm>
#include <utility>

namespace net {

Pool::Pool(boost::asio::io_context& io, Route& route) : route_(route), sweep_(io) {}

void Pool::submit(const JobPtr& job) {
  if (!job->done) return;
  start_clock(job);
  place(job);
}

void Pool::place(const JobPtr& job) {
  if (take_idle(job)) {
    active_.insert(job);
    run(job);
    return;
  }
  if (active_.size() + idle_.size() >= route_.options.max_connections && !idle_.empty()) idle_.pop_front();
  if (active_.size() + idle_.size() >= std::max<std::size_t>(route_.options.max_connections, 1)) {
    waiting_.push_back(job);
    return;
  }
  active_.insert(job);
  connect(job);
}

bool Pool::take_idle(const JobPtr& job) {
  const auto oldest = std::chrono::steady_clock::now() - route_.options.idle_limit;
  std::erase_if(idle_, [&](const Idle& one) { return one.since <= oldest; });
  for (std::size_t i = idle_.size(); i-- > 0;) {
    if (idle_[i].doubtful && !job->repeatable) continue;
    Idle one = std::move(idle_[i]);
    idle_.erase(idle_.begin() + static_cast<std::ptrdiff_t>(i));
    if (!one.stream->quiet()) continue;
    job->stream = std::move(one.stream);
    job->served = one.served;
    return true;
  }
  return false;
}

void Pool::connect(const JobPtr& job) {
  stop_clock(job);
  job->connector =
      std::make_shared<Connector>(route_, [this, job](std::expected<Connection, Failure> result) {
        job->connector.reset();
        if (!result) {
          end(job, std::unexpected(std::move(result.error())));
          return;
        }
        job->stream = std::move(result->stream);
        start_clock(job);
        run(job);
      });
  // A local copy: the connector may be done before start() returns.
  const auto connector = job->connector;
  connector->start();
}

void Pool::run(const JobPtr& job) {
  job->exchange =
      std::make_shared<Exchange>(*job->stream, std::move(job->wire), route_.options.max_body,
                                 [this, job](Exchanged result) { exchanged(job, std::move(result)); });
  const auto exchange = job->exchange;
  exchange->start();
}

void Pool::exchanged(const JobPtr& job, Exchanged result) {
  ++job->served;
  const bool full = route_.options.max_requests != 0 && job->served >= route_.options.max_requests;
  if (result.reuse != Reuse::Never && !full) {
    idle_.push_back({std::move(job->stream), job->served, result.reuse == Reuse::Doubtful,
                     std::chrono::steady_clock::now()});
    sweep_later();
  }
  end(job, std::move(result.response));
}

void Pool::end(const JobPtr& job, std::expected<Response, Failure> result) {
  const auto done = std::exchange(job->done, nullptr);
  if (!done) return;
  stop_clock(job);
  if (const auto connector = std::exchange(job->connector, nullptr)) connector->cancel();
  if (job->stream) job->stream->close();
  job->exchange.reset();
  std::erase(waiting_, job);
  const bool freed = active_.erase(job) > 0;
  done(std::move(result));
  if (freed && !waiting_.empty()) {
    const JobPtr next = waiting_.front();
    waiting_.pop_front();
    place(next);
  }
}

void Pool::start_clock(const JobPtr& job) {
  job->timer.expires_after(job->left);
  job->timer.async_wait([this, job](const boost::system::error_code& error) {
    if (error || !job->done || job->timer.expiry() > std::chrono::steady_clock::now()) return;
    const std::string limit = std::to_string(job->limit.count()) + " ms";
    give_up(job, Failure::Kind::Timeout,
            job->exchange ? "no full answer within " + limit
                          : "no connection of the pool became free within " + limit);
  });
}

void Pool::stop_clock(const JobPtr& job) {
  job->left = std::max(job->timer.expiry() - std::chrono::steady_clock::now(),
                       std::chrono::steady_clock::duration::zero());
  job->timer.cancel();
}

void Pool::cancel(const JobPtr& job) { give_up(job, Failure::Kind::Cancelled, "cancelled"); }

void Pool::give_up(const JobPtr& job, Failure::Kind kind, std::string detail) {
  if (!job->done) return;
  const bool nothing_sent = !job->exchange || job->exchange->nothing_sent();
  end(job, std::unexpected(Failure{kind, std::move(detail), nothing_sent, {}}));
}

void Pool::close() {
  const auto waiting = std::exchange(waiting_, {});
  for (const auto& job : waiting) cancel(job);
  const auto active = active_;
  for (const auto& job : active) cancel(job);
  idle_.clear();
  sweep_.cancel();
}

// Idle connections that the server has closed must not stay half closed.
void Pool::sweep_later() {
  if (sweeping_) return;
  sweeping_ = true;
  sweep_.expires_after(route_.options.idle_limit);
  sweep_.async_wait([this](const boost::system::error_code& error) {
    sweeping_ = false;
    if (error) return;
    const auto oldest = std::chrono::steady_clock::now() - route_.options.idle_limit;
    std::erase_if(idle_, [&](const Idle& one) { return one.since <= oldest; });
    if (!idle_.empty()) sweep_later();
  });
}

}  // namespace net
