#include "facts/facts.h"

#include <gtest/gtest.h>

#include <thread>

namespace {

using base::Method;
using facts::Endpoint;
using facts::Facts;
using facts::Parameter;

const Parameter& parameter_of(const Facts& facts, Method method, std::string_view path,
                              std::string_view name) {
  static const Parameter kNone;
  const auto* endpoint = facts.find(method, path);
  EXPECT_NE(endpoint, nullptr) << path;
  const auto* parameter = endpoint == nullptr ? nullptr : endpoint->parameter(name);
  EXPECT_NE(parameter, nullptr) << path << " " << name;
  return parameter == nullptr ? kNone : *parameter;
}

TEST(Facts, AreThoseOf92) {
  const Facts facts;
  EXPECT_EQ(facts.version(), (facts::Version{9, 2}));
}

TEST(Facts, FindKnowsEndpointsByMethodAndTemplate) {
  const Facts facts;
  const auto* config = facts.find(Method::Put, "/nodes/{node}/qemu/{vmid}/config");
  ASSERT_NE(config, nullptr);
  EXPECT_EQ(config->path, "/nodes/{node}/qemu/{vmid}/config");
  EXPECT_EQ(config->method, Method::Put);
  EXPECT_GT(config->parameters.size(), 80U);
  EXPECT_EQ(facts.find(Method::Delete, "/nodes/{node}/qemu/{vmid}/config"), nullptr);
  EXPECT_EQ(facts.find(Method::Get, "/nope"), nullptr);
  EXPECT_EQ(facts.find(Method::Get, ""), nullptr);
  EXPECT_NE(facts.find(Method::Get, "/version"), nullptr);
  EXPECT_EQ(facts.find(Method::Get, "/version"), facts.find(Method::Get, "/version")) << "parsed once";
}

TEST(Facts, ParametersCarryWhatTheSchemaSays) {
  const Facts facts;
  const auto& vmid = parameter_of(facts, Method::Post, "/nodes/{node}/qemu", "vmid");
  EXPECT_EQ(vmid.type, facts::Type::Integer);
  EXPECT_TRUE(vmid.required);
  EXPECT_EQ(vmid.minimum, 100);
  EXPECT_EQ(vmid.maximum, 999'999'999);
  EXPECT_EQ(vmid.format, "pve-vmid");

  const auto& type = parameter_of(facts, Method::Get, "/cluster/resources", "type");
  EXPECT_FALSE(type.required);
  EXPECT_EQ(type.values, (std::vector<std::string_view>{"vm", "storage", "node", "sdn"}));

  const auto& snapname = parameter_of(facts, Method::Post, "/nodes/{node}/qemu/{vmid}/snapshot", "snapname");
  EXPECT_EQ(snapname.max_length, 40U);
  EXPECT_EQ(parameter_of(facts, Method::Put, "/access/acl", "propagate").default_value, "1");
  EXPECT_EQ(parameter_of(facts, Method::Post, "/nodes/{node}/qemu/{vmid}/agent/exec", "command").type,
            facts::Type::Array);
  // A minimum that PVE writes as text.
  EXPECT_EQ(parameter_of(facts, Method::Post, "/nodes/{node}/qemu", "bwlimit").minimum, 0);
  EXPECT_EQ(parameter_of(facts, Method::Get, "/nodes/{node}/tasks", "start").minimum, 0);
  EXPECT_EQ(parameter_of(facts, Method::Post, "/nodes/{node}/qemu", "live-restore").needs, "");
  EXPECT_EQ(parameter_of(facts, Method::Post, "/nodes/{node}/qemu", "force").needs, "archive");
}

TEST(Facts, FamiliesAreFoundByTheirMembers) {
  const Facts facts;
  const auto* create = facts.find(Method::Post, "/nodes/{node}/qemu");
  ASSERT_NE(create, nullptr);
  ASSERT_NE(create->parameter("net0"), nullptr);
  EXPECT_EQ(create->parameter("net0")->name, "net");
  EXPECT_TRUE(create->parameter("net0")->indexed);
  EXPECT_NE(create->parameter("net31"), nullptr);
  for (const auto* none :
       {"net", "net32", "net00", "net[n]", "net-1", "ide4", "scsi31", "0", "", "net99999999999"}) {
    EXPECT_EQ(create->parameter(none), nullptr) << none;
  }
  const auto* numa = create->parameter("numa");
  ASSERT_NE(numa, nullptr) << "a scalar beside the family of the same name";
  EXPECT_FALSE(numa->indexed);
  EXPECT_TRUE(create->parameter("numa0")->indexed);
}

TEST(Facts, PermissionsAndTokens) {
  const Facts facts;
  EXPECT_EQ(facts.find(Method::Get, "/nodes/{node}/qemu/{vmid}/config")->permissions,
            R"({"check":["perm","/vms/{vmid}",["VM.Audit"]]})");
  EXPECT_EQ(facts.find(Method::Put, "/nodes/{node}/disks/wipedisk")->permissions, "") << "root only";
  EXPECT_FALSE(facts.find(Method::Post, "/access/ticket")->allow_token);
  EXPECT_TRUE(facts.find(Method::Get, "/nodes")->allow_token);
  EXPECT_TRUE(facts.find(Method::Get, "/nodes/{node}/qemu/{vmid}/agent")->additional);
}

TEST(Facts, RouteFindsTheTemplateOfAConcretePath) {
  const Facts facts;
  const auto route = facts.route(Method::Get, "/nodes/pve1/qemu/100/config");
  ASSERT_TRUE(route);
  EXPECT_EQ(route->endpoint->path, "/nodes/{node}/qemu/{vmid}/config");
  EXPECT_EQ(route->values, (facts::PathValues{{"node", "pve1"}, {"vmid", "100"}}));
  EXPECT_EQ(facts.route(Method::Get, "//nodes//pve1/status/")->endpoint->path, "/nodes/{node}/status");
  EXPECT_EQ(facts.route(Method::Get, "/cluster/ha/status/current")->endpoint->path,
            "/cluster/ha/status/current");
  EXPECT_FALSE(facts.route(Method::Post, "/version"));
  EXPECT_FALSE(facts.route(Method::Get, "/nodes/pve1/nope"));
  EXPECT_FALSE(facts.route(Method::Get, "/nodes/pve1/qemu/100/config/more"));
}

TEST(Facts, AVolumeAndANetworkTakeTheRestOfThePath) {
  const Facts facts;
  const auto volume = facts.route(Method::Delete, "/nodes/pve1/storage/local/content/local:iso/a.iso");
  ASSERT_TRUE(volume);
  EXPECT_EQ(volume->endpoint->path, "/nodes/{node}/storage/{storage}/content/{volume}");
  EXPECT_EQ(volume->values.back().second, "local:iso/a.iso");
  const auto entry = facts.route(Method::Get, "/cluster/firewall/ipset/lan/192.0.2.0/24");
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->values.back().second, "192.0.2.0/24");
  EXPECT_EQ(facts.route(Method::Get, "/nodes/pve1/storage/local/content")->endpoint->path,
            "/nodes/{node}/storage/{storage}/content");
}

TEST(Facts, EveryEndpointRoutesToItself) {
  const Facts facts;
  std::size_t endpoints = 0;
  for (const auto method : {Method::Get, Method::Post, Method::Put, Method::Delete}) {
    for (const auto* path : {"/access/acl", "/nodes", "/nodes/{node}/services/{service}/stop", "/pools",
                             "/cluster/firewall/rules/{pos}", "/nodes/{node}/tasks/{upid}"}) {
      const auto* endpoint = facts.find(method, path);
      if (endpoint == nullptr) continue;
      ++endpoints;
      std::string concrete(path);
      for (auto brace = concrete.find('{'); brace != std::string::npos; brace = concrete.find('{')) {
        concrete.replace(brace, concrete.find('}') - brace + 1, "x");
      }
      const auto route = facts.route(method, concrete);
      ASSERT_TRUE(route) << path;
      EXPECT_EQ(route->endpoint, endpoint);
    }
  }
  EXPECT_GT(endpoints, 9U);
}

TEST(Facts, MarksSayWhatTheSchemaDoesNot) {
  const Facts facts;
  const auto marks = [&](Method method, std::string_view path, std::string_view name) {
    return static_cast<int>(parameter_of(facts, method, path, name).marks);
  };
  EXPECT_TRUE(marks(Method::Post, "/nodes/{node}/vzdump", "prune-backups") & facts::kFullTier);
  EXPECT_TRUE(marks(Method::Post, "/nodes/{node}/vzdump", "remove") & facts::kFullTier);
  EXPECT_TRUE(marks(Method::Post, "/nodes/{node}/vzdump", "script") & facts::kRootOnly);
  EXPECT_TRUE(marks(Method::Post, "/nodes/{node}/qemu/{vmid}/status/stop", "skiplock") & facts::kFullTier);
  EXPECT_TRUE(marks(Method::Post, "/nodes/{node}/lxc", "restore") & facts::kFullTier);
  EXPECT_TRUE(marks(Method::Post, "/nodes/{node}/qemu", "cipassword") & facts::kSecret);
  EXPECT_TRUE(marks(Method::Post, "/nodes/{node}/qemu", "args") & facts::kRootOnly);
  EXPECT_TRUE(marks(Method::Post, "/access/users", "password") & facts::kSecret);
  EXPECT_EQ(marks(Method::Put, "/nodes/{node}/qemu/{vmid}/sendkey", "key"), facts::kNoMark);
  EXPECT_EQ(marks(Method::Get, "/nodes/{node}/storage/{storage}/prunebackups", "prune-backups"),
            facts::kNoMark);
  EXPECT_EQ(marks(Method::Post, "/nodes/{node}/qemu", "sshkeys"), facts::kNoMark);
  EXPECT_TRUE(facts::secret_name("cipassword"));
  EXPECT_FALSE(facts::secret_name("key"));
}

TEST(Facts, ReadsTheTextFormWhateverItsOrder) {
  const Facts facts(
      "version\t1.0\nPOST /b/{id}\tnotoken\n\tid\tinteger!\tmin=1\tmax=2.5\n\tlist\tstring\tenum=a|b\n"
      "GET /a\n");
  EXPECT_EQ(facts.version(), (facts::Version{1, 0}));
  const auto* b = facts.find(Method::Post, "/b/{id}");
  ASSERT_NE(b, nullptr);
  EXPECT_FALSE(b->allow_token);
  ASSERT_EQ(b->parameters.size(), 2U);
  EXPECT_EQ(b->parameters[0].maximum, 2.5);
  ASSERT_NE(facts.find(Method::Get, "/a"), nullptr);
  EXPECT_TRUE(facts.find(Method::Get, "/a")->parameters.empty());
  EXPECT_EQ(Facts("").find(Method::Get, "/a"), nullptr);
}

TEST(Facts, MayBeReadByManyThreads) {
  const Facts facts;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&facts] {
      const auto route = facts.route(Method::Get, "/nodes/pve1/qemu/100/status/current");
      EXPECT_TRUE(route);
      EXPECT_EQ(route->endpoint, facts.find(Method::Get, "/nodes/{node}/qemu/{vmid}/status/current"));
    });
  }
}

}  // namespace
