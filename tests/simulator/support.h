// A demo cluster that stands still, and calls on it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "facts/facts.h"
#include "simulator/cluster.h"

namespace simulator {

using Form = std::vector<std::pair<std::string, std::string>>;

/// An answer taken apart.
struct Got {
  unsigned status = 0;
  std::string reason;
  base::Json body;   ///< null when there was none or no JSON
  std::string text;  ///< the body as it came
  net::Headers headers;
  std::chrono::milliseconds delay{0};
  bool drop = false;

  const base::Json& data() const;
  /// The text of `errors` for one parameter; "" when there is none.
  std::string error(std::string_view parameter) const;
  /// `data` as text: a UPID mostly.
  std::string upid() const;
};

/// Parsing the facts once for all tests of a program.
const facts::Facts& test_facts();

class Demo {
 public:
  /// task_speed 0: a task has ended when its call returns.
  explicit Demo(double task_speed = 0, unsigned guests = 30, facts::Version pve = {9, 2});

  /// `path` without /api2/json, percent-encoded as needed. Parameters go to the query of GET and DELETE, to
  /// the form body of POST and PUT, percent-encoded.
  Got get(std::string_view path, const Form& query = {});
  Got post(std::string_view path, const Form& body = {});
  Got put(std::string_view path, const Form& body = {});
  Got del(std::string_view path, const Form& query = {});
  Got call(base::Method method, std::string_view path, const Form& parameters = {});
  /// Exactly this request, /api2/json and headers included.
  Got raw(const net::Request& request);

  /// From now on calls carry "USER@REALM!TOKEN=SECRET"; "" sends none.
  void token(std::string value) { token_ = std::move(value); }
  /// The built-in tokens of the demo cluster.
  void as_root() { token("root@pam!demo=00000000-0000-4000-8000-000000000000"); }
  void as_auditor() { token("auditor@pve!ro=00000000-0000-4000-8000-000000000001"); }
  void as_operator() { token("operator@pve!ops=00000000-0000-4000-8000-000000000002"); }
  void as_limited() { token("limited@pve!none=00000000-0000-4000-8000-000000000003"); }

  void pass(std::chrono::milliseconds time) { clock_.advance(time); }
  /// Passes time until the task has ended; gives its exit status.
  std::string finish(const std::string& upid);
  /// All lines of its log.
  std::vector<std::string> log(const std::string& upid);

  Cluster& cluster() { return cluster_; }
  base::ManualClock& clock() { return clock_; }

 private:
  base::ManualClock clock_;
  Cluster cluster_;
  std::string token_;
};

}  // namespace simulator
