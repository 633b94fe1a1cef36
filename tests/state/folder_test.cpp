#include "state/folder.h"

#include <gtest/gtest.h>
#include <stdlib.h>

namespace {

namespace fs = std::filesystem;
using state::Surroundings;

std::string chosen(const Surroundings& surroundings) {
  const auto folder = state::folder(surroundings);
  return folder ? folder->path.string() + " by " + folder->source : "none";
}

TEST(StateFolder, TheFirstThatIsSetCounts) {
  Surroundings all{.setting = "/set",
                   .systemd = "/var/lib/one:/var/lib/two",
                   .xdg_state_home = "/xdg",
                   .home = "/home/ann"};
  EXPECT_EQ(chosen(all), "/set by PVE_STATE_DIR");
  all.setting.clear();
  EXPECT_EQ(chosen(all), "/var/lib/one by STATE_DIRECTORY");
  all.systemd.clear();
  EXPECT_EQ(chosen(all), "/xdg/mcp-pve by XDG_STATE_HOME");
  all.xdg_state_home = "relative";
  EXPECT_EQ(chosen(all), "/home/ann/.local/state/mcp-pve by HOME");
  all.home.clear();
  EXPECT_EQ(chosen(all), "none");
}

TEST(StateFolder, RootWithoutAFolderOfItsOwnUsesTheServices) {
  std::string pattern = testing::TempDir() + "state-XXXXXX";
  const fs::path base = ::mkdtemp(pattern.data());
  const auto service = base / "service";
  Surroundings root{.home = base / "root", .root = true, .of_service = service};
  const auto own = (base / "root/.local/state/mcp-pve").string();
  EXPECT_EQ(chosen(root), own + " by HOME") << "there is no service";
  fs::create_directory(service);
  EXPECT_EQ(chosen(root), service.string() + " by the service");
  root.home.clear();
  EXPECT_EQ(chosen(root), service.string() + " by the service");
  root.home = base / "root";
  root.setting = "/set";
  EXPECT_EQ(chosen(root), "/set by PVE_STATE_DIR");
  root.setting.clear();
  root.root = false;
  EXPECT_EQ(chosen(root), own + " by HOME");
  root.root = true;
  fs::create_directories(own);
  EXPECT_EQ(chosen(root), own + " by HOME");
  fs::remove_all(base);
}

TEST(StateFolder, AUserWithoutANameIsANumber) {
  EXPECT_EQ(state::user_name(0), "root");
  EXPECT_EQ(state::user_name(3'999'999'999U), "user 3999999999");
}

}  // namespace
