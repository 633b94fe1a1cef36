#include "base/plural.h"

#include <fmt/format.h>

namespace base {
namespace {

std::string singular_word(std::string_view word) {
  // "-es" belongs to the plural after these, to the word itself elsewhere ("services", "pages").
  for (const std::string_view ending : {"aliases", "statuses", "addresses", "boxes", "matches", "switches"}) {
    if (word.ends_with(ending)) return std::string(word.substr(0, word.size() - 2));
  }
  if (word.ends_with("ies")) return std::string(word.substr(0, word.size() - 3)) + "y";
  if (word.ends_with('s')) word.remove_suffix(1);
  return std::string(word);
}

}  // namespace

std::string singular(std::string_view plural) {
  // What is counted stands before what is said of it.
  auto end = plural.size();
  for (const std::string_view word : {" without ", " of ", " in ", " on ", " with "}) {
    if (const auto at = plural.find(word); at < end) end = at;
  }
  return singular_word(plural.substr(0, end)) + std::string(plural.substr(end));
}

std::string count_of(std::size_t count, std::string_view plural) {
  return fmt::format("{} {}", count, count == 1 ? singular(plural) : std::string(plural));
}

}  // namespace base
