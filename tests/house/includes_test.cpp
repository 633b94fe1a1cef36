// Dependencies between the folders of src point one way (docs/architecture.md).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "house/tree.h"

namespace {

using Folders = std::set<std::string, std::less<>>;

// What a folder may include beside itself: a folder with its sub-folders, or one header ("net/http.h"). A
// sub-folder has a line of its own and inherits nothing.
const std::map<std::string, Folders, std::less<>>& picture() {
  static const std::map<std::string, Folders, std::less<>> kPicture = {
      {"base", {}},
      {"config", {"base"}},
      {"net/lookup", {"base"}},
      {"net", {"base", "net"}},
      {"auth", {"base", "net"}},
      {"jsonrpc", {"base"}},
      {"facts", {"base"}},
      {"chart", {"base"}},
      {"setup", {"base"}},
      {"tool", {"base"}},
      {"hooks", {"base", "tool"}},
      {"insight", {"base", "tool", "pve/inventory.h"}},
      {"catalog", {"base", "tool", "hooks", "insight"}},
      {"pve", {"base", "net"}},
      {"seam", {"base"}},
      {"state", {"base", "guard/audit.h", "guard/plans.h"}},
      {"guard", {"base", "tool", "facts", "seam"}},
      {"mcp", {"base", "jsonrpc", "seam"}},
      {"view", {"base", "tool", "chart"}},
      {"change", {"base", "tool", "facts", "view"}},
      {"engine/words", {"base", "tool", "guard", "pve", "change"}},
      {"engine/row", {"base", "tool", "facts", "seam", "view", "engine/words"}},
      {"engine/check", {"base", "tool", "facts", "guard", "pve", "engine/words", "engine/row"}},
      {"engine/cluster",
       {"base", "tool", "facts", "seam", "guard", "pve", "engine/words", "engine/row", "engine/check"}},
      {"engine/answer",
       {"base", "tool", "facts", "seam", "guard", "pve", "chart", "view", "net/http.h", "engine/words",
        "engine/row", "engine/check", "engine/cluster"}},
      {"engine/outcome",
       {"base", "tool", "facts", "seam", "guard", "pve", "view", "change", "engine/words", "engine/row",
        "engine/check", "engine/cluster", "engine/answer"}},
      {"engine/bounds",
       {"base", "tool", "facts", "seam", "guard", "pve", "change", "engine/words", "engine/row",
        "engine/check", "engine/cluster", "engine/answer", "engine/outcome"}},
      {"engine/plan",
       {"base", "tool", "facts", "seam", "guard", "pve", "view", "change", "engine/words", "engine/row",
        "engine/check", "engine/cluster", "engine/answer", "engine/outcome"}},
      {"engine/door",
       {"base", "tool", "facts", "guard", "pve", "engine/words", "engine/row", "engine/check",
        "engine/cluster"}},
      {"engine",
       {"base", "tool", "facts", "seam", "guard", "pve", "chart", "view", "change", "net/http.h", "engine"}},
      {"resource", {"base", "engine", "guard", "tool", "facts", "pve", "seam"}},
      {"prompt", {"base", "engine", "guard", "tool", "pve", "seam", "view/more.h"}},
      {"simulator/core", {"base", "net/http.h", "facts", "simulator/cluster.h"}},
      {"simulator/world", {"base", "facts", "simulator/core"}},
      {"simulator/access", {"base", "facts", "simulator/core"}},
      {"simulator/node", {"base", "facts", "simulator/core", "simulator/release.h"}},
      {"simulator/network", {"base", "facts", "simulator/core"}},
      {"simulator/backup", {"base", "facts", "simulator/core", "simulator/node", "simulator/guest"}},
      {"simulator/storage", {"base", "facts", "simulator/core", "simulator/node", "simulator/backup"}},
      {"simulator/guest",
       {"base", "facts", "simulator/core", "simulator/node", "simulator/storage", "simulator/release.h"}},
      {"simulator/datacenter", {"base", "facts", "simulator/core", "simulator/node", "simulator/guest"}},
      {"simulator", {"base", "net/http.h", "facts", "simulator"}},
      {"transport", {"base", "jsonrpc", "mcp", "seam", "net"}},
      {"transport/http", {"base", "jsonrpc", "mcp", "seam", "net", "transport"}},
      {"cli/about",
       {"base", "cli", "cli/setup/questions.h", "cli/setup/service_files.h", "config", "net", "chart",
        "state"}},
      {"cli/offer", {"base", "cli", "tool", "catalog", "guard", "seam", "engine", "resource", "prompt"}},
      {"cli/operator", {"base", "config", "net", "pve", "guard", "seam", "state", "cli"}},
      {"cli/setup",
       {"base", "cli", "config", "net", "auth", "facts", "tool", "catalog", "pve", "guard", "setup"}},
      {"cli",
       {"base",
        "cli",
        "config",
        "net",
        "auth",
        "jsonrpc",
        "facts",
        "tool",
        "catalog",
        "insight",
        "pve",
        "guard",
        "seam",
        "state",
        "mcp",
        "engine",
        "resource",
        "prompt",
        "simulator/cluster.h",
        "simulator/in_process.h",
        "simulator/release.h",
        "transport",
        "setup"}},
  };
  return kPicture;
}

/// "engine/row" of "engine/row/schema.h".
std::string folder_of(std::string_view path) {
  return std::string(path.substr(0, std::min(path.rfind('/'), path.size())));
}

bool is_in(std::string_view path, std::string_view folder) {
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

/// The rule's own words for an include that breaks the picture, "" when it fits.
std::string broken(const std::string& folder, const std::string& included) {
  const auto target = folder_of(included);
  if (target == folder || !picture().contains(included.substr(0, included.find('/')))) return "";
  for (const auto& allowed : picture().at(folder)) {
    if (included == allowed || is_in(included, allowed)) return "";
  }
  return folder + " must not include " + included;
}

std::vector<std::string> quoted_includes(const std::string& text) {
  std::vector<std::string> found;
  constexpr std::string_view kMark = "#include \"";
  for (const auto& line : house::lines(text)) {
    if (!line.starts_with(kMark)) continue;
    const auto end = line.find('"', kMark.size());
    found.push_back(line.substr(kMark.size(), end - kMark.size()));
  }
  return found;
}

TEST(Includes, ThePictureHasEveryFolder) {
  std::size_t checked = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(house::root() / "src")) {
    if (!entry.is_directory()) continue;
    const auto folder = std::filesystem::relative(entry.path(), house::root() / "src").string();
    EXPECT_TRUE(picture().contains(folder)) << folder;
    ++checked;
  }
  EXPECT_EQ(checked, picture().size());
}

TEST(Includes, NoFolderHasMoreFilesThanOneCanSearch) {
  std::map<std::string, std::size_t> files;
  for (const auto& path : house::files_below("src", {}))
    ++files[std::filesystem::relative(path.parent_path(), house::root()).string()];
  for (const auto& [folder, count] : files) EXPECT_LE(count, 45U) << folder;
}

TEST(Includes, PointOneWay) {
  std::size_t checked = 0;
  for (const auto& path : house::files_below("src", {".h", ".cpp"})) {
    const auto relative = std::filesystem::relative(path, house::root() / "src").string();
    const auto folder = folder_of(relative);
    if (!picture().contains(folder)) continue;  // main.cpp knows all folders
    for (const auto& included : quoted_includes(house::read(path))) {
      EXPECT_EQ(broken(folder, included), "") << relative;
      EXPECT_TRUE(std::filesystem::exists(house::root() / "src" / included))
          << relative << " includes " << included;
      ++checked;
    }
  }
  EXPECT_GT(checked, 100U);
}

TEST(Includes, NoFolderIncludesMainOrCli) {
  for (const auto& path : house::files_below("src", {".h", ".cpp"})) {
    const auto relative = std::filesystem::relative(path, house::root() / "src").string();
    for (const auto& included : quoted_includes(house::read(path))) {
      EXPECT_NE(included, "main.cpp") << relative;
      const bool above_cli = relative == "main.cpp" || is_in(relative, "cli");
      EXPECT_TRUE(above_cli || !is_in(included, "cli")) << relative;
    }
  }
}

TEST(Includes, ABrokenOneIsSeen) {
  EXPECT_NE(broken("base", "config/settings.h"), "");
  EXPECT_NE(broken("engine", "mcp/server.h"), "");
  EXPECT_NE(broken("simulator", "net/client.h"), "");
  EXPECT_NE(broken("mcp", "engine/toolbox.h"), "");
  EXPECT_EQ(broken("engine", "seam/tools.h"), "");
  EXPECT_NE(broken("engine/row", "engine/cluster/target.h"), "");
  EXPECT_EQ(broken("engine/answer", "engine/row/row.h"), "");
  EXPECT_EQ(broken("pve", "net/http.h"), "");
  EXPECT_EQ(broken("net", "gtest/gtest.h"), "");
}

}  // namespace
