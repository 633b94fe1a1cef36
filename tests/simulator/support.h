// A demo cluster whose clock the test moves, and calls on it.
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

/// The parts of an answer.
struct Got {
  unsigned status = 0;
  std::string reason;
  base::Json body;   ///< null if it is empty or not JSON
  std::string text;  ///< the body, unparsed
  net::Headers headers;
  std::chrono::milliseconds delay{0};
  bool drop = false;

  const base::Json& data() const;
  /// The text of `errors` for one parameter; empty if there is none.
  std::string error(std::string_view parameter) const;
  /// `data` as text, usually a UPID.
  std::string upid() const;
};

/// The facts, which all tests of a program share because parsing them takes time.
const facts::Facts& test_facts();

class Demo {
 public:
  /// With task_speed 0 a task has ended when its call returns.
  explicit Demo(double task_speed = 0, unsigned guests = 30, facts::Version pve = {9, 2});

  /// `path` is without /api2/json and percent-encoded. Parameters go into the query of GET and DELETE and
  /// into the form body of POST and PUT; the call encodes them.
  Got get(std::string_view path, const Form& query = {});
  Got post(std::string_view path, const Form& body = {});
  Got put(std::string_view path, const Form& body = {});
  Got del(std::string_view path, const Form& query = {});
  Got call(base::Method method, std::string_view path, const Form& parameters = {});
  /// Sends exactly this request, which must have /api2/json and all headers.
  Got raw(const net::Request& request);

  /// Later calls send this token ("USER@REALM!TOKEN=SECRET"), or no token if it is empty.
  void token(std::string value) { token_ = std::move(value); }
  /// Later calls use one of the demo cluster's tokens.
  void as_root() { token("root@pam!demo=00000000-0000-4000-8000-000000000000"); }
  void as_auditor() { token("auditor@pve!ro=00000000-0000-4000-8000-000000000001"); }
  void as_operator() { token("operator@pve!ops=00000000-0000-4000-8000-000000000002"); }
  void as_limited() { token("limited@pve!none=00000000-0000-4000-8000-000000000003"); }

  void pass(std::chrono::milliseconds time) { clock_.advance(time); }
  /// Moves the clock until the task has ended. Returns its exit status.
  std::string finish(const std::string& upid);
  /// All lines of the task's log.
  std::vector<std::string> log(const std::string& upid);

  Cluster& cluster() { return cluster_; }
  base::ManualClock& clock() { return clock_; }

 private:
  base::ManualClock clock_;
  Cluster cluster_;
  std::string token_;
};

}  // namespace simulator
