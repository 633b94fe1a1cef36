#include "engine/row/wording.h"

#include <algorithm>
#include <functional>

#include "base/ascii.h"
#include "base/text.h"

namespace engine {
namespace {

constexpr std::size_t kShown = 100;

const Field* field_named(const Row& row, std::string_view name) {
  const auto field = std::ranges::find(row.fields(), name, &Field::name);
  return field == row.fields().end() || field->marked(facts::kSecret) ? nullptr : &*field;
}

constexpr std::string_view kGuest = "vmid";

/// The values for the placeholders of a sentence.
struct Words {
  const Row& row;
  const base::JsonObject& arguments;
  std::string_view guest;
};

std::string shown(const Words& words, std::string_view name) {
  const auto* field = field_named(words.row, name);
  if (field == nullptr) return {};
  if (field->wire == kGuest && !words.guest.empty()) return base::printable(words.guest, kShown);
  const auto* value = words.arguments.if_contains(field->wire);
  if (value == nullptr || value->is_null()) return {};
  if (value->is_array()) return base::printable(base::write_json(*value), kShown);
  return base::printable(base::wire_text(*value), kShown);
}

/// Doubles the last letter of "stop": "stopping", "restarted".
std::string verb(std::string text, std::string_view form) {
  if (text.ends_with("op")) text += text.back();
  return text + std::string(form);
}

std::string small(std::string_view text) {
  std::string made(text);
  if (!made.empty()) made.front() = base::lower(made.front());
  return made;
}

std::string great(std::string text) {
  if (!text.empty() && base::is_lower(text.front()))
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
  return text;
}

using InPlaceOf = std::function<std::string(std::string_view placeholder)>;

std::string filled(std::string_view rest, const InPlaceOf& in_place_of) {
  std::string text;
  while (!rest.empty()) {
    const auto open = rest.find('{');
    const auto close = open == std::string_view::npos ? open : rest.find('}', open);
    text += rest.substr(0, close == std::string_view::npos ? rest.size() : open);
    if (close == std::string_view::npos) break;
    text += in_place_of(rest.substr(open + 1, close - open - 1));
    rest.remove_prefix(close + 1);
  }
  return text;
}

std::string sentence(const Words& words, std::string_view text, bool done) {
  const auto in_place_of = [&](std::string_view placeholder) -> std::string {
    if (placeholder == "was" || placeholder == "were") return std::string(placeholder) + " not";
    const auto plus = placeholder.find('+');
    auto value = shown(words, placeholder.substr(0, plus));
    return plus == std::string_view::npos ? value : verb(std::move(value), placeholder.substr(plus + 1));
  };
  if (!done) return great(filled(text.substr(0, text.find(';')), in_place_of));
  for (const std::string_view was : {"{was} ", "{were} "}) {
    const auto at = text.find(was);
    if (at == std::string_view::npos) continue;
    const auto without = std::string(text.substr(0, at)).append(text.substr(at + was.size()));
    return great(filled(without, in_place_of));
  }
  return great(filled(text, in_place_of));
}

}  // namespace

Wording wording(const Row& row, const base::JsonObject& arguments, std::string_view guest) {
  const auto& tool = row.tool();
  const std::string title(tool.title);
  if (tool.done.empty()) return {title, title, title, title, title};
  const auto was = std::min(tool.done.find(" {was} "), tool.done.find(" {were} "));
  const Words words{row, arguments, guest};
  auto not_done = sentence(words, tool.done, false);
  auto not_sent = not_done;
  // "Not completed" would say that PVE had begun.
  if (constexpr std::string_view kEnd = "completed"; not_sent.ends_with(kEnd))
    not_sent.replace(not_sent.size() - kEnd.size(), kEnd.size(), "started");
  return {sentence(words, tool.doing, true), sentence(words, tool.done, true), std::move(not_done),
          sentence(words, tool.done.substr(0, was), true), std::move(not_sent)};
}

base::JsonObject worded_arguments(const Row& row, const base::JsonObject& arguments, std::string_view guest) {
  base::JsonObject worded;
  for (const auto* name : {"archive", "compress", "force", "ostemplate", "purge", "restore", "start",
                           "storage", "target", "todisk", "vmstate"}) {
    if (const auto* value = arguments.if_contains(name)) worded[name] = *value;
  }
  for (const auto text : {row.tool().doing, row.tool().done}) {
    filled(text, [&](std::string_view placeholder) {
      const auto* field = field_named(row, placeholder.substr(0, placeholder.find('+')));
      const auto* value = field == nullptr ? nullptr : arguments.if_contains(field->wire);
      if (value != nullptr) worded[field->wire] = *value;
      return std::string{};
    });
  }
  if (!guest.empty() && worded.contains(kGuest)) worded[kGuest] = guest;
  return worded;
}

std::string still_doing(std::string_view doing) { return "Still " + small(doing); }

}  // namespace engine
