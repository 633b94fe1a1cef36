#include "tool/demand.h"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <string>
#include <string_view>

#include "facts/facts.h"

namespace {

using base::Method;
using tool::Tier;

struct Row {
  Method method;
  std::string_view path;
  Tier tier;
  bool exec = false;
  bool is_sensitive = false;
};

TEST(Demand, IsReadOnlyForAReadAndFullForAllElse) {
  for (const auto& row : std::to_array<Row>({
           {Method::Get, "/nodes/{node}/disks/smart", Tier::ReadOnly},
           {Method::Get, "/nodes/{node}/qemu/{vmid}/agent/get-fsinfo", Tier::ReadOnly},
           {Method::Put, "/nodes/{node}/dns", Tier::Full},
           {Method::Post, "/nodes/{node}/qemu/{vmid}/agent/ping", Tier::Full},
           {Method::Delete, "/cluster/acme/plugins/{id}", Tier::Full},
           {Method::Post, "/nodes/{node}/qemu/{vmid}/agent/exec", Tier::Full, true},
           {Method::Post, "/nodes/{node}/qemu/{vmid}/agent/file-write", Tier::Full, true},
           {Method::Post, "/nodes/{node}/qemu/{vmid}/monitor", Tier::Full, true},
           {Method::Put, "/nodes/{node}/qemu/{vmid}/sendkey", Tier::Full, true},
           {Method::Get, "/nodes/{node}/qemu/{vmid}/agent/file-read", Tier::Full, false, true},
           {Method::Get, "/nodes/{node}/qemu/{vmid}/agent/exec-status", Tier::Full, false, true},
           {Method::Get, "/nodes/{node}/qemu/{vmid}/cloudinit/dump", Tier::Full, false, true},
           {Method::Get, "/nodes/{node}/query-url-metadata", Tier::Full, false, true},
           {Method::Get, "/nodes/{node}/scan/nfs", Tier::Full, false, true},
           {Method::Get, "/nodes/{node}/storage/{storage}/file-restore/download", Tier::Full, false, true},
           {Method::Get, "/nodes/{node}/report", Tier::Full, false, true},
       })) {
    SCOPED_TRACE(std::string(base::name(row.method)) + " " + std::string(row.path));
    const auto demand = tool::demand(row.method, row.path);
    EXPECT_EQ(demand.tier, row.tier);
    EXPECT_EQ(demand.exec, row.exec);
    EXPECT_EQ(demand.is_sensitive, row.is_sensitive);
  }
}

// The list is written out, so that a new version of PVE brings no such endpoint unnoticed.
TEST(NeverCalled, AreConsolesLoginsMembershipAndUploads) {
  const std::map<std::string, int> expected = {
      {"GET /access/openid", 1},
      {"GET /access/ticket", 1},
      {"POST /access/openid/auth-url", 1},
      {"POST /access/openid/login", 1},
      {"POST /access/ticket", 1},
      {"POST /access/vncticket", 1},
      {"POST /cluster/config", 1},
      {"POST /cluster/config/join", 1},
      {"POST /cluster/config/nodes/{node}", 1},
      {"DELETE /cluster/config/nodes/{node}", 1},
      {"POST /nodes/{node}/execute", 1},
      {"GET /nodes/{node}/vncwebsocket", 1},
      {"POST /nodes/{node}/spiceshell", 1},
      {"POST /nodes/{node}/termproxy", 1},
      {"POST /nodes/{node}/vncshell", 1},
      {"GET /nodes/{node}/lxc/{vmid}/mtunnelwebsocket", 1},
      {"GET /nodes/{node}/lxc/{vmid}/vncwebsocket", 1},
      {"POST /nodes/{node}/lxc/{vmid}/mtunnel", 1},
      {"POST /nodes/{node}/lxc/{vmid}/spiceproxy", 1},
      {"POST /nodes/{node}/lxc/{vmid}/termproxy", 1},
      {"POST /nodes/{node}/lxc/{vmid}/vncproxy", 1},
      {"GET /nodes/{node}/qemu/{vmid}/mtunnelwebsocket", 1},
      {"GET /nodes/{node}/qemu/{vmid}/vncwebsocket", 1},
      {"POST /nodes/{node}/qemu/{vmid}/mtunnel", 1},
      {"POST /nodes/{node}/qemu/{vmid}/dbus-vmstate", 0},
      {"POST /nodes/{node}/qemu/{vmid}/spiceproxy", 1},
      {"POST /nodes/{node}/qemu/{vmid}/termproxy", 1},
      {"POST /nodes/{node}/qemu/{vmid}/vncproxy", 1},
      {"POST /nodes/{node}/storage/{storage}/upload", 1},
  };
  const facts::Facts facts;
  std::map<std::string, int> found;
  for (const auto& listed : facts.list()) {
    if (tool::never_called(listed.method, listed.path).empty()) continue;
    found[std::string(base::name(listed.method)) + " " + std::string(listed.path)] = 1;
  }
  auto wanted = expected;
  std::erase_if(wanted, [](const auto& entry) { return entry.second == 0; });
  EXPECT_EQ(found, wanted);
}

TEST(NeverCalled, HoldsForEndpointsThatTheFactsLack) {
  EXPECT_FALSE(tool::never_called(Method::Post, "/nodes/{node}/qemu/{vmid}/newproxy").empty());
  EXPECT_FALSE(tool::never_called(Method::Get, "/nodes/{node}/newwebsocket").empty());
  EXPECT_FALSE(tool::never_called(Method::Put, "/cluster/config/new").empty());
  EXPECT_TRUE(tool::never_called(Method::Get, "/cluster/config/new").empty());
}

}  // namespace
