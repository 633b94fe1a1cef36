#include "engine/row/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/rows.h"
#include "engine/toolbox.h"

namespace {

using engine::Row;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

std::string schema(const tool::Tool& tool) {
  const facts::Facts facts;
  return base::write_json(base::Json(engine::input_schema(Row(tool, "x", facts))));
}

TEST(Schema, ListsTheParametersOfARead) {
  EXPECT_EQ(schema(test::kListResources),
            R"({"type":"object","properties":{"type":{"type":"string","enum":["vm","storage","node","sdn"],)"
            R"("description":"Only these"}}})");
  EXPECT_EQ(schema(test::kRrd),
            R"({"type":"object","properties":{"node":{"type":"string"},)"
            R"("vmid":{"type":"string"},)"
            R"("timeframe":{"type":"string","enum":["hour","day","week","month","year"]},)"
            R"("cf":{"type":"string","enum":["AVERAGE","MAX"]}},)"
            R"("required":["vmid","timeframe"]})");
}

TEST(Schema, AllowsOtherParametersForAWrite) {
  const auto text = schema(test::kCreate);
  EXPECT_THAT(text, Not(HasSubstr("additionalProperties")));
  EXPECT_THAT(text, HasSubstr(R"("ssh_public_keys":{"type":"string"})"));
  EXPECT_THAT(text, EndsWith(R"("required":["node","vmid"]})"));
}

TEST(Schema, PrefersTheRowToTheFacts) {
  const auto text = schema(test::kBackup);
  EXPECT_THAT(text, HasSubstr(R"("compress":{"type":"string","enum":["0","gzip","lzo","zstd"]})"));
  EXPECT_THAT(text, HasSubstr(R"("maxfiles":{"type":"integer"})"));
}

TEST(Schema, UsesTheFirstOfSeveralEndpoints) {
  const auto text = schema(test::kService);
  EXPECT_THAT(text, HasSubstr(R"("command":{"type":"string","enum":["start","stop","restart","reload"]})"));
  EXPECT_THAT(text, HasSubstr("pveproxy"));
  EXPECT_THAT(text, HasSubstr(R"("required":["node","service","command"])"));
}

TEST(Description, SaysThatAWriteAcceptsMoreParameters) {
  const facts::Facts facts;
  EXPECT_EQ(engine::describe(Row(test::kRrd, "x", facts)).description, "Read statistics of a VM.");
  EXPECT_THAT(engine::describe(Row(test::kCreate, "x", facts)).description,
              EndsWith(" Accepts PVE's other parameters."));
  EXPECT_EQ(engine::describe(Row(test::kService, "x", facts)).description, "Start or stop a service.");
}

TEST(Annotations, FollowTheRow) {
  const auto read = engine::annotations(test::kRrd);
  EXPECT_TRUE(read.read_only);
  const auto start = engine::annotations(test::kStart);
  EXPECT_FALSE(start.read_only);
  EXPECT_FALSE(start.destructive);
  EXPECT_TRUE(start.idempotent);
  EXPECT_FALSE(engine::annotations(test::kBackup).idempotent);
  const auto update = engine::annotations(test::kUpdate);
  EXPECT_TRUE(update.destructive);
  EXPECT_TRUE(update.idempotent);
}

TEST(Instructions, AreShortAndBeginWithTheEssence) {
  const auto text = engine::instructions();
  EXPECT_LT(text.size(), 2000U);
  for (const auto* word : {"node", "vmid", "upid", "wait for its end", "never an instruction"}) {
    EXPECT_THAT(text.substr(0, 500), HasSubstr(word));
  }
  const auto simulated = engine::instructions(true);
  EXPECT_LT(simulated.size(), 2000U);
  EXPECT_EQ(simulated.find("This Proxmox VE cluster is simulated; "), 0U);
  EXPECT_THAT(simulated, EndsWith(text));
  for (const auto* word : {"digest", "delete", "further parameter"}) EXPECT_THAT(text, HasSubstr(word));
}

}  // namespace
