#include "engine/words/pve_words.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/text.h"

namespace engine {
namespace {

constexpr std::size_t kLongestName = 200;
constexpr std::string_view kFailed = " failed: ";
constexpr std::string_view kUnverified = "400 Parameter verification failed.\n";
constexpr std::string_view kDenied = "Permission check failed (";

bool is_of(std::string_view text, std::string_view others, bool digits) {
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return base::is_letter(c) || (digits && base::is_digit(c)) || others.find(c) != std::string_view::npos;
  });
}

/// Removes what PVE puts before a sentence that it passes on: "delete storage failed: ", or the name of a
/// parameter that it checked late. Removes only words of PVE, never a value of the call.
std::string_view without_preface(std::string_view text) {
  if (text.starts_with(kUnverified)) {
    const auto line = text.substr(kUnverified.size());
    const auto at = line.find(": ");
    return at != std::string_view::npos && is_of(line.substr(0, at), "-_", true) ? line.substr(at + 2) : text;
  }
  const auto at = text.find(kFailed);
  if (at == std::string_view::npos || !is_of(text.substr(0, at), " ", false)) return text;
  return text.substr(at + kFailed.size());
}

}  // namespace

std::optional<std::string_view> name_in(std::string_view text, const Sentence& sentence) {
  for (const auto said : {text, without_preface(text)}) {
    if (!said.starts_with(sentence.before)) continue;
    const auto rest = said.substr(sentence.before.size());
    const auto name = rest.substr(0, rest.find('\''));
    const auto after = rest.substr(name.size());
    if (sentence.goes_on ? !after.starts_with(sentence.after) : after != sentence.after) continue;
    if (name.empty() || name.size() > kLongestName || base::has_control(name)) continue;
    return name;
  }
  return std::nullopt;
}

std::optional<Lock> lock_in(std::string_view text) {
  const auto said = without_preface(text);
  const bool container = said.starts_with("CT is locked (");
  if ((!container && !said.starts_with("VM is locked (")) || !said.ends_with(')')) return std::nullopt;
  auto kind = said.substr(said.find('(') + 1);
  kind.remove_suffix(1);
  if (!is_of(kind, "-", false)) return std::nullopt;
  return Lock{kind, container};
}

std::optional<Denial> denial_in(std::string_view text) {
  if (!text.starts_with(kDenied) || !text.ends_with(')')) return std::nullopt;
  auto inner = text.substr(kDenied.size());
  inner.remove_suffix(1);
  const auto comma = inner.find(", ");
  if (comma == std::string_view::npos) return std::nullopt;
  const auto path = inner.substr(0, comma);
  const auto privileges = inner.substr(comma + 2);
  if (!path.starts_with('/') || !is_of(path, "/._-@", true)) return std::nullopt;
  if (!is_of(privileges, ".|, ", false) || !base::is_letter(privileges.front())) return std::nullopt;
  return Denial{path, privileges.substr(0, privileges.find_first_of("|, ")),
                privileges.find('|') != std::string_view::npos};
}

bool repeats(const base::Json& values, std::string_view words) {
  if (const auto* text = values.if_string())
    return std::string_view(*text).find(words) != std::string_view::npos;
  if (const auto* array = values.if_array())
    return std::ranges::any_of(*array, [&](const auto& item) { return repeats(item, words); });
  if (const auto* object = values.if_object())
    return std::ranges::any_of(*object, [&](const auto& member) { return repeats(member.value(), words); });
  return false;
}

}  // namespace engine
