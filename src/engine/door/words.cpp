#include "engine/door/words.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.h"

namespace engine {
namespace {

constexpr bool holds(std::string_view letters, char c) { return letters.find(c) != std::string_view::npos; }

/// "entries" -> "entry", "disks" -> "disk"; "status", "access" and "alias" stay.
void drop_plural(std::string& word) {
  if (word.ends_with("ies") && word.size() > 4) {
    word.replace(word.size() - 3, 3, "y");
  } else if (word.ends_with('s') && !holds("suia", word[word.size() - 2])) {
    word.pop_back();
  }
}

/// "running" -> "run", "failed" -> "fail"; "need" and "ring" stay.
void drop_verb_ending(std::string& word) {
  std::size_t ending = 0;
  if (word.ends_with("ing") && word.size() > 5) ending = 3;
  if (word.ends_with("ed") && !word.ends_with("eed") && word.size() > 4) ending = 2;
  const auto rest = std::string_view(word).substr(0, word.size() - ending);
  if (ending == 0 || rest.find_first_of("aeiouy") == std::string_view::npos) return;
  word.resize(rest.size());
  const auto last = word.back();
  if (word.size() > 3 && last == word[word.size() - 2] && !holds("lsz", last)) word.pop_back();
}

std::string stem(std::string word) {
  if (word.size() <= 3) return word;
  drop_plural(word);
  drop_verb_ending(word);
  if (word.ends_with('e') && word.size() > 4) word.pop_back();
  return word;
}

}  // namespace

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const auto c = i < text.size() ? base::lower(text[i]) : ' ';
    const bool joins = c == '\'' && i + 1 < text.size() && base::lower(text[i + 1]) == 's';
    if (base::is_alnum(c)) {
      word += c;
    } else if (!joins && !word.empty()) {
      words.push_back(stem(std::exchange(word, {})));
    }
  }
  return words;
}

bool says_nothing(std::string_view word) {
  static constexpr auto kWords = std::to_array<std::string_view>(
      {"a",    "an",  "and",  "any", "are",   "as",    "at",   "be",  "been", "by", "can",  "do",
       "does", "for", "from", "has", "have",  "her",   "his",  "how", "i",    "if", "in",   "into",
       "is",   "it",  "its",  "me",  "my",    "no",    "not",  "of",  "old",  "on", "one",  "or",
       "our",  "so",  "that", "the", "their", "there", "this", "to",  "was",  "we", "were", "with"});
  return std::ranges::find(kWords, word) != kWords.end();
}

}  // namespace engine
