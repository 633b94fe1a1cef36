#include "view/filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "base/ascii.h"
#include "base/json_read.h"
#include "base/number.h"
#include "base/text.h"
#include "base/when.h"
#include "view/human.h"

namespace view {
namespace {

constexpr std::size_t kMostTerms = 20;
/// March 1973: a smaller number cannot be a time of PVE's data.
constexpr double kLeastEpoch = 1e8;

std::string text_of(const base::Json& value) {
  if (value.is_bool()) return value.get_bool() ? "1" : "0";
  return base::lower_ascii(value.is_structured() ? base::write_json(value) : base::wire_text(value));
}

/// Parses an amount: "4G", "1.5".
std::optional<double> amount(std::string_view text) {
  auto suffix = text;
  const auto read = base::take_number<double>(suffix);
  if (!read || suffix.empty() || suffix == "b") return read;
  constexpr std::array<std::string_view, 5> kUnits = {"k", "m", "g", "t", "p"};
  double factor = 1;
  for (const auto unit : kUnits) {
    factor *= 1024;
    if (suffix == unit || suffix == std::string(unit) + "b" || suffix == std::string(unit) + "ib")
      return *read * factor;
  }
  return std::nullopt;
}

/// Parses "50%" to 0.5.
std::optional<double> percent(std::string_view text) {
  if (!text.ends_with('%')) return std::nullopt;
  text.remove_suffix(1);
  const auto value = base::parse_number<double>(text);
  if (!value) return std::nullopt;
  return *value / 100;
}

/// Returns whether `text` matches `pattern`, where * stands for any text. Takes linear time, since it
/// backtracks to the last star only.
bool like(std::string_view text, std::string_view pattern) {
  std::size_t t = 0;
  std::size_t p = 0;
  auto star = std::string_view::npos;
  std::size_t mark = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool equals(std::string_view text, std::string_view wanted) {
  if (like(text, wanted)) return true;
  // One part of a list is enough: PVE separates tags by semicolons and contents by commas.
  if (text.find_first_of(";,") == std::string_view::npos) return false;
  for (const auto part : base::split(text, text.find(';') == std::string_view::npos ? ',' : ';')) {
    if (like(base::trim(part), wanted)) return true;
  }
  return false;
}

bool compare(double have, std::string_view operation, double want) {
  if (operation == ">") return have > want;
  if (operation == ">=") return have >= want;
  if (operation == "<") return have < want;
  return have <= want;
}

/// Returns whether the word looks like another query language; as a plain word it would silently match
/// nothing.
bool looks_like_other_syntax(std::string_view word) {
  const auto lower = base::lower_ascii(word);
  return lower == "or" || lower == "and" || lower == "not" ||
         word.find_first_of("~!()|&\"'") != std::string_view::npos;
}

std::string one_of(const std::vector<std::string>& keys) {
  std::vector<std::string_view> views(keys.begin(), keys.end());
  return base::join(views, ", ");
}

/// Returns whether the word continues the date in `before` with a time of day or a time zone.
bool continues(std::string_view before, std::string_view word) {
  const auto operation = before.find_last_of("<>=");
  if (operation == std::string_view::npos) return false;
  const auto value = before.substr(operation + 1);
  return base::parse_date(value) && base::parse_date(std::string(value) + " " + std::string(word));
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for (const auto part : base::split(text, ' ')) {
    const auto word = base::trim(part);
    if (word.empty()) continue;
    if (!words.empty() && continues(words.back(), word)) {
      words.back().append(" ").append(word);
    } else {
      words.emplace_back(word);
    }
  }
  return words;
}

/// Returns whether all values are numbers, for a key whose name does not tell.
bool all_numbers(std::string_view key, const Items& items) {
  return std::ranges::all_of(items, [&](const auto* item) {
    const auto* value = item->if_contains(key);
    return value == nullptr || value->is_null() || value->is_bool() || base::real(*value).has_value();
  });
}

bool any_above_zero(std::string_view key, const Items& items) {
  return std::ranges::any_of(items, [&](const auto* item) { return base::real(item, key, 0) > 0; });
}

std::string flag_word(std::string_view value) {
  if (value == "true" || value == "yes" || value == "on") return "1";
  if (value == "false" || value == "no" || value == "off") return "0";
  return std::string(value);
}

}  // namespace

/// Reads the value of one comparison.
struct Filter::Reader {
  const Items& items;
  std::int64_t now;

  using Read = std::expected<void, std::string>;

  /// Reads the bound of a comparison. The error says which values the key compares with.
  Read bound(Term& term) const {
    switch (term.kind) {
      case Kind::Bytes:
        return bytes(term);
      case Kind::Fraction:
        return fraction(term);
      case Kind::Seconds:
        return seconds(term);
      case Kind::PastTime:
      case Kind::FutureTime:
        return time(term);
      case Kind::Flag:
        return std::unexpected(fmt::format("{0} is 0 or 1, so write {0}=1", term.key));
      case Kind::Text:
        return std::unexpected(
            fmt::format("{0} is text, so write {0}=value (* stands for any text)", term.key));
      case Kind::Count:
      case Kind::Unknown:
        break;
    }
    return count(term);
  }

 private:
  static void say(Term& term, std::string_view limit) {
    term.limit = fmt::format("{} {} {}", term.key, term.operation, limit);
  }

  Read bytes(Term& term) const {
    const auto whole = limit_of(term.key);
    const auto share = whole.empty() ? std::nullopt : percent(term.value);
    const auto size = share ? share : amount(term.value);
    if (!size) {
      return std::unexpected(
          whole.empty() ? fmt::format("{0} is a number of bytes without a limit, so write {0}>4G", term.key)
                        : fmt::format("{0} is a number of bytes, so write {0}>4G or {0}>80% (of {1})",
                                      term.key, whole));
    }
    if (share && !items.empty() && !any_above_zero(whole, items))
      return std::unexpected(
          fmt::format("none of these items has {}, so a percentage has no meaning", whole));
    if (share && term.key == "disk" && !items.empty() && !any_above_zero(term.key, items))
      return std::unexpected("PVE does not know how full the disks of these guests are");
    term.bound = *size;
    term.whole = share ? whole : std::string_view{};
    say(term, share ? fmt::format("{} of {}", term.value, whole) : human_bytes(*size));
    return {};
  }

  static Read fraction(Term& term) {
    auto share = percent(term.value);
    if (!share) share = base::parse_number<double>(term.value);
    if (!share || (*share > 1 && !term.value.ends_with('%')))
      return std::unexpected(fmt::format("{0} is a fraction, so write {0}>80% or {0}>0.8", term.key));
    term.bound = *share;
    say(term, human_percent(*share));
    return {};
  }

  static Read seconds(Term& term) {
    auto length = base::parse_number<double>(term.value);
    if (const auto age = base::parse_age(term.value)) length = static_cast<double>(*age);
    if (!length)
      return std::unexpected(
          fmt::format("{0} is a duration, so write {0}>3d, or with 2h, 30m or 90s", term.key));
    term.bound = *length;
    say(term, human_duration(*length));
    return {};
  }

  Read time(Term& term) const {
    const bool ahead = term.kind == Kind::FutureTime;
    if (const auto age = base::parse_age(term.value)) {
      term.bound = static_cast<double>(ahead ? now + *age : now - *age);
      // An older item has a smaller time.
      if (!ahead) term.operation.front() = term.operation.front() == '>' ? '<' : '>';
    } else if (const auto date = base::parse_date(term.value)) {
      term.bound = static_cast<double>(date->epoch);
    } else if (const auto epoch = base::parse_number<double>(term.value); epoch && *epoch >= kLeastEpoch) {
      term.bound = *epoch;
    } else {
      return std::unexpected(
          ahead ? fmt::format(
                      "{0} is a future time, so write {0}<7d (less than 7 days away) or {0}<2026-11-28 10:00",
                      term.key)
                : fmt::format(
                      "{0} is a time, so write {0}>7d (older than 7 days) or {0}>2026-11-28 10:00 (later)",
                      term.key));
    }
    const bool or_at = term.operation.size() > 1;
    const bool later = term.operation.front() == '>';
    term.limit = fmt::format("{} {}{} {} UTC", term.key, or_at ? "at or " : "", later ? "after" : "before",
                             base::date_text(static_cast<std::int64_t>(term.bound)));
    return {};
  }

  Read count(Term& term) const {
    if (term.kind == Kind::Unknown && !all_numbers(term.key, items))
      return std::unexpected(
          fmt::format("{0} is text, so write {0}=value (* stands for any text)", term.key));
    const auto number = base::parse_number<double>(term.value);
    if (!number) return std::unexpected(fmt::format("{0} is a number, so write {0}>2", term.key));
    term.bound = *number;
    say(term, term.value);
    return {};
  }
};

std::expected<Filter, std::string> Filter::parse(std::string_view text, const std::vector<std::string>& keys,
                                                 const Items& items, std::int64_t now) {
  Filter filter;
  for (const auto& word : words_of(text)) {
    if (filter.terms_.size() == kMostTerms) return std::unexpected("too many terms");
    const auto at = word.find_first_of("=<>!");
    Term term;
    if (at == std::string::npos || at == 0 || (word[at] == '!' && word.compare(at, 2, "!=") != 0)) {
      if (looks_like_other_syntax(word)) {
        return std::unexpected(fmt::format(
            "\"{}\" is not a valid term; valid are key=value, key!=value (* stands for any text), key>4G, "
            "key<50% or a word; all terms must match",
            base::printable(word, 60)));
      }
      term.value = base::lower_ascii(word);
      filter.terms_.push_back(std::move(term));
      continue;
    }
    const bool two = at + 1 < word.size() && word[at + 1] == '=';
    term.key = word.substr(0, at);
    term.operation = word.substr(at, two && word[at] != '=' ? 2 : 1);
    term.value = base::lower_ascii(word.substr(at + (two ? 2 : 1)));
    term.kind = kind_of(term.key);
    if (!keys.empty() && std::ranges::find(keys, term.key) == keys.end()) {
      return std::unexpected(
          fmt::format("no item has \"{}\"; the items have {}", base::printable(term.key, 60), one_of(keys)));
    }
    if (term.kind == Kind::Flag) term.value = flag_word(term.value);
    if (term.operation != "=" && term.operation != "!=") {
      if (const auto read = Reader{items, now}.bound(term); !read)
        return std::unexpected(
            fmt::format("\"{}\" cannot be compared: {}", base::printable(word, 60), read.error()));
    }
    filter.terms_.push_back(std::move(term));
  }
  return filter;
}

bool Filter::holds(const Term& term, const base::JsonObject& item) {
  if (term.key.empty()) {
    return std::ranges::any_of(item, [&](const auto& member) {
      return text_of(member.value()).find(term.value) != std::string::npos;
    });
  }
  const auto* value = item.if_contains(term.key);
  if (term.operation == "=" || term.operation == "!=") {
    const auto text = value == nullptr ? std::string{} : text_of(*value);
    // PVE omits values that are 0.
    bool same = equals(text, term.value) || (text.empty() && term.value == "0");
    if (!same && value != nullptr && term.kind != Kind::Unknown && term.kind != Kind::Text) {
      const auto size = term.kind == Kind::Bytes ? amount(term.value) : std::nullopt;
      const auto time = is_time(term.kind) ? base::number(*value).value_or(0) : 0;
      const auto shown = base::lower_ascii(time > 0 ? human_moment(time) : human(term.key, *value));
      same = shown == term.value || (size && base::real(*value) == size) ||
             (is_time(term.kind) && !term.value.empty() && shown.starts_with(term.value));
    }
    return same == (term.operation == "=");
  }
  const bool absent = value == nullptr || value->is_null();
  const auto number = absent ? std::optional(0.0) : base::real(*value);
  if (!number) return false;
  const double have = *number;
  // An item without the time matches no comparison.
  if (is_time(term.kind) && have <= 0) return false;
  auto want = term.bound;
  if (!term.whole.empty()) {
    const auto most = base::real(item, term.whole, 0);
    if (most <= 0) return false;
    want *= most;
  }
  return compare(have, term.operation, want);
}

bool Filter::matches(const base::JsonObject& item) const {
  return std::ranges::all_of(terms_, [&](const Term& term) { return holds(term, item); });
}

std::string Filter::limits(const Items& items) const {
  std::string text;
  for (const auto& term : terms_) {
    if (term.limit.empty()) continue;
    text += (text.empty() ? "" : ", ") + base::printable(term.limit, 120);
    if (!is_time(term.kind)) continue;
    const auto without =
        std::ranges::count_if(items, [&](const auto* item) { return base::real(item, term.key, 0) <= 0; });
    if (without > 0) text += fmt::format(" ({} without {})", without, base::printable(term.key, 60));
  }
  return text;
}

}  // namespace view
