#include <gtest/gtest.h>

#include "base/json.h"
#include "facts/facts.h"

namespace {

using base::Method;
using facts::Facts;
using facts::misfit;

struct Case {
  Method method;
  std::string_view path;
  std::string_view parameter;
  std::string_view value;
  std::string_view misfit;  ///< empty: fits
};

constexpr std::string_view kCreate = "/nodes/{node}/qemu";
constexpr std::string_view kSnapshot = "/nodes/{node}/qemu/{vmid}/snapshot";

const Case kCases[] = {
    {Method::Post, kCreate, "vmid", "100", ""},
    {Method::Post, kCreate, "vmid", "+100", ""},
    {Method::Post, kCreate, "vmid", "99", "value must have a minimum value of 100"},
    {Method::Post, kCreate, "vmid", "1000000000", "value must have a maximum value of 999999999"},
    {Method::Post, kCreate, "vmid", "99999999999999999999999",
     "value must have a maximum value of 999999999"},
    {Method::Post, kCreate, "vmid", "abc", "type check ('integer') failed - got 'abc'"},
    {Method::Post, kCreate, "vmid", "", "type check ('integer') failed - got ''"},
    {Method::Post, kCreate, "vmid", "100.0", "type check ('integer') failed - got '100.0'"},
    {Method::Post, kCreate, "vmid", "1e3", "type check ('integer') failed - got '1e3'"},
    {Method::Post, kCreate, "cpulimit", "1.5", ""},
    {Method::Post, kCreate, "cpulimit", ".5", ""},
    {Method::Post, kCreate, "cpulimit", "5.", ""},
    {Method::Post, kCreate, "cpulimit", "1e2", ""},
    {Method::Post, kCreate, "cpulimit", "1e999", "value must have a maximum value of 128"},
    {Method::Post, kCreate, "cpulimit", "-1", "value must have a minimum value of 0"},
    {Method::Post, kCreate, "cpulimit", "1,5", "type check ('number') failed - got '1,5'"},
    {Method::Post, kCreate, "cpulimit", ".", "type check ('number') failed - got '.'"},
    {Method::Post, kCreate, "cpulimit", "nan", "type check ('number') failed - got 'nan'"},
    {Method::Post, kCreate, "onboot", "1", ""},
    {Method::Post, kCreate, "onboot", "0", ""},
    {Method::Post, kCreate, "onboot", "true", "type check ('boolean') failed - got 'true'"},
    {Method::Post, kCreate, "storage", "q",
     "invalid format - storage ID 'q' cannot be shorter than 2 characters\n"},
    {Method::Post, kCreate, "storage", "1x",
     "invalid format - storage ID '1x' contains illegal characters\n"},
    {Method::Post, kCreate, "storage", "local-lvm", ""},
    {Method::Get, "/nodes/{node}/status", "node", "pve1", ""},
    {Method::Get, "/nodes/{node}/status", "node", "a b",
     "invalid format - value does not look like a valid node name\n"},
    {Method::Get, "/nodes/{node}/status", "node", "-a",
     "invalid format - value does not look like a valid node name\n"},
    {Method::Put, "/nodes/{node}/qemu/{vmid}/config", "delete", "net0,description", ""},
    {Method::Put, "/nodes/{node}/qemu/{vmid}/config", "delete", "net0 ; scsi1", ""},
    {Method::Put, "/nodes/{node}/qemu/{vmid}/config", "delete", "net0,1x",
     "invalid format - invalid configuration ID '1x'\n"},
    {Method::Post, "/nodes/{node}/vzdump", "vmid", "100,101", ""},
    {Method::Post, "/nodes/{node}/vzdump", "vmid", "100,x",
     "invalid format - value does not look like a valid VM ID\n"},
    {Method::Get, "/cluster/resources", "type", "vm", ""},
    {Method::Get, "/cluster/resources", "type", "bogus",
     "value 'bogus' does not have a value in the enumeration 'vm, storage, node, sdn'"},
    {Method::Get, "/cluster/sdn/zones/{zone}", "zone", "localnetwork", "value may only be 8 characters long"},
    {Method::Post, kCreate, "name", "web01.example.lan", ""},
    {Method::Post, kCreate, "name", "web_01", "invalid format - value does not look like a valid DNS name\n"},
    {Method::Post, kCreate, "name", "-web", "invalid format - value does not look like a valid DNS name\n"},
    {Method::Post, kCreate, "name", "web..lan",
     "invalid format - value does not look like a valid DNS name\n"},
    {Method::Post, "/pools", "poolid", "web/staging", ""},
    {Method::Post, "/pools", "poolid", "two words",
     "invalid format - pool name 'two words' contains invalid characters\n"},
    {Method::Post, "/pools", "poolid", "web//a",
     "invalid format - pool name 'web//a' contains invalid characters\n"},
    {Method::Post, "/storage", "path", "/mnt/a", ""},
    {Method::Post, "/storage", "path", "mnt/a",
     "invalid format - value does not look like a valid absolute path\n"},
    {Method::Post, "/storage", "content", "images,iso;none", ""},
    {Method::Post, "/storage", "content", "images,floppy",
     "invalid format - invalid content type 'floppy'\n"},
    {Method::Post, "/nodes/{node}/vzdump", "prune-backups", "keep-last=3,keep-daily=7", ""},
    // Written as an address or, by our callers, as a network.
    {Method::Put, "/nodes/{node}/network/{iface}", "address", "10.30.0.1/24", ""},
    {Method::Post, "/access/users", "email", "", ""},
    {Method::Post, "/access/users", "email", "bob+pve@example.com", ""},
    {Method::Post, "/access/users", "email", "bob at example",
     "invalid format - value does not look like a valid email address\n"},
    {Method::Post, kSnapshot, "description", "\xC3\xA4", ""},
    // (?^:…) and alternation without a group, as Perl reads them.
    {Method::Post, kCreate, "startdate", "now", ""},
    {Method::Post, kCreate, "startdate", "2026-01-02T03:04:05", ""},
    {Method::Post, kCreate, "startdate", "tomorrow", "value does not match the regex pattern"},
    {Method::Post, kCreate, "parallel0", "/dev/parport0", ""},
    {Method::Post, kCreate, "parallel0", "tty", "value does not match the regex pattern"},
    {Method::Post, kCreate, "vmgenid", "1", ""},
    {Method::Post, kCreate, "vmgenid", "x", "value does not match the regex pattern"},
    {Method::Post, "/nodes/{node}/lxc", "entrypoint", "/sbin/init", ""},
    {Method::Post, "/nodes/{node}/lxc", "entrypoint", "a\nb", "value does not match the regex pattern"},
};

TEST(Misfit, SpeaksPvesWords) {
  const Facts facts;
  for (const auto& c : kCases) {
    const auto* endpoint = facts.find(c.method, c.path);
    ASSERT_NE(endpoint, nullptr) << c.path;
    const auto* parameter = endpoint->parameter(c.parameter);
    ASSERT_NE(parameter, nullptr) << c.path << " " << c.parameter;
    EXPECT_EQ(misfit(*parameter, c.value).value_or(""), c.misfit) << c.parameter << "=" << c.value;
  }
}

TEST(Misfit, LengthsCountCharacters) {
  facts::Parameter parameter;
  parameter.max_length = 2;
  parameter.min_length = 2;
  EXPECT_FALSE(misfit(parameter, "\xC3\xA4\xE2\x82\xAC"));
  EXPECT_EQ(misfit(parameter, "a"), "value must be at least 2 characters long");
  EXPECT_EQ(misfit(parameter, "abc"), "value may only be 2 characters long");
}

// A pattern that tries every way to match would not come to an end.
TEST(Misfit, NoValueCostsMuchTime) {
  const Facts facts;
  const std::string hostile = std::string(250, 'a') + "!";
  const std::string huge(1 << 20, 'a');
  int tried = 0;
  for (const auto* path : {"/nodes/{node}/storage/{storage}/oci-registry-pull", "/nodes/{node}/qemu",
                           "/nodes/{node}/lxc", "/cluster/acme/account"}) {
    const auto* endpoint = facts.find(Method::Post, path);
    ASSERT_NE(endpoint, nullptr) << path;
    for (const auto& parameter : endpoint->parameters) {
      misfit(parameter, hostile);
      misfit(parameter, huge);
      ++tried;
    }
  }
  EXPECT_GT(tried, 0);
}

TEST(JsonSchema, HoldsTypeEnumerationAndRange) {
  const Facts facts;
  const auto schema = [&](Method method, std::string_view path, std::string_view name) {
    return base::write_json(facts::json_schema(*facts.find(method, path)->parameter(name)));
  };
  EXPECT_EQ(schema(Method::Post, kCreate, "vmid"), R"({"type":"integer","minimum":100,"maximum":999999999})");
  EXPECT_EQ(schema(Method::Get, "/cluster/resources", "type"),
            R"({"type":"string","enum":["vm","storage","node","sdn"]})");
  EXPECT_EQ(schema(Method::Post, kCreate, "onboot"), R"({"type":"boolean"})");
  EXPECT_EQ(schema(Method::Post, kCreate, "name"), R"({"type":"string"})");
  EXPECT_EQ(schema(Method::Post, "/nodes/{node}/qemu/{vmid}/agent/exec", "command"),
            R"({"type":"array","items":{"type":"string"}})");
  EXPECT_EQ(schema(Method::Post, "/cluster/bulk-action/guest/start", "vms"),
            R"({"type":"array","items":{"type":"integer","minimum":100,"maximum":999999999}})");
  EXPECT_EQ(schema(Method::Post, "/storage", "saferemove-stepsize"),
            R"({"type":"integer","enum":[1,2,4,8,16,32]})");
}

}  // namespace
