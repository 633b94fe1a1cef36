// Tests all reports with answers that are senseless, missing or much too long.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "insight/fake_sources.h"
#include "insight/reports.h"
#include "tool/rights.h"
#include "view/more.h"
#include "view/object.h"

namespace insight_test {
namespace {

using testing::HasSubstr;
using testing::Not;

using Run = insight::Reported (*)(tool::Sources&, const base::JsonObject&);

struct Case {
  Run run;
  base::JsonObject arguments;
};

std::vector<Case> all_reports() {
  return {{insight::find_guest, {{"query", "192.0.2.7"}}},
          {insight::find_guest, {{"query", "*"}}},
          {insight::cluster_health, {}},
          {insight::top_consumers, {{"by", "network"}, {"window", "hour"}}},
          {insight::who_did, {{"guest", "100"}}},
          {insight::guest_overview, {{"guest", "100"}}},
          {insight::node_loss_impact, {{"node", "a"}}},
          {insight::find_orphans, {}}};
}

constexpr std::string_view kKeys =
    "type vmid node name status tags lock storage content shared disk maxdisk mem maxmem cpu maxcpu uptime "
    "volid size "
    "ctime snaptime notafter filename active fail_count id upid user starttime endtime msg time pri sid "
    "state crm_state "
    "quorate online quorum_votes guest target strict nodes resources key pending result ip-addresses "
    "ip-address inet "
    "snapshot scsi0 net0 agent parent description hastate digest netin netout";

TEST(Reports, SurviveEveryTypeOfEveryMember) {
  for (const auto* value :
       {"null", "true", "-1", "1e300", "1e999", "18446744073709551615", "\"\"", "\"x\\u0000\\u001b[2J|\"",
        "[]", "{}", "[[null]]", R"({"a":{"b":[1]}})", "\"100\"", "100", "\"nan\""}) {
    std::string row = "{";
    for (const auto key : base::split(kKeys, ' '))
      row += fmt::format(R"({}"{}":{})", row.size() > 1 ? "," : "", key, value);
    row += "}";
    for (const auto& answer : {row, "[" + row + "," + row + ",null,7,[]]", std::string(value)}) {
      FakeSources sources;
      if (const auto parsed = base::parse_json(answer); !parsed) continue;
      sources.answer("*", answer);
      sources.answer("/cluster/resources", fmt::format("[{},{}]", kTwoNodes, row));
      for (const auto& report : all_reports()) EXPECT_TRUE(report.run(sources, report.arguments)) << answer;
      sources.answer("/cluster/resources", answer);
      for (const auto& report : all_reports()) report.run(sources, report.arguments);
    }
  }
}

TEST(Reports, SurviveReadsThatAllFail) {
  FakeSources sources;
  sources.answer("/cluster/resources", fmt::format("[{}]", kTwoNodes));
  sources.refuse("*", "Permission check failed", true);
  for (const auto& report : all_reports()) {
    const auto got = report.run(sources, report.arguments);
    ASSERT_TRUE(got);
    if (sources.asked.size() > 1 && got->contains("matches")) continue;
    sources.asked.clear();
  }
  EXPECT_THAT(told(insight::cluster_health(sources, {})), HasSubstr("not_permitted"));
  sources.refuse("/cluster/resources", "broken", false);
  for (const auto& report : all_reports())
    EXPECT_THAT(told(report.run(sources, report.arguments)), HasSubstr("refused: The list of nodes"));
}

/// Fills every list with many long and hostile values.
void fill_to_the_brim(FakeSources& sources) {
  const std::string name = std::string(400, '|') + "\\u0000\\u001b[2J";
  std::string all;
  for (int i = 0; i < 40; ++i) {
    all += fmt::format(R"({}{{"type":"node","node":"n{}{}","status":"{}"}})", i == 0 ? "" : ",", i, name,
                       i % 2 == 0 ? "online" : name);
    all += fmt::format(
        R"(,{{"type":"storage","storage":"s{1}","node":"n{0}{1}","status":"available","content":"images,backup","disk":99,"maxdisk":100}})",
        i, name);
  }
  for (int vmid = 100; vmid < 700; ++vmid)
    all += fmt::format(
        R"(,{{"type":"qemu","vmid":{},"node":"n{}{}","name":"{}","tags":"{}","status":"running","lock":"{}"}})",
        vmid, vmid % 4, name, name, name, name);
  sources.answer("/cluster/resources", "[" + all + "]");
  std::string rows;
  for (int i = 0; i < 100; ++i)
    rows += fmt::format(
        R"({0}{{"vmid":{1},"volid":"s:{2}/vm-{1}-disk","content":"images","size":1e12,"ctime":5,"upid":"{1}","type":"{2}","id":"{2}","user":"{2}",
           "node":"{2}","status":"{2}","starttime":1799999999,"endtime":1799999999,"msg":"{2}","time":1799999999,"name":"{2}","snaptime":7,
           "key":"{2}","pending":"{2}","filename":"{2}","notafter":9,"active":0,"storage":"{2}","fail_count":3}})",
        i == 0 ? "" : ",", 100 + i, name);
  sources.answer("*", "[" + rows + "]");
}

TEST(Reports, FitTheBudgetWithLongAnswers) {
  FakeSources sources;
  fill_to_the_brim(sources);
  for (const auto* rights : {&tool::kSeesGuests, &tool::kSeesStorages, &tool::kSeesBackups,
                             &tool::kSeesImages, &tool::kSeesNodes, &tool::kSeesLog})
    sources.lacking[rights] = {std::string(500, 'x'), true, 0, {std::string(400, 'y')}, "Beware."};
  for (const auto& report : all_reports()) {
    const auto got = report.run(sources, report.arguments);
    if (!got) continue;
    const auto text = view::show_object({.ordered = true}, *got, 6000);
    EXPECT_THAT(text, Not(HasSubstr("members left out"))) << text.size();
    EXPECT_THAT(text, Not(HasSubstr(view::kForSize))) << text.size();
    EXPECT_LE(text.size(), 6000U);
    EXPECT_TRUE(std::ranges::none_of(text, [](char c) { return c >= 0 && c < ' ' && c != '\n'; }));
  }
}

TEST(Reports, NamesOfPveAreNeverKeys) {
  TwoNodes sources(R"(,{"type":"node","node":"evil\n## key","status":"offline\u001b[2J"})");
  for (const auto& report : all_reports()) {
    const auto got = report.run(sources, report.arguments);
    ASSERT_TRUE(got);
    for (const auto& member : *got)
      EXPECT_EQ(std::string_view(member.key()).find("evil"), std::string_view::npos);
    EXPECT_EQ(told(got).find("\\u001b"), std::string::npos) << told(got);
  }
}

}  // namespace
}  // namespace insight_test
