#include "engine/check/arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/rows.h"

namespace {

using engine::Limits;
using engine::Row;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

base::JsonObject object(std::string_view json) { return base::parse_json(json)->as_object(); }

/// The checked arguments as JSON, or the refusal.
std::string checked(const tool::Tool& tool, std::string_view json, const Limits& limits = {}) {
  const facts::Facts facts;
  const Row row(tool, "x", facts);
  const auto given = object(json);
  auto arguments = engine::check(row, given, limits);
  return arguments ? base::write_json(base::Json(engine::on_wire(*std::move(arguments)))) : arguments.error();
}

TEST(Arguments, BecomePvesNamesAndTypes) {
  EXPECT_EQ(checked(test::kCreate, R"({"node":"pve1","vmid":"100","ssh_public_keys":"k","start":1})"),
            R"({"node":"pve1","vmid":100,"sshkeys":"k","start":true})");
}

TEST(Arguments, NullCountsAsAbsent) {
  EXPECT_EQ(checked(test::kListResources, R"({"type":null})"), "{}");
  EXPECT_THAT(checked(test::kStart, R"({"node":"pve1","vmid":null})"), HasSubstr("vmid: missing"));
}

TEST(Arguments, AreRefusedWithAllProblemsAtOnce) {
  const auto text = checked(test::kRrd, R"({"vmid":"x y","timefrme":"hour","cf":"MIN"})");
  EXPECT_THAT(text, AllOf(HasSubstr("pve_get_qemu_rrddata was not called"), Not(HasSubstr("node")),
                          HasSubstr("\n- vmid: \"x y\" is invalid"), HasSubstr("did you mean timeframe?"),
                          HasSubstr("\n- timeframe: missing"), HasSubstr("one of AVERAGE, MAX")));
}

TEST(Arguments, OfAReadMustBeListed) {
  EXPECT_THAT(checked(test::kListResources, R"({"nonsense_here":1})"),
              HasSubstr("nonsense_here: no such argument; valid are type"));
  EXPECT_THAT(checked(test::kListResources, R"({"typ":"vm"})"), HasSubstr("did you mean type?"));
}

TEST(Arguments, OfAWriteMayBeAnyParameterOfPve) {
  EXPECT_EQ(
      checked(test::kCreate, R"({"node":"pve1","vmid":100,"scsi3":"local:4","tags":"a;b","onboot":true})"),
      R"({"node":"pve1","vmid":100,"scsi3":"local:4","tags":"a;b","onboot":true})");
  EXPECT_THAT(checked(test::kCreate, R"({"node":"pve1","vmid":100,"sata9":"local:4"})"),
              HasSubstr("sata9: no such argument"));
  EXPECT_THAT(checked(test::kUser, R"({"userid":"a@pve","mailaddress":"x"})"),
              AllOf(HasSubstr("valid are userid, password, expire; PVE's call also accepts "),
                    testing::EndsWith(", …")));
  EXPECT_THAT(checked(test::kUser, R"({"userid":"a@pve","user_first_name_of":"x"})"), HasSubstr("firstname"));
  EXPECT_THAT(checked(test::kCreate, R"({"node":"pve1","vmid":100,"iconfig0":"ip=dhcp"})"),
              HasSubstr("did you mean ipconfig0?"));
  EXPECT_THAT(checked(test::kCreate, R"({"node":"pve1","vmid":100,"sockts":1})"),
              HasSubstr("did you mean sockets?"));
  EXPECT_THAT(checked(test::kCreate, R"({"node":"pve1","vmid":100,"balloon":-1})"), HasSubstr("balloon: -1"));
}

TEST(Arguments, AreRefusedIfOneIsGivenTwice) {
  EXPECT_THAT(checked(test::kCreate, R"({"node":"pve1","vmid":100,"ssh_public_keys":"a","sshkeys":"b"})"),
              HasSubstr("sshkeys: given twice"));
}

TEST(Arguments, AreRefusedIfOneLacksAnotherThatItRequires) {
  EXPECT_THAT(checked(test::kCreate, R"({"node":"pve1","vmid":100,"live-restore":true,"force":true})"),
              HasSubstr("force: PVE takes it only together with archive"));
}

TEST(Arguments, ThatCanDeleteDataNeedTheTierFull) {
  const Limits lower{.tier = {tool::Tier::ReadExecute}};
  for (const auto* argument : {R"("prune-backups":"keep-last=1")", R"("remove":true)", R"("script":"/x")",
                               R"("dumpdir":"/x")", R"("tmpdir":"/x")"}) {
    const auto json = R"({"node":"pve1","all":true,)" + std::string(argument) + "}";
    EXPECT_THAT(checked(test::kBackup, json, lower), AllOf(HasSubstr("PVE_ACCESS_TIER"), HasSubstr("full")));
  }
  EXPECT_THAT(checked(test::kStart, R"({"node":"pve1","vmid":100,"skiplock":true})", lower),
              HasSubstr("PVE_ACCESS_TIER"));
  EXPECT_EQ(checked(test::kBackup, R"({"node":"pve1","all":true,"remove":true})"),
            R"({"node":"pve1","all":true,"remove":true})");
}

TEST(Arguments, OfRootAreRefusedWithTheReason) {
  EXPECT_THAT(checked(test::kCreate, R"({"node":"pve1","vmid":100,"args":"-S"})"), HasSubstr("root@pam"));
  EXPECT_THAT(checked(test::kStart, R"({"node":"pve1","vmid":100,"skiplock":1})"), HasSubstr("root@pam"));
  EXPECT_EQ(checked(test::kStart, R"({"node":"pve1","vmid":100,"skiplock":0})"),
            R"({"node":"pve1","vmid":100,"skiplock":false})");
}

TEST(Arguments, OfAnUpdateMustChangeSomething) {
  const auto* nothing = "nothing to change; give at least one of cores, delete";
  EXPECT_THAT(checked(test::kUpdate, R"({"node":"pve1","vmid":100})"), HasSubstr(nothing));
  EXPECT_THAT(checked(test::kUpdate, R"({"node":"pve1","vmid":100,"digest":"a","cores":null})"),
              HasSubstr(nothing));
  EXPECT_THAT(checked(test::kUpdate, R"({"node":"pve1","vmid":100,"memory":"512"})"), HasSubstr("512"))
      << "a parameter that the row does not list is a change too";
}

TEST(Arguments, ThatAreUnknownAreSentToANewerPve) {
  const Limits newer{.connected = [] { return "9.3.1"; }};
  EXPECT_EQ(checked(test::kStart, R"({"node":"pve1","vmid":100,"new-thing0":"x"})", newer),
            R"({"node":"pve1","vmid":100,"new-thing0":"x"})");
  EXPECT_THAT(checked(test::kStart, R"({"node":"pve1","vmid":100,"new-thing0":"x"})"),
              HasSubstr("no such argument"));
  for (const auto* bad : {R"("New":1)", R"("a b":1)", R"("a=b":1)", R"("":1)", R"("new":{})", R"("9a":1)"}) {
    const auto json = R"({"node":"pve1","vmid":100,)" + std::string(bad) + "}";
    EXPECT_THAT(checked(test::kStart, json, newer), HasSubstr("no such argument")) << bad;
  }
  EXPECT_THAT(checked(test::kListResources, R"({"new":1})", newer), HasSubstr("no such argument"))
      << "a read accepts only parameters that its row lists";
}

TEST(Arguments, WithHostileNamesAreRefusedInPrintableText) {
  const auto text = checked(test::kStart, R"({"node":"pve1","vmid":100,"a\nb\u001b[0m":1})");
  EXPECT_EQ(std::ranges::count(text, '\n'), 1);
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(Arguments, OfAFloodAreRefusedInAShortText) {
  base::JsonObject flood;
  for (int i = 0; i < 20'000; ++i) flood["x" + std::to_string(i) + "y"] = 1;
  const facts::Facts facts;
  const Limits newer{.tier = {tool::Tier::ReadExecute}, .connected = [] { return "9.3.1"; }};
  for (const auto& limits : {Limits{}, newer}) {
    const auto refused = engine::check(Row(test::kCreate, "x", facts), flood, limits);
    ASSERT_FALSE(refused);
    EXPECT_LT(refused.error().size(), 4'000U);
    EXPECT_THAT(refused.error(), HasSubstr("\n- … and more"));
  }
}

}  // namespace
