// The roles that errors advise are PVE's own and hold what they are advised for.
#include <gtest/gtest.h>

#include <map>

#include "base/text.h"
#include "engine/diagnosis.h"
#include "sessions/world.h"

namespace {

TEST(LeastRole, HoldsThePrivilege) {
  sessions::World world;
  const auto roles = world.call("pve_list_roles", {}).text;
  std::map<std::string, std::string, std::less<>> privileges;
  for (const auto line : base::split(roles, '\n')) {
    const auto parts = base::split(line, '|');
    if (parts.size() == 3) privileges[std::string(parts[0])] = "," + std::string(parts[2]) + ",";
  }
  ASSERT_TRUE(privileges.contains("Administrator")) << roles;
  int advised = 0;
  for (const auto privilege : base::split(privileges["Administrator"], ',')) {
    if (privilege.empty()) continue;
    const auto role = engine::least_role(privilege);
    if (role.empty()) continue;
    ++advised;
    EXPECT_NE(privileges[std::string(role)].find("," + std::string(privilege) + ","), std::string::npos)
        << role << " lacks " << privilege;
  }
  EXPECT_GT(advised, 30);
}

}  // namespace
