// The repository's own files, for tests about them. What finds nothing to look at, or cannot read it, is a
// failure of the running test.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace house {

std::filesystem::path root();

/// Regular files below `folder` (relative to the root) with one of these extensions; all when none is given.
std::vector<std::filesystem::path> files_below(std::string_view folder,
                                               std::initializer_list<std::string_view> extensions = {});

/// Every file that belongs to the repository: no build directories, no installed packages, no files of git.
std::vector<std::filesystem::path> own_files();

std::string read(const std::filesystem::path& path);

std::vector<std::string> lines(const std::string& text);

}  // namespace house
