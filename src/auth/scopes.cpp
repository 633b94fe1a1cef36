#include "auth/scopes.h"

#include <algorithm>

namespace auth {

std::optional<std::size_t> highest(std::span<const std::string> scopes) {
  for (std::size_t i = kScopes.size(); i-- > 0;) {
    if (std::ranges::find(scopes, kScopes[i]) != scopes.end()) return i;
  }
  return std::nullopt;
}

std::optional<std::vector<std::string>> terms_in(std::span<const std::string> scopes) {
  std::optional<std::vector<std::string>> terms;
  for (const auto& scope : scopes) {
    if (!scope.starts_with(kTermScope)) continue;
    if (!terms) terms.emplace();
    terms->push_back(scope.substr(kTermScope.size()));
  }
  return terms;
}

std::vector<std::string_view> scopes_up_to(std::size_t index) {
  const auto count = std::min(index + 1, kScopes.size());
  return {kScopes.begin(), kScopes.begin() + static_cast<std::ptrdiff_t>(count)};
}

}  // namespace auth
