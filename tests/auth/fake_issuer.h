// An authorization server without a network: what it answers to which path, and what it was asked.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "auth/discovery.h"
#include "net/http.h"

namespace test {

inline constexpr const char* kIssuer = "https://id.example.com/realms/lab";
inline constexpr const char* kResource = "https://mcp.example.com/mcp";
inline constexpr const char* kKeysUrl = "https://keys.example.com/jwks";

class FakeIssuer {
 public:
  using Url = std::string;

  /// Answers GET `url` with 200 and `body`.
  void serve(const Url& url, std::string body, net::Headers headers = {}) {
    const std::scoped_lock lock(mutex_);
    answers_[url] = {200, "OK", std::move(headers), std::move(body)};
  }
  void serve_metadata(const Url& at, const std::string& issuer = kIssuer,
                      const std::string& keys = kKeysUrl) {
    serve(at, R"({"issuer":")" + issuer + R"(","jwks_uri":")" + keys + R"("})");
  }
  void answer(const Url& url, net::Response response) {
    const std::scoped_lock lock(mutex_);
    answers_[url] = std::move(response);
  }
  /// Nothing is answered any more, or again.
  void down(bool is) {
    const std::scoped_lock lock(mutex_);
    down_ = is;
  }
  /// Requests wait until hold(false).
  void hold(bool is) {
    const std::scoped_lock lock(mutex_);
    held_ = is;
    changed_.notify_all();
  }
  /// Waits until this many requests have come.
  void await(std::size_t requests) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return asked_.size() >= requests; });
  }
  std::vector<Url> asked() const {
    const std::scoped_lock lock(mutex_);
    return asked_;
  }
  std::size_t asked_for(const Url& url) const {
    std::size_t count = 0;
    for (const auto& one : asked()) count += one == url ? 1U : 0U;
    return count;
  }

  auth::ClientFactory clients() {
    return [this](const net::Url& origin) { return std::make_unique<Client>(*this, origin); };
  }

 private:
  class Client final : public net::HttpClient {
   public:
    Client(FakeIssuer& issuer, net::Url origin) : issuer_(issuer), origin_(std::move(origin)) {}
    std::expected<net::Response, net::Failure> send(const net::Request& request,
                                                    const net::SendOptions& options) override {
      return issuer_.send(auth::Location{origin_, {}, {}}.text() + request.target, options.stop);
    }

   private:
    FakeIssuer& issuer_;
    net::Url origin_;
  };

  std::expected<net::Response, net::Failure> send(const Url& url, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    asked_.push_back(url);
    changed_.notify_all();
    if (!changed_.wait(lock, stop, [&] { return !held_; }))
      return std::unexpected(net::Failure{net::Failure::Kind::Cancelled, "cancelled", true, {}});
    if (down_)
      return std::unexpected(net::Failure{net::Failure::Kind::Refused, "connection refused", true, {}});
    const auto at = answers_.find(url);
    if (at == answers_.end()) return net::Response{404, "Not Found", {}, "{}"};
    return at->second;
  }

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<Url, net::Response> answers_;
  std::vector<Url> asked_;
  bool down_ = false;
  bool held_ = false;
};

}  // namespace test
