// The Markdown files of the repository, for tests of what they say.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace docs_test {

inline std::filesystem::path path_of(std::string_view file) {
  return std::filesystem::path(PROJECT_SOURCE_DIR) / file;
}

/// The whole file; a failure of the test if it cannot be read.
inline std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) ADD_FAILURE() << path << " cannot be read";
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The Markdown files of the root and of all folders below docs, such as "docs/install/local.md".
inline std::vector<std::string> documents() {
  namespace fs = std::filesystem;
  const fs::path root(PROJECT_SOURCE_DIR);
  std::vector<std::string> files;
  const auto add = [&](const fs::directory_entry& entry) {
    if (entry.path().extension() == ".md") files.push_back(entry.path().lexically_relative(root).string());
  };
  for (const auto& entry : fs::directory_iterator(root)) add(entry);
  for (const auto& entry : fs::recursive_directory_iterator(root / "docs")) add(entry);
  return files;
}

}  // namespace docs_test
