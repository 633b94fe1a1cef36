#include "change/told.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace change {
namespace {

constexpr std::size_t kMost = 12;

std::string joined(const std::vector<std::string>& clauses) {
  const auto count = std::min(clauses.size(), kMost);
  auto text = fmt::format(
      "{}", fmt::join(clauses.begin(), clauses.begin() + static_cast<std::ptrdiff_t>(count), "; "));
  if (clauses.size() > count) text += fmt::format("; and {} more", clauses.size() - count);
  return text + ".";
}

/// Does not capitalize the clauses: most begin with an option's name.
void add(std::string& text, std::string_view heading, const std::vector<std::string>& clauses) {
  if (clauses.empty()) return;
  text += (text.empty() ? "" : " ") + std::string(heading) + joined(clauses);
}

}  // namespace

bool is_nothing(const Told& told) {
  return told.changes.empty() && told.pending.empty() && !told.unchanged.empty();
}

std::string text(const Told& told) {
  std::string text;
  add(text, "", told.changes);
  add(text, "Pending until the guest is stopped and started: ", told.pending);
  add(text, is_nothing(told) ? "Nothing changed: " : "Unchanged: ", told.unchanged);
  add(text, "Pending since before: ", told.older);
  for (const auto& caution : told.cautions) text += (text.empty() ? "" : " ") + caution;
  return text;
}

}  // namespace change
