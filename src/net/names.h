// The addresses of one host, remembered for a moment. One look-up at a time, however many wait for it.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "net/resolver.h"

namespace net {

/// Belongs to the thread of its io_context, which must not run any more when this ends.
class Names {
 public:
  using Done = std::function<void(const Addresses&)>;

  Names(boost::asio::io_context& io, std::string host, Lookup lookup);
  ~Names();
  Names(const Names&) = delete;
  Names& operator=(const Names&) = delete;

  /// Calls `done` at once when the host is a literal or its addresses are fresh, else after the look-up.
  void find(Done done);
  /// The addresses did not serve: ask again next time.
  void forget();
  const std::string& host() const { return host_; }

 private:
  struct Gate;
  void arrived(Addresses addresses);

  boost::asio::io_context& io_;
  std::string host_;
  Lookup lookup_;
  std::shared_ptr<Gate> gate_;
  std::vector<Done> waiting_;
  bool asking_ = false;
  std::vector<std::string> known_;
  std::chrono::steady_clock::time_point known_since_;
};

}  // namespace net
