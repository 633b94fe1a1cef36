// Every tool has a session tests/sessions/<category>/<tool>.session in which it works at least once and fails
// at least once; what it gives is what is recorded.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <string_view>

#include "sessions/examples.h"
#include "sessions/session.h"

namespace {

namespace fs = std::filesystem;
using sessions::Example;
using sessions::read_file;

const fs::path kFolder = fs::path(TEST_SOURCE_DIR) / "sessions";

class Session : public testing::TestWithParam<Example> {};

TEST_P(Session, GivesWhatIsRecorded) {
  const fs::path file = sessions::file_of(GetParam());
  ASSERT_TRUE(fs::exists(file)) << "record a session: " << file;
  const std::string recorded = read_file(file);
  const auto steps = sessions::run(sessions::parse(recorded));
  const std::string now = sessions::print(steps);
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream(file) << now;
  } else {
    EXPECT_EQ(now, recorded) << "UPDATE_GOLDEN=1 rewrites " << file;
  }
  bool worked = false;
  bool failed = false;
  bool started = false;
  for (const auto& step : steps) {
    if (step.kind != sessions::Step::Kind::Call || step.text != GetParam().tool->name) continue;
    (step.is_error ? failed : worked) = true;
    started = started || step.outcome.find("Task: UPID:") != std::string::npos;
  }
  EXPECT_EQ(started, GetParam().tool->starts_task) << "the row says whether PVE answers with a task";
  EXPECT_TRUE(worked) << "the session shows no call of the tool that works";
  EXPECT_TRUE(failed) << "the session shows no call of the tool that fails";
}

INSTANTIATE_TEST_SUITE_P(Tools, Session, testing::ValuesIn(sessions::examples()),
                         [](const auto& test) { return std::string(test.param.tool->name); });

/// Sessions that belong to no single tool (faults, tiers), and those of an attacker.
constexpr std::array<std::string_view, 2> kWithoutATool = {"stories", "attacks"};

class Stories : public testing::TestWithParam<std::string_view> {};

TEST_P(Stories, GiveWhatIsRecorded) {
  const fs::path folder = kFolder / GetParam();
  ASSERT_TRUE(fs::exists(folder));
  std::size_t told = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    SCOPED_TRACE(entry.path().string());
    const std::string recorded = read_file(entry.path());
    const std::string now = sessions::print(sessions::run(sessions::parse(recorded)));
    if (std::getenv("UPDATE_GOLDEN") != nullptr) {
      std::ofstream(entry.path()) << now;
    } else {
      EXPECT_EQ(now, recorded);
    }
    ++told;
  }
  EXPECT_GT(told, 0U);
}

INSTANTIATE_TEST_SUITE_P(In, Stories, testing::ValuesIn(kWithoutATool),
                         [](const auto& test) { return std::string(test.param); });

/// docs/security-tests.md shows each attempt with what stopped it.
TEST(Attacks, AreNamedAndFail) {
  std::size_t seen = 0;
  for (const auto& entry : fs::directory_iterator(kFolder / "attacks")) {
    const auto steps = sessions::parse(read_file(entry.path()));
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (steps[i].kind != sessions::Step::Kind::Call) continue;
      EXPECT_TRUE(steps[i].is_error) << entry.path() << ": " << steps[i].text << " " << steps[i].arguments;
      const bool named =
          std::any_of(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(i),
                      [](const auto& step) { return step.kind == sessions::Step::Kind::Comment; });
      EXPECT_TRUE(named) << entry.path() << ": " << steps[i].text
                         << " needs a comment that names the attempt";
      ++seen;
    }
  }
  EXPECT_GT(seen, 40U);
}

TEST(Sessions, NoFileWithoutATool) {
  std::set<std::string> known;
  for (const auto& example : sessions::examples()) known.insert(sessions::file_of(example));
  std::size_t seen = 0;
  for (const auto& entry : fs::recursive_directory_iterator(kFolder)) {
    const auto folder = entry.path().parent_path().filename().string();
    if (entry.path().extension() != ".session" ||
        std::ranges::find(kWithoutATool, folder) != kWithoutATool.end())
      continue;
    EXPECT_TRUE(known.contains(entry.path().string())) << entry.path() << " belongs to no tool";
    ++seen;
  }
  EXPECT_EQ(seen, known.size());
}

}  // namespace
