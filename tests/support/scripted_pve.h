// A PVE for tests that answers as it is told, by route, and remembers what it was asked.
//
// A route is "METHOD /path", the path without /api2/json: "GET /nodes/pve1/qemu". Without a query it stands
// for every query; with one ("GET /cluster/resources?type=vm") for that one only. '*' stands for any text, so
// "*" is every request. Of several routes that fit, the one with the most text beside its '*' counts.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <expected>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "net/http.h"

namespace test {

/// As it came, and its route with the query as it was sent.
struct Asked {
  std::string line;
  net::Request request;
  net::SendOptions options;
};

using Answer = std::expected<net::Response, net::Failure>;
/// Called by the thread that asks, possibly by several at once.
using Answering = std::function<Answer(const Asked&)>;

/// PVE's envelope around JSON: {"data":…}.
std::string pve_data(std::string_view json);
/// Status 200 with that data.
net::Response pve_answer(std::string_view json);
/// No response at all.
Answer pve_failure(net::Failure::Kind kind, bool nothing_sent = true);

/// Safe to use from many threads at once, also while it is asked. A request that no route fits is a failure
/// of the test and is answered with 501. A request whose stop token has fired ends as cancelled.
class ScriptedPve final : public net::HttpClient {
 public:
  std::expected<net::Response, net::Failure> send(const net::Request& request,
                                                  const net::SendOptions& options) override;

  /// What the route answers from now on: each of them once, the last one again and again. Text is JSON for
  /// PVE's "data"; a response, an Answer or a function stands for itself.
  template <typename... Answers>
  void answer(std::string_view route, Answers&&... answers) {
    static_assert(sizeof...(answers) > 0);
    script(route, {answering(std::forward<Answers>(answers))...});
  }
  /// An error as PVE gives it: the words are in the reason, from 8.4 on also in the body.
  void refuse(std::string_view route, unsigned status, std::string reason,
              std::string body = R"({"data":null})") {
    answer(route, net::Response{status, std::move(reason), {}, std::move(body)});
  }
  /// No response at all.
  void fail(std::string_view route, net::Failure::Kind kind, bool nothing_sent = true) {
    answer(route, pve_failure(kind, nothing_sent));
  }
  /// The route answers no more.
  void forget(std::string_view route);

  /// From now on requests of the route take so long by the clock, which must live as long. Over their own
  /// limit they end as timed out.
  void delay(std::string_view route, std::chrono::milliseconds time, base::Clock& clock);
  /// From now on requests of the route get no answer until they are stopped or the route is released. One
  /// for which neither happens is a failure of the test.
  void hang(std::string_view route);
  void release(std::string_view route);

  /// All requests in the order in which they came, also those without an answer yet.
  std::vector<Asked> requests() const;
  /// Their lines alone: "GET /nodes/pve1/tasks?limit=5".
  std::vector<std::string> asked() const;
  std::size_t count(std::string_view route) const;
  /// Waits until so many requests of the route have come. False: they have not for long.
  bool await(std::string_view route, std::size_t requests = 1);
  /// Forgets the requests, not the answers.
  void clear_asked();

 private:
  struct Delay {
    std::chrono::milliseconds time;
    base::Clock* clock;
  };
  template <typename Value>
  using ByRoute = std::map<std::string, Value, std::less<>>;

  static Answering answering(std::string_view data_json);
  static Answering answering(Answer answer);
  static Answering answering(Answering function) { return function; }
  void script(std::string_view route, std::deque<Answering> answers);
  // Under the mutex.
  Answering next(const std::string& line);
  bool hangs(const std::string& line) const;

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  ByRoute<std::deque<Answering>> scripts_;
  ByRoute<Delay> delays_;
  std::set<std::string, std::less<>> hanging_;
  std::vector<Asked> asked_;
};

}  // namespace test
