#include "view/filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/number.h"
#include "base/text.h"

namespace view {
namespace {

constexpr std::size_t kMostTerms = 20;

std::string text_of(const base::Json& value) {
  return base::lower_ascii(value.is_structured() ? base::write_json(value) : base::wire_text(value));
}

/// "4G", "50%", "1.5": what people write for a number; of a duration "30m", "3d".
std::optional<double> number(std::string_view text, bool is_time = false) {
  auto suffix = text;
  const auto read = base::take_number<double>(suffix);
  if (!read || suffix.empty()) return read;
  const double value = *read;
  if (suffix == "%") return value / 100;
  if (suffix == "s") return value;
  if (suffix == "m" && is_time) return value * 60;
  if (suffix == "h") return value * 3600;
  if (suffix == "d") return value * 86400;
  constexpr std::array<std::string_view, 4> kUnits = {"k", "m", "g", "t"};
  double factor = 1;
  for (const auto unit : kUnits) {
    factor *= 1024;
    if (suffix == unit || suffix == std::string(unit) + "b" || suffix == std::string(unit) + "ib")
      return value * factor;
  }
  return std::nullopt;
}

/// `pattern` with * for anything. Linear: it goes back to the last star only.
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
  // PVE's lists: tags are separated by semicolons, contents by commas.
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

/// The key of what PVE has beside an amount as its limit; empty for what is a fraction itself; nothing where
/// a share makes no sense.
std::optional<std::string_view> limit_of(std::string_view key) {
  if (key == "cpu" || key == "wait" || key == "used_fraction") return "";
  if (key == "mem") return "maxmem";
  if (key == "disk") return "maxdisk";
  if (key == "swap") return "maxswap";
  if (key == "used") return "total";
  return std::nullopt;
}

/// What somebody writes who takes this for another language; as a word it would match nothing in silence.
bool looks_like_more(std::string_view word) {
  const auto lower = base::lower_ascii(word);
  return lower == "or" || lower == "and" || lower == "not" ||
         word.find_first_of("~!()|&\"'") != std::string_view::npos;
}

std::string one_of(const std::vector<std::string>& keys) {
  std::vector<std::string_view> views(keys.begin(), keys.end());
  return base::join(views, ", ");
}

}  // namespace

std::expected<Filter, std::string> Filter::parse(std::string_view text,
                                                 const std::vector<std::string>& keys) {
  Filter filter;
  for (const auto word : base::split(text, ' ')) {
    const auto trimmed = base::trim(word);
    if (trimmed.empty()) continue;
    if (filter.terms_.size() == kMostTerms) return std::unexpected("more terms than anybody needs");
    const auto at = trimmed.find_first_of("=<>!");
    Term term;
    if (at == std::string_view::npos || at == 0 ||
        (trimmed[at] == '!' && !trimmed.substr(at).starts_with("!="))) {
      if (looks_like_more(trimmed)) {
        return std::unexpected(
            fmt::format("\"{}\" is no term; terms are key=value, key!=value (* stands for anything), key>4G, "
                        "key<50% or a word, "
                        "and all must hold",
                        base::printable(trimmed, 60)));
      }
      term.value = base::lower_ascii(trimmed);
      filter.terms_.push_back(std::move(term));
      continue;
    }
    const bool two = at + 1 < trimmed.size() && trimmed[at + 1] == '=';
    term.key = trimmed.substr(0, at);
    term.operation = trimmed.substr(at, two && trimmed[at] != '=' ? 2 : 1);
    term.value = base::lower_ascii(trimmed.substr(at + (two ? 2 : 1)));
    if (!keys.empty() && std::ranges::find(keys, term.key) == keys.end()) {
      return std::unexpected(
          fmt::format("no item has \"{}\"; there are {}", base::printable(term.key, 60), one_of(keys)));
    }
    if (term.operation != "=" && term.operation != "!=") {
      const auto limit = number(term.value, term.key == "uptime" || term.key == "duration");
      if (!limit)
        return std::unexpected(fmt::format("\"{}\" compares with no number such as 2, 4G, 50% or 3d",
                                           base::printable(trimmed, 60)));
      term.number = *limit;
      term.percent = term.value.ends_with('%');
      if (term.percent && !limit_of(term.key))
        return std::unexpected(
            fmt::format("\"{}\": {} is no share of anything", base::printable(trimmed, 60), term.key));
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
  const auto text = value == nullptr ? std::string{} : text_of(*value);
  // PVE leaves out what is 0.
  if (term.operation == "=") return equals(text, term.value) || (text.empty() && term.value == "0");
  if (term.operation == "!=") return !equals(text, term.value) && !(text.empty() && term.value == "0");
  const auto have = number(text);
  auto want = term.number;
  if (const auto limit = term.percent ? limit_of(term.key).value_or("") : std::string_view{};
      !limit.empty()) {
    const auto* most = item.if_contains(limit);
    if (most == nullptr || !most->is_number() || most->to_number<double>() <= 0) return false;
    want *= most->to_number<double>();
  }
  return compare(have.value_or(0), term.operation, want) && (have || value == nullptr);
}

bool Filter::matches(const base::JsonObject& item) const {
  return std::ranges::all_of(terms_, [&](const Term& term) { return holds(term, item); });
}

}  // namespace view
