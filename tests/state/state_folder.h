// A state folder for tests, in a new folder of the system's for temporary files.
#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

#include "state/folder.h"

namespace test {

/// Is removed with what is in it. The state folder itself does not exist at first.
class StateFolder {
 public:
  StateFolder() {
    std::string pattern = testing::TempDir() + "state-XXXXXX";
    base_ = ::mkdtemp(pattern.data());
  }
  StateFolder(const StateFolder&) = delete;
  StateFolder& operator=(const StateFolder&) = delete;
  ~StateFolder() {
    std::error_code error;
    std::filesystem::permissions(path(), std::filesystem::perms::owner_all, error);
    std::filesystem::remove_all(base_, error);
  }

  std::filesystem::path path() const { return base_ / "mcp-pve"; }
  std::filesystem::path file(std::string_view name) const { return path() / name; }
  state::Folder folder() const { return {path(), "PVE_STATE_DIR"}; }
  /// For Database and RecordKey.
  auto finder() const {
    return [folder = folder()]() -> std::optional<state::Folder> { return folder; };
  }

  static mode_t mode(const std::filesystem::path& path) {
    struct stat about{};
    return ::stat(path.c_str(), &about) == 0 ? about.st_mode & 07777U : 0;
  }

 private:
  std::filesystem::path base_;
};

}  // namespace test
