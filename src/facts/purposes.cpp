#include "facts/purposes.h"

#include <cstddef>
#include <string>
#include <unordered_map>

#include "base/embedded.h"
#include "base/text.h"

BASE_EMBED(mcp_pve_purposes, MCP_PVE_PURPOSES_FILE)
BASE_EMBED(mcp_pve_synonyms, MCP_PVE_SYNONYMS_FILE)

namespace facts {
namespace {

using Pairs = std::vector<std::pair<std::string_view, std::string_view>>;

std::string_view between(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

/// The lines of a text with a tab in each.
Pairs lines_of(std::string_view text) {
  Pairs pairs;
  for (const auto line : base::split(text, '\n')) {
    const auto tab = line.find('\t');
    if (tab == std::string_view::npos || line.starts_with('#')) continue;
    pairs.emplace_back(line.substr(0, tab), line.substr(tab + 1));
  }
  return pairs;
}

}  // namespace

std::string_view purpose(base::Method method, std::string_view path) {
  static const auto all = [] {
    const auto pairs = lines_of(between(mcp_pve_purposes_begin, mcp_pve_purposes_end));
    return std::unordered_map<std::string_view, std::string_view>(pairs.begin(), pairs.end());
  }();
  const auto found = all.find(std::string(base::name(method)).append(" ").append(path));
  return found == all.end() ? std::string_view{} : found->second;
}

std::vector<std::pair<std::string_view, std::string_view>> synonyms() {
  return lines_of(between(mcp_pve_synonyms_begin, mcp_pve_synonyms_end));
}

}  // namespace facts
