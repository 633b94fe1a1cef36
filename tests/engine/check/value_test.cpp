#include "engine/check/value.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/rows.h"

namespace {

using engine::Row;
using testing::HasSubstr;
using testing::Not;

struct Case {
  const tool::Tool& tool;
  std::string_view name;
  std::string_view given;  ///< JSON
  std::string_view value;  ///< JSON of the converted value; empty: refused
};

constexpr const tool::Tool& kCreate = test::kCreate;

const Case kCases[] = {
    // Integers
    {kCreate, "vmid", "100", "100"},
    {kCreate, "vmid", R"("100")", "100"},
    {kCreate, "vmid", R"("+100")", "100"},
    {kCreate, "vmid", "100.0", "100"},
    {kCreate, "vmid", "1e3", "1000"},
    {kCreate, "vmid", "100.5", ""},
    {kCreate, "vmid", "99", ""},
    {kCreate, "vmid", "-100", ""},
    {kCreate, "vmid", "1000000000", ""},
    {kCreate, "vmid", "18446744073709551615", ""},
    {kCreate, "vmid", "1e300", ""},
    {kCreate, "vmid", R"("")", ""},
    {kCreate, "vmid", R"("100 ")", ""},
    {kCreate, "vmid", R"("0x64")", ""},
    {kCreate, "vmid", R"("99999999999999999999")", ""},
    {kCreate, "vmid", "true", ""},
    {kCreate, "vmid", "[100]", ""},
    {kCreate, "vmid", R"({"id":100})", ""},
    // Booleans
    {kCreate, "start", "true", "true"},
    {kCreate, "start", "false", "false"},
    {kCreate, "start", "1", "true"},
    {kCreate, "start", "0", "false"},
    {kCreate, "start", R"("1")", "true"},
    {kCreate, "start", R"("false")", "false"},
    {kCreate, "start", "2", ""},
    {kCreate, "start", R"("yes")", ""},
    {kCreate, "start", R"("")", ""},
    {kCreate, "start", "[]", ""},
    // Numbers
    {kCreate, "cpulimit", "1.5", "1.5"},
    {kCreate, "cpulimit", R"("1.5")", R"("1.5")"},
    {kCreate, "cpulimit", "0", "0"},
    {kCreate, "cpulimit", "129", ""},
    {kCreate, "cpulimit", R"("1,5")", ""},
    {kCreate, "cpulimit", "true", ""},
    // Texts
    {kCreate, "name", R"("web")", R"("web")"},
    {kCreate, "name", "5", R"("5")"},
    {kCreate, "name", "true", ""},
    {kCreate, "name", R"(["web"])", ""},
    {kCreate, "name", R"({"a":1})", ""},
    {kCreate, "description", R"("a=b;c&d+e%20\u00e4\n")", R"("a=b;c&d+e%20ä\n")"},
    {kCreate, "memory", "2048", R"("2048")"},
    {kCreate, "agent", "true", R"("1")"},
    {kCreate, "net0", R"("virtio,bridge=vmbr0")", R"("virtio,bridge=vmbr0")"},
    // The expiry of an account, as reads show it.
    {test::kUser, "expire", R"("2026-11-28")", "1795824000"},
    {test::kUser, "expire", R"("2026-11-28 10:00")", "1795860000"},
    {test::kUser, "expire", "0", "0"},
    {test::kUser, "expire", R"("soon")", ""},
    // Property strings as PVE's reads show those of a backup job: as objects, with numbers as texts.
    {kCreate, "net0", R"({"model":"virtio","bridge":"vmbr0"})", R"("model=virtio,bridge=vmbr0")"},
    {kCreate, "net0", R"("{\"model\":\"virtio\",\"firewall\":true}")", R"("model=virtio,firewall=1")"},
    {kCreate, "net0", R"({"model":"virtio,bridge=vmbr9"})", ""},
    {kCreate, "net0", "{}", ""},
    {test::kBackup, "prune-backups", R"({"keep-last":"3","keep-daily":7})", R"("keep-last=3,keep-daily=7")"},
    {test::kBackup, "prune-backups", R"({"keep-all":true})", R"("keep-all=1")"},
    {test::kBackup, "fleecing", R"({"enabled":"1","storage":"local"})", R"("enabled=1,storage=local")"},
    {kCreate, "storage", R"("q")", ""},
    // Enumerations
    {kCreate, "bios", R"("ovmf")", R"("ovmf")"},
    {kCreate, "bios", R"("uefi")", ""},
    {test::kRrd, "timeframe", R"("hour")", R"("hour")"},
    {test::kRrd, "timeframe", R"("century")", ""},
    {test::kBackup, "compress", "0", R"("0")"},
    {test::kBackup, "compress", R"("zip")", ""},
    {test::kService, "command", R"("stop")", R"("stop")"},
    {test::kService, "command", R"("mask")", ""},
    {test::kService, "service", R"("pveproxy")", R"("pveproxy")"},
    {test::kService, "service", R"("evil")", ""},
    // Lists
    {test::kUpdate, "delete", R"("net0,net1")", R"("net0,net1")"},
    {test::kUpdate, "delete", R"(["net0","net1"])", R"("net0,net1")"},
    {test::kUpdate, "delete", "[]", R"("")"},
    {test::kUpdate, "delete", R"(["net0,net1"])", ""},
    {test::kUpdate, "delete", R"(["net0",["net1"]])", ""},
    {test::kUpdate, "delete", R"("1net")", ""},
    {test::kBackup, "vmid", "100", R"("100")"},
    {test::kBackup, "vmid", "[100,101]", R"("100,101")"},
    {test::kBackup, "vmid", R"("a b")", ""},
    // Arrays
    {test::kBackup, "exclude-path", R"(["/tmp","/var/a b"])", R"(["/tmp","/var/a b"])"},
    {test::kBackup, "exclude-path", R"("/tmp")", R"(["/tmp"])"},
    {test::kBackup, "exclude-path", R"([{}])", ""},
    // Parameters that PVE does not have
    {test::kBackup, "maxfiles", "3", "3"},
    {test::kBackup, "maxfiles", R"("x")", ""},
};

TEST(Value, AcceptsEveryFormOfTheSameValue) {
  const facts::Facts facts;
  for (const auto& c : kCases) {
    const Row row(c.tool, "x", facts);
    const auto field = row.field(c.name);
    ASSERT_TRUE(field) << c.name;
    const auto checked = engine::check_value(*field, *base::parse_json(c.given), {});
    EXPECT_EQ(checked ? base::write_json(*checked) : "", c.value)
        << c.name << " " << c.given << (checked ? "" : " " + checked.error());
  }
}

std::string refusal(const tool::Tool& tool, std::string_view name, std::string_view given) {
  const facts::Facts facts;
  const Row row(tool, "x", facts);
  const auto checked = engine::check_value(*row.field(name), *base::parse_json(given), {});
  return checked ? "fits" : checked.error();
}

TEST(Value, IsRefusedWithWhatIsValid) {
  EXPECT_EQ(refusal(kCreate, "vmid", R"("abc")"),
            R"("abc" is invalid; expected an integer from 100 to 999999999)");
  EXPECT_EQ(refusal(kCreate, "start", "7"), "7 is invalid; expected true or false");
  EXPECT_EQ(refusal(test::kRrd, "timeframe", R"("hours")"),
            R"("hours" is invalid; expected one of hour, day, week, month, year; did you mean hour?)");
  EXPECT_THAT(refusal(kCreate, "name", R"({"model":"virtio"})"), HasSubstr("an object is invalid"));
  EXPECT_THAT(refusal(kCreate, "storage", R"("q")"), HasSubstr("cannot be shorter than 2 characters"));
  EXPECT_THAT(refusal(kCreate, "startdate", R"("x")"), HasSubstr("matching"));
}

TEST(Value, IsRefusedInAShortPrintableText) {
  const auto huge = "\"" + std::string(100'000, 'x') + "\"";
  EXPECT_LT(refusal(kCreate, "vmid", huge).size(), 300U);
  EXPECT_LT(refusal(kCreate, "vmid", "[" + huge + "]").size(), 300U);
  EXPECT_THAT(refusal(kCreate, "vmid", R"("a\u001b[31m\nb")"), Not(HasSubstr("\n")));
}

TEST(Value, IsNotShownIfItIsSecret) {
  EXPECT_THAT(refusal(test::kUser, "password", R"("hunter")"), Not(HasSubstr("hunter")));
  EXPECT_THAT(refusal(test::kUser, "password", R"(["hunter2!"])"), Not(HasSubstr("hunter2!")));
}

TEST(Value, IsSetUnlessItIsFalseZeroOrEmpty) {
  for (const auto* set : {"true", "1", R"("a")", "[1]", "0.5"}) {
    EXPECT_TRUE(engine::is_set(*base::parse_json(set))) << set;
  }
  for (const auto* unset : {"false", "0", R"("")", R"("0")", "[]", "null"}) {
    EXPECT_FALSE(engine::is_set(*base::parse_json(unset))) << unset;
  }
}

}  // namespace
