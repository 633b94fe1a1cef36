#include "simulator/core/store.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace simulator {
namespace {

std::string_view bare(std::string_view option) {
  const bool marked = option.ends_with('!') || option.ends_with('+') || option.ends_with('*');
  return marked ? option.substr(0, option.size() - 1) : option;
}

/// The text with the call's parameters in place of "{id}" and the like.
std::string filled(std::string_view text, const Parameters& parameters) {
  std::string out;
  while (!text.empty()) {
    const auto open = std::min(text.find('{'), text.size());
    const auto close = std::min(text.find('}', open), text.size());
    out += text.substr(0, open);
    if (open < close) out += parameters.text(text.substr(open + 1, close - open - 1));
    text.remove_prefix(std::min(close + 1, text.size()));
  }
  return out;
}

}  // namespace

base::JsonObject section_json(const Config& section, std::string_view numbers) {
  base::JsonObject row;
  for (const auto& [key, value] : section) {
    row[key] = holds_word(numbers, key) ? as_number(value) : base::Json(value);
  }
  return row;
}

std::string file_digest(const Named<Config>& sections) {
  std::string text;
  for (const auto& [id, section] : sections) text += id + "\n" + digest_of(section) + "\n";
  return digest_of(std::string_view(text));
}

Answer refusal(const Call& call, const StoreText& text) {
  auto said = filled(text.text, call.parameters);
  return text.parameter.empty() ? Answer::fail(std::move(said)) : Answer::bad(text.parameter, said);
}

Answer refusal(const Call& call, const StoreText& text, const StoreText& otherwise) {
  return refusal(call, text.text.empty() ? otherwise : text);
}

Answer prefixed(std::string_view prefix, Answer refusal) {
  if (refusal.status == 500) refusal.message = std::string(prefix) + refusal.message;
  return refusal;
}

std::optional<Option> option_of(std::string_view options, std::string_view name) {
  for (const auto word : base::split(options, ' ')) {
    if (bare(word) != name) continue;
    return Option{.required = word.ends_with('!') || word.ends_with('+'),
                  .fixed = word.ends_with('!') || word.ends_with('*')};
  }
  return std::nullopt;
}

bool holds_word(std::string_view words, std::string_view word) {
  const auto all = base::split(words, ' ');
  return std::ranges::find(all, word) != all.end();
}

std::optional<Answer> missing_option(std::string_view options, const Config& section) {
  for (const auto word : base::split(options, ' ')) {
    if ((word.ends_with('!') || word.ends_with('+')) && !has(section, bare(word))) {
      return Answer::fail(fmt::format("missing value for required option '{}'", bare(word)));
    }
  }
  return std::nullopt;
}

std::optional<Answer> undeletable(std::string_view options, const std::vector<std::string>& keys,
                                  const Config& changes) {
  for (const auto& key : keys) {
    const auto option = option_of(options, key);
    if (!option) return Answer::fail(fmt::format("no such option '{}'", key));
    if (option->required) return Answer::fail(fmt::format("unable to delete required option '{}'", key));
    if (option->fixed) return Answer::fail(fmt::format("unable to delete fixed option '{}'", key));
    if (has(changes, key)) {
      return Answer::fail(fmt::format("cannot set and delete property '{}' at the same time!", key));
    }
  }
  return std::nullopt;
}

std::optional<Answer> apply_options(const Call& call, std::string_view key, std::string_view options,
                                    std::string_view secrets, Config& section, Step step) {
  const auto& parameters = call.parameters;
  Config changes;
  for (const auto& [name, values] : parameters.all()) {
    const bool outside = name == key || name == "type" || name == "digest" || name == "delete";
    if (outside || holds_word(secrets, name)) continue;
    const auto option = option_of(options, name);
    if (!option) return Answer::fail(fmt::format("unexpected property '{}'", name));
    if (option->fixed && step == Step::Update) {
      return Answer::fail(fmt::format("can't change value of fixed parameter '{}'", name));
    }
    changes[name] = parameters.text(name);
  }
  const auto removed = parameters.list("delete");
  if (auto no = undeletable(options, removed, changes)) return no;
  for (const auto& name : removed) section.erase(name);
  for (auto& [name, value] : changes) section[name] = std::move(value);
  return step == Step::Create ? missing_option(options, section) : std::nullopt;
}

}  // namespace simulator
