#include "change/description.h"

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

bool has_no_effect(const Description& description) {
  return description.changes.empty() && description.pending.empty() && !description.unchanged.empty();
}

std::string text(const Description& description) {
  std::string text;
  add(text, "", description.changes);
  add(text, "Pending until the guest is stopped and started: ", description.pending);
  add(text, has_no_effect(description) ? "Nothing changed: " : "Unchanged: ", description.unchanged);
  add(text, "Still pending from an earlier change: ", description.older);
  for (const auto& caution : description.cautions) text += (text.empty() ? "" : " ") + caution;
  return text;
}

}  // namespace change
