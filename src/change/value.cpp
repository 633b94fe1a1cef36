#include "change/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/json_read.h"
#include "base/text.h"
#include "change/property.h"
#include "facts/facts.h"
#include "facts/secret_parts.h"

namespace change {
namespace {

constexpr std::size_t kLongest = 60;

// Lists whose order has no meaning.
constexpr std::array<std::string_view, 11> kSets = {
    "tags",         "content", "nodes",        "groups", "vmid", "exclude", "registered-tags",
    "bridge_ports", "slaves",  "allowed-tags", "mailto"};

bool is_set_of_words(std::string_view name) { return std::ranges::find(kSets, name) != kSets.end(); }

bool has_lines(std::string_view text) { return base::trim(text).find('\n') != std::string_view::npos; }

/// Returns whether the value is free text, which needs quotes.
bool is_prose(std::string_view name) { return name == "description" || name.starts_with("comment"); }

/// Describes the words that were added and removed.
std::string of_words(std::string_view name, std::string_view before, std::string_view after) {
  const auto was = words(before);
  const auto is = words(after);
  const auto without = [](const std::vector<std::string>& all, const std::vector<std::string>& others) {
    std::vector<std::string> left;
    for (const auto& word : all) {
      if (std::ranges::find(others, word) == others.end()) left.push_back(shown(word));
    }
    return left;
  };
  const auto added = without(is, was);
  const auto removed = without(was, is);
  std::string text;
  if (!added.empty()) text = enumerated(added) + " added";
  if (!removed.empty()) text += (text.empty() ? "" : ", ") + enumerated(removed) + " removed";
  return text.empty() ? text : std::string(name) + ": " + text;
}

std::string plain(std::string_view name, std::string_view before, std::string_view after) {
  const std::string key(name);
  if (has_lines(before) || has_lines(after)) {
    if (after.empty()) return key + " removed";
    return key + (before.empty() ? " set" : " changed");
  }
  const std::string_view unit = name == "memory" || name == "swap" || name == "balloon" ? " MiB" : "";
  const std::string_view quote = is_prose(name) ? "'" : "";
  const auto was = fmt::format("{0}{1}{0}", quote, shown(before));
  const auto is = fmt::format("{0}{1}{0}", quote, shown(after));
  if (after.empty()) return fmt::format("{} {}{} removed", key, was, unit);
  if (before.empty()) return fmt::format("{} set to {}{}", key, is, unit);
  return fmt::format("{} {} -> {}{}", key, was, is, unit);
}

}  // namespace

bool is_secret(std::string_view name) {
  return facts::secret_name(name) || name == "sshkeys" || name == "ssh-public-keys" || name == "keyring" ||
         name == "env" || name == "encryption-key" || name == "master-pubkey" || name == "keys";
}

std::string shown(std::string_view value) {
  const auto text = base::printable(facts::without_secret_parts({}, base::trim(value)), kLongest);
  return text.empty() ? "''" : text;
}

std::string shown(const base::Json& value) {
  const auto text = comparable(value);
  return text.empty() ? text : shown(std::string_view(text));
}

std::string comparable(const base::Json& value) {
  if (value.is_null()) return {};
  if (const auto* object = value.if_object()) {
    std::vector<std::string> parts;
    for (const auto& member : *object)
      parts.push_back(std::string(member.key()) + "=" + comparable(member.value()));
    std::ranges::sort(parts);
    return fmt::format("{}", fmt::join(parts, ","));
  }
  if (const auto* list = value.if_array()) {
    std::string text;
    for (const auto& item : *list) text += (text.empty() ? "" : ",") + comparable(item);
    return text;
  }
  return base::wire_text(value);
}

std::string difference(std::string_view name, const base::Json& before, const base::Json& after) {
  const auto value = [&](const base::Json& json) {
    auto text = comparable(json);
    // PVE accepts "current=" or the number alone.
    if (name == "memory" && text.starts_with("current=")) text.erase(0, std::string_view("current=").size());
    return text;
  };
  auto was = value(before);
  auto is = value(after);
  if (was == is) return {};
  const auto key = base::printable(name, kLongest);
  if (is_secret(name)) return key + (is.empty() ? " removed" : was.empty() ? " set" : " changed");
  was = facts::without_secret_parts(name, was);
  is = facts::without_secret_parts(name, is);
  if (was == is) return key + " changed";
  if (is_set_of_words(name)) return of_words(key, was, is);
  if (form(name) == nullptr) return plain(key, was, is);
  if (is.empty()) return fmt::format("{} removed ({})", key, shown(std::string_view(was)));
  if (was.empty()) return fmt::format("{} set to {}", key, shown(std::string_view(is)));
  const auto parts = differences(name, was, is);
  return parts.empty() ? std::string() : key + ": " + parts;
}

std::vector<std::string> words(std::string_view list) {
  std::vector<std::string> all;
  constexpr std::string_view kBetween = ",; \t\r\n";
  for (auto begin = list.find_first_not_of(kBetween); begin != std::string_view::npos;) {
    const auto end = std::min(list.find_first_of(kBetween, begin), list.size());
    const auto word = list.substr(begin, end - begin);
    if (std::ranges::find(all, word) == all.end()) all.emplace_back(word);
    begin = list.find_first_not_of(kBetween, end);
  }
  return all;
}

std::string enumerated(const std::vector<std::string>& items, std::size_t most) {
  std::string text;
  const auto count = std::min(items.size(), most);
  for (std::size_t i = 0; i < count; ++i) {
    const bool last = i + 1 == items.size();
    text += (i == 0 ? "" : last ? " and " : ", ") + items[i];
  }
  if (items.size() > count) text += fmt::format(" and {} more", items.size() - count);
  return text;
}

}  // namespace change
