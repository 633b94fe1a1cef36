// Assigns connections to waiting requests, and keeps idle ones. For the files of net/ only.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <unordered_set>

#include "net/connect.h"
#include "net/exchange.h"

namespace net {

/// One request on its way through the pool.
struct Job {
  using Done = std::function<void(std::expected<Response, Failure>)>;

  Job(boost::asio::io_context& io, std::string bytes, bool may_repeat, std::chrono::milliseconds timeout,
      Done when_done)
      : wire(std::move(bytes)),
        repeatable(may_repeat),
        limit(timeout),
        left(timeout),
        done(std::move(when_done)),
        timer(io) {}

  std::string wire;
  bool repeatable;
  std::chrono::milliseconds limit;
  /// Of `limit`, without the time that connecting took.
  std::chrono::steady_clock::duration left;
  Done done;
  boost::asio::steady_timer timer;
  std::shared_ptr<Connector> connector;
  std::unique_ptr<Stream> stream;
  std::shared_ptr<Exchange> exchange;
  unsigned served = 0;  ///< requests that `stream` carried before
};

/// Belongs to the I/O thread, which must not run any more when this ends.
class Pool {
 public:
  using JobPtr = std::shared_ptr<Job>;

  Pool(boost::asio::io_context& io, Route& route);

  void submit(const JobPtr& job);
  /// The stop token fired. Nothing happens when the job is over.
  void cancel(const JobPtr& job);
  /// Ends every job with Failure::Cancelled and closes everything.
  void close();

 private:
  struct Idle {
    std::unique_ptr<Stream> stream;
    unsigned served = 0;
    bool doubtful = false;
    std::chrono::steady_clock::time_point since;
  };

  void place(const JobPtr& job);
  bool take_idle(const JobPtr& job);
  void connect(const JobPtr& job);
  void run(const JobPtr& job);
  void exchanged(const JobPtr& job, Exchanged result);
  void end(const JobPtr& job, std::expected<Response, Failure> result);
  void start_clock(const JobPtr& job);
  void stop_clock(const JobPtr& job);
  void give_up(const JobPtr& job, Failure::Kind kind, std::string detail);
  void sweep_later();

  Route& route_;
  std::unordered_set<JobPtr> active_;  ///< each holds a connection or is about to
  std::deque<JobPtr> waiting_;
  std::deque<Idle> idle_;  ///< the one used last is at the back
  boost::asio::steady_timer sweep_;
  bool sweeping_ = false;
};

}  // namespace net
