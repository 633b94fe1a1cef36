// Compares every sentence on a change with golden/frames.txt (UPDATE_GOLDEN=1 rewrites it). Read the
// sentences aloud when it changes.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "base/ascii.h"
#include "catalog/support.h"
#include "engine/answer/render.h"
#include "engine/outcome/outcome.h"

namespace catalog_test {
namespace {

constexpr auto kUpid = "UPID:pve1:0000C350:00A1B2C3:6A18A500:qmstart:100:root@pam!mcp:";

const base::JsonObject kArguments{{"node", "pve1"},
                                  {"vmid", "100 (web01)"},
                                  {"target", "pve2"},
                                  {"newid", 9000},
                                  {"snapname", "before"},
                                  {"userid", "ann@pve"},
                                  {"path", "/vms/100"},
                                  {"id", "nightly"},
                                  {"sid", "vm:100"},
                                  {"iface", "vmbr1"},
                                  {"poolid", "prod"},
                                  {"service", "cron"},
                                  {"storage", "nas"},
                                  {"command", "stop"},
                                  {"type", "dir"},
                                  {"upid", kUpid},
                                  {"pos", 3}};

std::string first_line(std::string text) {
  text = text.substr(0, text.find('\n'));
  return text.substr(0, text.find(" PVE's task list"));
}

std::string ended(const engine::Wording& words, pve::TaskReport::State state, std::string exit_status) {
  pve::TaskReport report;
  report.state = state;
  report.exit_status = std::move(exit_status);
  report.waited = std::chrono::seconds(state == pve::TaskReport::State::Running ? 30 : 2);
  const auto result = engine::render_outcome({.words = words,
                                              .upid = *pve::parse_upid(kUpid),
                                              .report = report,
                                              .base_url = "https://pve1:8006",
                                              .may = {}},
                                             {});
  return first_line(std::get<mcp::Text>(result.content.at(0)).text);
}

std::vector<std::string> frames(const tool::Tool& tool, const engine::Row& row) {
  using State = pve::TaskReport::State;
  const auto words = engine::wording(row, kArguments);
  if (!tool.starts_task) return {words.done + ".", words.not_done + ": no.", words.doing + ": 12 s"};
  return {words.doing + ": the task is running.", ended(words, State::Done, "OK"),
          ended(words, State::Running, ""), ended(words, State::Failed, "no")};
}

TEST(Frames, AreSentences) {
  const facts::Facts facts;
  std::string text;
  for (const auto& category : catalog::categories()) {
    for (const auto& tool : category.tools) {
      // What a target changes is in its own words.
      if (tool.effect == tool::Effect::None || tool.door != tool::Door::None) continue;
      text += std::string(tool.name) + "\n";
      for (const auto& frame : frames(tool, engine::Row(tool, category.name, facts))) {
        text += "  " + frame + "\n";
        EXPECT_EQ(frame.find_first_of("{}"), std::string::npos) << frame;
        EXPECT_EQ(frame.find("  "), std::string::npos) << "a place is empty: " << frame;
        EXPECT_TRUE(base::is_letter(frame.front()) && !base::is_lower(frame.front())) << frame;
      }
    }
  }
  const auto file = std::string(TEST_SOURCE_DIR) + "/golden/frames.txt";
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(file, std::ios::binary) << text;
  std::ifstream in(file, std::ios::binary);
  EXPECT_EQ(text, std::string(std::istreambuf_iterator<char>(in), {})) << "UPDATE_GOLDEN=1 rewrites " << file;
}

}  // namespace
}  // namespace catalog_test
