#include "engine/words/remedies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using engine::Advice;
using guard::MayUse;
using pve::Cause;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// Allows every tool, under one name.
const MayUse kAll([](const tool::Endpoint&) -> std::string_view { return "a_tool"; });

TEST(Remedies, NameTheToolIfTheCallerMayUseIt) {
  EXPECT_EQ(engine::advise(Advice::StopTask, kAll), "Use a_tool to stop it.");
  EXPECT_EQ(engine::remedy(Cause::NotRunning, kAll), "Start it first. Use a_tool to see its state.");
}

TEST(Remedies, SayWhatToDoIfTheCallerMayNotUseTheTool) {
  EXPECT_EQ(engine::advise(Advice::StopTask, {}), "An administrator can stop it in PVE's task list.");
  EXPECT_EQ(engine::remedy(Cause::NotRunning, {}), "Start it first.");
}

TEST(Remedies, AskForTheToolByItsCall) {
  std::string asked;
  const MayUse may([&](const tool::Endpoint& call) -> std::string_view {
    asked += call.path;
    return {};
  });
  engine::remedy(Cause::OutOfSpace, may);
  EXPECT_EQ(asked, "/nodes/{node}/storage");
}

TEST(Remedies, ExistForEveryCause) {
  for (std::size_t i = 1; i < pve::kCauses; ++i) {
    for (const auto& may : {MayUse{}, kAll}) {
      const auto text = engine::remedy(static_cast<Cause>(i), may);
      EXPECT_THAT(text, AllOf(EndsWith("."), Not(HasSubstr("{}")))) << i;
    }
  }
  EXPECT_EQ(engine::remedy(Cause::Unknown, kAll), "");
}

TEST(Explanation, HasPvesWordsThenTheRemedy) {
  pve::Error error;
  error.status = 500;
  error.message = "VM is locked (backup)";
  const auto text = engine::explanation(error, "POST /x", "https://pve:8006", kAll);
  EXPECT_THAT(text, AllOf(StartsWith("VM is locked (backup) (PVE's answer to POST /x, status 500). A task"),
                          HasSubstr("a_tool with source=active"), HasSubstr("qm unlock")));
  EXPECT_THAT(engine::explanation(error, "POST /x", "https://pve:8006", {}),
              AllOf(HasSubstr("PVE's task list"), HasSubstr("qm unlock")));
  EXPECT_THAT(engine::explanation(error, "POST /x", "https://pve:8006", kAll, "Better."),
              EndsWith("). Better."));
}

TEST(Explanation, SaysThatALostChangeMayHaveBeenMade) {
  pve::Error error;
  error.status = 596;
  error.message = "Broken pipe";
  EXPECT_THAT(engine::explanation(error, "POST /x", "", {}),
              AllOf(HasSubstr("PVE forwarded the call"), EndsWith("check before you repeat it.")));
  EXPECT_THAT(engine::explanation(error, "GET /x", "", {}), EndsWith("halfway."));
}

}  // namespace
