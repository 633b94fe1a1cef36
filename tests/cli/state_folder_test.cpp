#include "cli/state_folder.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace {

namespace fs = std::filesystem;

class StateFolderTest : public testing::Test {
 protected:
  StateFolderTest() {
    std::string pattern = testing::TempDir() + "state-folder-XXXXXX";
    home_ = ::mkdtemp(pattern.data());
    root_.home = home_;
    root_.root = true;
    root_.of_service = home_ / "service";
  }
  ~StateFolderTest() override { fs::remove_all(home_); }

  std::string hint() const { return cli::about_service(root_, *state::folder(root_), "plans"); }

  fs::path home_;
  state::Surroundings root_;
};

TEST_F(StateFolderTest, RootIsToldOfTheFolderOfTheServiceIfItUsesItsOwn) {
  fs::create_directories(home_ / ".local/state/mcp-pve");
  EXPECT_EQ(hint(), "") << "there is no service";
  fs::create_directory(home_ / "service");
  const auto service = (home_ / "service").string();
  EXPECT_EQ(hint(), "\nThe service has its own folder " + service + ": run PVE_STATE_DIR=" + service +
                        " mcp-pve plans for it.");
  root_.root = false;
  EXPECT_EQ(hint(), "") << "only root may use it";
}

TEST_F(StateFolderTest, RootWithoutAFolderUsesThatOfTheService) {
  fs::create_directory(home_ / "service");
  EXPECT_EQ(state::folder(root_)->path, home_ / "service");
  EXPECT_EQ(hint(), "");
}

TEST_F(StateFolderTest, CannotBeMadeBelowAFile) {
  std::ofstream(home_ / "file") << "x";
  const state::Folder below{home_ / "file" / "state", "HOME"};
  EXPECT_EQ(cli::unusable(below), "its state folder " + below.path.string() + " cannot be made");
  EXPECT_EQ(cli::unusable(state::Folder{home_ / "a" / "b", "HOME"}), "") << "it is made at the first change";
  EXPECT_EQ(cli::unusable(std::nullopt), "it has no state folder: HOME is not set");
}

}  // namespace
