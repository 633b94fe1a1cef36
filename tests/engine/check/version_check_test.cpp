#include "engine/check/version_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/check/arguments.h"
#include "engine/row/schema.h"
#include "engine/rows.h"

namespace {

using engine::Limits;
using engine::Row;
using test::Method;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr tool::Tool kRules{.name = "pve_list_ha_rules",
                            .title = "HA rules",
                            .description = "List HA rules.",
                            .tier = tool::Tier::ReadOnly,
                            .effect = tool::Effect::None,
                            .call = {Method::Get, "/cluster/ha/rules"},
                            .params = {}};
constexpr tool::Tool kStorage{.name = "pve_create_storage",
                              .title = "Create storage",
                              .description = "Create a storage.",
                              .tier = tool::Tier::Full,
                              .effect = tool::Effect::Additive,
                              .call = {Method::Post, "/storage"},
                              .params = {{.name = "storage"}, {.name = "type"}}};
constexpr tool::Tool kFirewall{.name = "pve_create_firewall_rule",
                               .title = "Create rule",
                               .description = "Create a rule.",
                               .tier = tool::Tier::Full,
                               .effect = tool::Effect::Additive,
                               .call = {Method::Post, "/cluster/firewall/rules"},
                               .params = {{.name = "type"}, {.name = "action"}}};

class VersionCheck : public testing::Test {
 protected:
  /// The checked arguments as JSON, or the refusal. Empty `version`: PVE does not answer.
  std::string checked(const tool::Tool& tool, std::string_view json, std::string_view version) {
    const Row row(tool, "x", facts_);
    asked_ = 0;
    const Limits limits{.connected = [&]() -> std::optional<std::string> {
      ++asked_;
      if (version.empty()) return std::nullopt;
      return std::string(version);
    }};
    const auto given = base::parse_json(json)->as_object();
    auto arguments = engine::check(row, given, limits);
    return arguments ? base::write_json(base::Json(engine::on_wire(*std::move(arguments))))
                     : arguments.error();
  }

  facts::Facts facts_;
  int asked_ = 0;
};

TEST_F(VersionCheck, NamesTheVersionThatHasAMissingEndpoint) {
  EXPECT_EQ(checked(kRules, "{}", "8.4.14"),
            "pve_list_ha_rules was not called: GET /cluster/ha/rules needs PVE 9.0 or later; the connected "
            "PVE is 8.4.14.");
  EXPECT_EQ(checked(kRules, "{}", "9.0.3"), "{}");
  EXPECT_EQ(checked(kRules, "{}", "10.1"), "{}");
}

TEST_F(VersionCheck, RefusesParametersThatPveLacks) {
  const auto* json = R"({"node":"pve1","vmid":100,"allow-ksm":true,"virtiofs0":"share","cores":2})";
  const auto refusal = checked(test::kUpdate, json, "8.3.5");
  EXPECT_THAT(
      refusal,
      AllOf(HasSubstr("pve_update_qemu_config was not called:"),
            HasSubstr("\n- allow-ksm: PVE has it since 9.1; the connected PVE is 8.3.5; leave it out"),
            HasSubstr("\n- virtiofs0: PVE has it since 8.4; the connected PVE is 8.3.5; leave it out"),
            Not(HasSubstr("cores"))));
  EXPECT_THAT(checked(test::kUpdate, json, "8.4.1"),
              AllOf(HasSubstr("allow-ksm"), Not(HasSubstr("virtiofs"))));
  EXPECT_EQ(checked(test::kUpdate, json, "9.1.0"), json);
}

TEST_F(VersionCheck, ReportsItsProblemAmongTheOthers) {
  EXPECT_THAT(checked(test::kUpdate, R"({"node":"pve1","vmid":100,"allow-ksm":true,"cores":0})", "8.4.14"),
              AllOf(HasSubstr("- cores: 0 is invalid"), HasSubstr("- allow-ksm: PVE has it since 9.1")));
}

TEST_F(VersionCheck, AcceptsFormerParametersForAnOlderPve) {
  const auto* json = R"({"storage":"st1","type":"dir","maxfiles":3})";
  EXPECT_EQ(checked(kStorage, json, "8.4.14"), json);
  EXPECT_THAT(checked(kStorage, json, "9.2.11"),
              HasSubstr("\n- maxfiles: PVE had it until 8.4; the connected PVE is 9.2.11; leave it out"));
  EXPECT_THAT(checked(kStorage, R"({"storage":"st1","type":"dir","maxfiles":-1})", "8.4.14"),
              HasSubstr("maxfiles: -1 is invalid; expected an integer of at least 0"));
}

TEST_F(VersionCheck, RefusesValuesThatPveLacks) {
  const auto* rule = R"({"type":"forward","action":"DROP"})";
  EXPECT_THAT(
      checked(kFirewall, rule, "8.2.4"),
      HasSubstr(
          "\n- type: PVE has forward since 8.3; the connected PVE is 8.2.4; expected one of in, out, group"));
  EXPECT_EQ(checked(kFirewall, rule, "8.3.0"), rule);
  const auto* gluster = R"({"storage":"st1","type":"glusterfs"})";
  EXPECT_EQ(checked(kStorage, gluster, "8.4.14"), gluster);
  EXPECT_THAT(
      checked(kStorage, gluster, "9.0.1"),
      AllOf(HasSubstr(
                "\n- type: PVE had glusterfs until 8.4; the connected PVE is 9.0.1; expected one of btrfs"),
            Not(HasSubstr("glusterfs,"))));
  EXPECT_THAT(checked(kStorage, R"({"storage":"st1","type":"floppy"})", "8.4.14"),
              HasSubstr("type: \"floppy\" is invalid"));
}

TEST_F(VersionCheck, LetsPveDecideIfItsVersionIsUnknown) {
  for (const auto* version : {"", "junk"}) {
    EXPECT_EQ(checked(kRules, "{}", version), "{}");
    const auto* json = R"({"storage":"st1","type":"dir","maxfiles":3})";
    EXPECT_EQ(checked(kStorage, json, version), json);
  }
}

TEST_F(VersionCheck, AsksNothingForOrdinaryCalls) {
  for (const auto* json : {R"({"node":"pve1","vmid":100,"cores":2,"memory":"512"})",
                           R"({"node":"pve1","vmid":100,"cores":"x"})", R"({"vmid":100})"}) {
    checked(test::kUpdate, json, "8.0.1");
    EXPECT_EQ(asked_, 0) << json;
  }
  checked(kFirewall, R"({"type":"in","action":"DROP"})", "8.0.1");
  EXPECT_EQ(asked_, 0);
  checked(kStorage, R"({"storage":"st1","type":"dir"})", "8.0.1");
  EXPECT_EQ(asked_, 0);
}

TEST_F(VersionCheck, ChecksPreparedArguments) {
  const Row row(test::kUpdate, "x", facts_);
  auto wire = base::parse_json(R"({"node":"pve1","vmid":100,"allow-ksm":true})")->as_object();
  const auto arguments = engine::with_fields(row, wire);
  const auto refusal = engine::check_prepared(row, arguments, {.connected = [] { return "8.4.14"; }});
  ASSERT_TRUE(refusal);
  EXPECT_THAT(*refusal, HasSubstr("allow-ksm: PVE has it since 9.1"));
  EXPECT_FALSE(engine::check_prepared(row, arguments, {.connected = [] { return "9.1.2"; }}));
}

TEST_F(VersionCheck, KeepsFormerParametersOutOfTheSchema) {
  const Row row(kStorage, "x", facts_);
  EXPECT_EQ(row.newest(), (facts::Version{9, 2}));
  EXPECT_THAT(base::write_json(base::Json(engine::input_schema(row))), Not(HasSubstr("glusterfs")));
  EXPECT_THAT(checked(kStorage, R"({"storage":"st1","type":"dir","maxfile":3})", "8.4.14"),
              Not(HasSubstr("did you mean maxfiles")));
}

}  // namespace
