#include "facts/version.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "facts/facts.h"

namespace {

using base::Method;
using facts::Facts;
using facts::Version;
using testing::Contains;
using testing::Not;

constexpr Version k80{8, 0};
constexpr Version k84{8, 4};
constexpr Version k90{9, 0};
constexpr Version k92{9, 2};

std::string text(const std::optional<Version>& version) { return version ? to_text(*version) : ""; }

std::string text(const facts::Lifetime& lifetime) {
  return text(lifetime.since) + "-" + text(lifetime.until);
}

TEST(Version, IsReadFromWhatPveSays) {
  EXPECT_EQ(facts::parse_version("8.4"), k84);
  EXPECT_EQ(facts::parse_version("8.4.14"), k84);
  EXPECT_EQ(facts::parse_version("9.0~11"), k90);
  EXPECT_EQ(facts::parse_version("9.10.1"), (Version{9, 10}));
  for (const auto* none : {"", "9", "9.", "x.1", ".1", "-8.4", " 8.4", "99999999999.1"}) {
    EXPECT_EQ(facts::parse_version(none), std::nullopt) << none;
  }
  EXPECT_EQ(to_text(Version{9, 10}), "9.10");
}

TEST(Version, AreInOrder) {
  EXPECT_LT(k84, k90);
  EXPECT_LT(k92, (Version{9, 10}));
  EXPECT_LT((Version{9, 10}), (Version{10, 0}));
}

TEST(Lifetime, CoversBothEnds) {
  const facts::Lifetime both{k84, k90};
  EXPECT_FALSE(both.covers(k80));
  EXPECT_TRUE(both.covers(k84));
  EXPECT_TRUE(both.covers(k90));
  EXPECT_FALSE(both.covers(k92));
  EXPECT_FALSE(both.is_endless());
  EXPECT_TRUE(facts::Lifetime{}.covers({7, 4}));
  EXPECT_TRUE(facts::Lifetime{}.is_endless());
}

// By hand from the schemas of the versions.
TEST(Facts, EndpointsKnowTheirVersions) {
  struct Case {
    Method method;
    std::string_view path;
    std::string_view lifetime;
  };
  const Facts facts;
  for (const auto& [method, path, lifetime] : {
           Case{Method::Get, "/version", "-"},
           Case{Method::Get, "/cluster/ha/groups", "-"},
           Case{Method::Get, "/cluster/ha/rules", "9.0-"},
           Case{Method::Put, "/pools", "8.1-"},
           Case{Method::Get, "/pools", "-"},
           Case{Method::Get, "/nodes/{node}/storage/{storage}/import-metadata", "8.2-"},
           Case{Method::Get, "/cluster/notifications/matcher-fields", "8.3-"},
           Case{Method::Get, "/cluster/mapping/dir", "8.4-"},
           Case{Method::Post, "/cluster/bulk-action/guest/start", "9.1-"},
           Case{Method::Post, "/cluster/ha/status/arm-ha", "9.2-"},
       }) {
    const auto* endpoint = facts.find(method, path);
    ASSERT_NE(endpoint, nullptr) << path;
    EXPECT_EQ(text(endpoint->lifetime), lifetime) << path;
  }
}

TEST(Facts, ParametersKnowTheirVersions) {
  struct Case {
    Method method;
    std::string_view path;
    std::string_view name;
    std::string_view lifetime;
  };
  const Facts facts;
  for (const auto& [method, path, name, lifetime] : {
           Case{Method::Post, "/nodes/{node}/qemu", "memory", "-"},
           Case{Method::Post, "/nodes/{node}/lxc", "dev3", "8.1-"},
           Case{Method::Post, "/nodes/{node}/vzdump", "fleecing", "8.2-"},
           Case{Method::Put, "/cluster/firewall/options", "policy_forward", "8.3-"},
           Case{Method::Post, "/nodes/{node}/qemu", "virtiofs0", "8.4-"},
           Case{Method::Post, "/cluster/ha/resources", "failback", "9.0-"},
           Case{Method::Post, "/cluster/ha/resources", "group", "-"},
           Case{Method::Delete, "/cluster/ha/resources/{sid}", "purge", "9.1-"},
           Case{Method::Get, "/nodes/{node}/journal", "unit", "9.2-"},
           Case{Method::Get, "/pools", "poolid", "8.1-"},
       }) {
    const auto* parameter = facts.find(method, path)->parameter(name);
    ASSERT_NE(parameter, nullptr) << name;
    EXPECT_EQ(text(parameter->lifetime), lifetime) << path << " " << name;
    EXPECT_EQ(facts.find(method, path)->former_parameter(name), nullptr);
  }
  for (const auto& [method, path, name, lifetime] : {
           Case{Method::Post, "/nodes/{node}/vzdump", "maxfiles", "-9.1"},
           Case{Method::Post, "/cluster/backup", "notification-target", "8.1-8.4"},
           Case{Method::Post, "/storage", "volume", "-8.4"},
           Case{Method::Put, "/storage/{storage}", "transport", "-8.4"},
       }) {
    EXPECT_EQ(facts.find(method, path)->parameter(name), nullptr) << name;
    const auto* parameter = facts.find(method, path)->former_parameter(name);
    ASSERT_NE(parameter, nullptr) << name;
    EXPECT_EQ(text(parameter->lifetime), lifetime) << path << " " << name;
  }
  const auto* maxfiles = facts.find(Method::Put, "/storage/{storage}")->former_parameter("maxfiles");
  EXPECT_EQ(maxfiles->minimum, 0) << "as the last version had it";
  EXPECT_TRUE(maxfiles->marks & facts::kFullTier);
}

TEST(Facts, ASchemaThatLeavesItsParametersOutStillHasThem) {
  const Facts facts;
  const auto* create = facts.find(Method::Post, "/cluster/ha/rules");
  ASSERT_NE(create->parameter("affinity"), nullptr) << "9.2 takes it and does not show it";
  EXPECT_TRUE(create->parameter("affinity")->lifetime.is_endless()) << "as long as its endpoint";
  EXPECT_TRUE(create->former.empty());
}

TEST(Facts, ValuesKnowTheirVersions) {
  const Facts facts;
  const auto& timeframe = *facts.find(Method::Get, "/nodes/{node}/rrddata")->parameter("timeframe");
  EXPECT_THAT(timeframe.values, Contains("decade"));
  EXPECT_THAT(values_of(timeframe, k92), Contains("decade"));
  EXPECT_THAT(values_of(timeframe, k84), Not(Contains("decade")));
  EXPECT_THAT(values_of(timeframe, k84), Contains("year"));
  const auto& type = *facts.find(Method::Post, "/storage")->parameter("type");
  EXPECT_THAT(type.values, Not(Contains("glusterfs")));
  EXPECT_THAT(values_of(type, k84), Contains("glusterfs"));
  EXPECT_THAT(values_of(type, k90), Not(Contains("glusterfs")));
  EXPECT_THAT(values_of(type, k80), Not(Contains("esxi"))) << "since 8.2";
  const auto& rule = *facts.find(Method::Post, "/cluster/firewall/rules")->parameter("type");
  EXPECT_THAT(values_of(rule, {8, 2}), Not(Contains("forward")));
  EXPECT_THAT(values_of(rule, {8, 3}), Contains("forward"));
  const auto& format = *facts.find(Method::Post, "/storage")->parameter("format");
  EXPECT_TRUE(format.dated_values.empty()) << "it was any text before it became an enumeration";
}

TEST(Facts, FindAndRouteAsOfAVersion) {
  const Facts facts;
  EXPECT_EQ(facts.find(Method::Get, "/cluster/ha/rules", k84), nullptr);
  EXPECT_NE(facts.find(Method::Get, "/cluster/ha/rules", k90), nullptr);
  EXPECT_EQ(facts.find(Method::Get, "/nodes/{node}/scan/glusterfs"), nullptr);
  EXPECT_NE(facts.find(Method::Get, "/nodes/{node}/scan/glusterfs", k84), nullptr);
  EXPECT_FALSE(facts.route(Method::Get, "/cluster/ha/rules/x", k84));
  EXPECT_TRUE(facts.route(Method::Get, "/cluster/ha/rules/x"));
  // The variable was renamed.
  const std::string_view device = "/nodes/pve1/hardware/pci/0000:01:00.0";
  EXPECT_EQ(facts.route(Method::Get, device)->values.back().first, "pci-id-or-mapping");
  EXPECT_EQ(facts.route(Method::Get, device, k80)->values.back().first, "pciid");
}

TEST(Facts, ReadsVersionsFromTheTextForm) {
  const Facts facts(
      "version\t9.2\nGET /a\tsince=8.1\tuntil=8.4\tnotoken\n\tx\tstring\n"
      "POST /b\tsince=9.0\n\told\tinteger!\tsince=8.1\tuntil=9.1\tmax=3\n"
      "\tx\tstring\tenum=a|b\tdated=b:9.1-|c:-9.0|d:8.1-9.0\n");
  EXPECT_EQ(facts.find(Method::Get, "/a"), nullptr);
  const auto* a = facts.find(Method::Get, "/a", k84);
  ASSERT_NE(a, nullptr);
  EXPECT_FALSE(a->allow_token);
  EXPECT_EQ(text(a->lifetime), "8.1-8.4");
  EXPECT_EQ(facts.find(Method::Get, "/a", k80), nullptr);
  const auto* b = facts.find(Method::Post, "/b");
  ASSERT_NE(b, nullptr);
  ASSERT_EQ(b->parameters.size(), 1U);
  ASSERT_EQ(b->former.size(), 1U);
  EXPECT_EQ(b->former[0].maximum, 3);
  EXPECT_EQ(values_of(b->parameters[0], k90), (std::vector<std::string_view>{"a", "c", "d"}));
  EXPECT_EQ(values_of(b->parameters[0], k92), (std::vector<std::string_view>{"a", "b"}));
}

}  // namespace
