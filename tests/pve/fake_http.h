// An HttpClient that answers from a list and remembers what it was asked.
#pragma once

#include <deque>
#include <expected>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "net/http.h"

namespace test {

class FakeHttp final : public net::HttpClient {
 public:
  using Result = std::expected<net::Response, net::Failure>;

  std::expected<net::Response, net::Failure> send(const net::Request& request,
                                                  const net::SendOptions& options) override {
    const std::scoped_lock lock(mutex_);
    requests.push_back(request);
    timeouts.push_back(options.timeout);
    if (before_answer) before_answer();
    if (answers.empty()) return net::Response{200, "OK", {}, R"({"data":null})"};
    Result result = std::move(answers.front());
    answers.pop_front();
    return result;
  }

  void answer(unsigned status, std::string reason, std::string body, net::Headers headers = {}) {
    answers.emplace_back(net::Response{status, std::move(reason), std::move(headers), std::move(body)});
  }
  void fail(net::Failure::Kind kind, bool nothing_sent) {
    answers.emplace_back(std::unexpected(net::Failure{kind, "test", nothing_sent, {}}));
  }

  std::vector<net::Request> requests;
  std::vector<std::chrono::milliseconds> timeouts;
  std::deque<Result> answers;
  std::function<void()> before_answer;

 private:
  std::mutex mutex_;
};

}  // namespace test
