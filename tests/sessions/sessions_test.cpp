// Every tool has a session tests/sessions/<category>/<tool>.session in which it works at least once and fails
// at least once; what it gives is what is recorded.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "catalog/catalog.h"
#include "sessions/session.h"

namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path(TEST_SOURCE_DIR) / "sessions";

std::string read(const fs::path& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

struct Recorded {
  std::string category;
  std::string tool;
};

// The name of the test, without addresses that differ from run to run.
void PrintTo(const Recorded& recorded, std::ostream* out) { *out << recorded.category; }

std::vector<Recorded> all_tools() {
  std::vector<Recorded> tools;
  for (const auto& category : catalog::categories()) {
    for (const auto& tool : category.tools)
      tools.push_back({std::string(category.name), std::string(tool.name)});
  }
  return tools;
}

class Session : public testing::TestWithParam<Recorded> {};

TEST_P(Session, GivesWhatIsRecorded) {
  const fs::path file = kFolder / GetParam().category / (GetParam().tool + ".session");
  ASSERT_TRUE(fs::exists(file)) << "record a session: " << file;
  const std::string recorded = read(file);
  const auto steps = sessions::run(sessions::parse(recorded));
  const std::string now = sessions::print(steps);
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream(file) << now;
  } else {
    EXPECT_EQ(now, recorded) << "UPDATE_GOLDEN=1 rewrites " << file;
  }
  bool worked = false;
  bool failed = false;
  for (const auto& step : steps) {
    if (step.kind != sessions::Step::Kind::Call || step.text != GetParam().tool) continue;
    (step.is_error ? failed : worked) = true;
  }
  EXPECT_TRUE(worked) << "the session shows no call of the tool that works";
  EXPECT_TRUE(failed) << "the session shows no call of the tool that fails";
}

INSTANTIATE_TEST_SUITE_P(Tools, Session, testing::ValuesIn(all_tools()),
                         [](const auto& test) { return test.param.tool; });

// Sessions that belong to no single tool (faults, tiers) live in tests/sessions/stories.
TEST(Stories, GiveWhatIsRecorded) {
  const fs::path folder = kFolder / "stories";
  ASSERT_TRUE(fs::exists(folder));
  for (const auto& entry : fs::directory_iterator(folder)) {
    SCOPED_TRACE(entry.path().string());
    const std::string recorded = read(entry.path());
    const std::string now = sessions::print(sessions::run(sessions::parse(recorded)));
    if (std::getenv("UPDATE_GOLDEN") != nullptr) {
      std::ofstream(entry.path()) << now;
    } else {
      EXPECT_EQ(now, recorded);
    }
  }
}

TEST(Sessions, NoFileWithoutATool) {
  std::set<std::string> known;
  for (const auto& tool : all_tools()) known.insert(tool.category + "/" + tool.tool + ".session");
  for (const auto& entry : fs::recursive_directory_iterator(kFolder)) {
    if (entry.path().extension() != ".session" || entry.path().parent_path().filename() == "stories")
      continue;
    const auto name = fs::relative(entry.path(), kFolder).string();
    EXPECT_TRUE(known.contains(name)) << name << " belongs to no tool";
  }
}

}  // namespace
