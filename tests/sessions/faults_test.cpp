// Every tool under every fault: a clear error that loses nothing, never a crash, a secret or a false success.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "sessions/examples.h"
#include "sessions/world.h"

namespace {

using sessions::Example;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

struct Fault {
  std::string_view text;
  /// Words of the error that a person needs.
  std::string_view says;
  /// The request was lost on its way or after it: a change may have happened.
  bool outcome_unknown = false;
};

constexpr Fault kFaults[] = {
    {"latency=60000", "PVE_TIMEOUT", true}, {"drop", "connection broke", true},
    {"status=500", "status 500"},           {"status=595", "status 595"},
    {"status=596", "status 596", true},     {"status=599", "status 599", true},
    {"broken-json", "PVE_BASE_URL", true},  {"html", "PVE_BASE_URL", true},
    {"unauthorized", "PVE_TOKEN_SECRET"},   {"no-corosync", "quorum"},
};

class EveryTool : public testing::TestWithParam<Example> {
 protected:
  /// Asked before anybody is authenticated.
  static bool open_to_all() {
    const auto* endpoint = sessions::facts().find(GetParam().tool->call.method, GetParam().tool->call.path);
    return endpoint != nullptr && endpoint->permissions.find("\"world\"") != std::string_view::npos;
  }

  /// Files and processes of one node; the rest of what changes lives in the cluster's file system.
  static bool local_to_a_node() {
    const auto path = GetParam().tool->call.path;
    return path.starts_with("/nodes/{node}/network") || path.starts_with("/nodes/{node}/tasks");
  }

  static bool works_under(const Fault& fault) {
    if (fault.text == "no-corosync") return reads() || local_to_a_node();
    return fault.text == "unauthorized" && open_to_all();
  }

  static bool reads() { return GetParam().tool->effect == tool::Effect::None; }

  static void expect_a_clear_error(const Fault& fault, const sessions::Told& told) {
    EXPECT_TRUE(told.is_error) << told.text;
    EXPECT_THAT(told.text, HasSubstr(fault.says));
    EXPECT_LT(told.text.size(), 1000U);
    EXPECT_TRUE(std::ranges::none_of(told.text, [](char c) { return c >= 0 && c < ' ' && c != '\n'; }));
    EXPECT_THAT(told.text, Not(HasSubstr("requested")));
    // A look that the change needs may have failed before it.
    if (fault.outcome_unknown && !reads() && told.text.find("GET /") == std::string::npos) {
      EXPECT_THAT(told.text, HasSubstr("PVE may have carried"));
    }
  }
};

TEST_P(EveryTool, SaysWhatIsWrong) {
  for (const auto& fault : kFaults) {
    SCOPED_TRACE(fault.text);
    sessions::World world;
    for (auto& step : GetParam().before()) sessions::perform(world, step);
    world.fault(std::string(fault.text));
    const auto told = world.call(GetParam().tool->name, GetParam().arguments());
    EXPECT_THAT(told.text, Not(HasSubstr(world.secret())));
    if (works_under(fault)) {
      EXPECT_FALSE(told.is_error) << told.text;
      continue;
    }
    if (fault.text == "no-corosync" && !told.is_error) {
      EXPECT_THAT(told.text, HasSubstr("Task: UPID:")) << "what PVE notices later shows in the task";
    } else {
      expect_a_clear_error(fault, told);
    }
    if (fault.text == "unauthorized") continue;  // final: it ends the process
    world.fault("");
    const auto again = world.call(GetParam().tool->name, GetParam().arguments());
    EXPECT_TRUE(!again.is_error || (!reads() && fault.outcome_unknown)) << again.text;
  }
}

INSTANTIATE_TEST_SUITE_P(Faults, EveryTool, testing::ValuesIn(sessions::asking_examples()),
                         [](const auto& test) { return std::string(test.param.tool->name); });

}  // namespace
