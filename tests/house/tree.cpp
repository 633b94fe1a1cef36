#include "house/tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

namespace house {
namespace fs = std::filesystem;

fs::path root() { return PROJECT_SOURCE_DIR; }

std::vector<fs::path> files_below(std::string_view folder,
                                  std::initializer_list<std::string_view> extensions) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator(root() / folder)) {
    if (!entry.is_regular_file()) continue;
    const auto extension = entry.path().extension().string();
    if (extensions.size() > 0 && std::ranges::find(extensions, extension) == extensions.end()) continue;
    found.push_back(entry.path());
  }
  // A test over an empty list would pass.
  if (found.empty()) ADD_FAILURE() << "no such files below " << folder;
  std::ranges::sort(found);
  return found;
}

std::vector<fs::path> own_files() {
  std::vector<fs::path> found;
  for (auto entry = fs::recursive_directory_iterator(root()); entry != fs::recursive_directory_iterator();
       ++entry) {
    const auto name = entry->path().filename().string();
    const bool foreign =
        name == ".git" || name == "build" || name == "dist" || name == "node_modules" || name == ".cache";
    if (foreign && entry->is_directory()) {
      entry.disable_recursion_pending();
      continue;
    }
    if (name == ".git") continue;
    if (entry->is_regular_file()) found.push_back(entry->path());
  }
  if (found.empty()) ADD_FAILURE() << "no files below " << root();
  std::ranges::sort(found);
  return found;
}

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) ADD_FAILURE() << path << " cannot be read";
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> found;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) found.push_back(line);
  return found;
}

}  // namespace house
