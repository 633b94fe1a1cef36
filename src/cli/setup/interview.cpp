#include "cli/setup/interview.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <system_error>

#include "base/file.h"
#include "base/text.h"
#include "cli/output.h"
#include "config/settings.h"

namespace cli {
namespace {

constexpr std::size_t kMostOfSecret = 4096;

Stop ended() { return {kFailed, "it was ended before the last question. Nothing was changed."}; }

std::string shown_value(std::string_view text) { return "\"" + base::printable(text, 80) + "\""; }

std::expected<std::string, std::string> one_of(const Question& about, std::span<const Option> options,
                                               std::string_view text) {
  const auto word = base::lower_ascii(base::trim(text));
  std::string names;
  for (std::size_t i = 0; i < options.size(); ++i) {
    if (word == options[i].name || word == std::to_string(i + 1)) return std::string(options[i].name);
    names += (i == 0 ? "" : i + 1 == options.size() ? " or " : ", ") + std::string(options[i].name);
  }
  return std::unexpected(config::complaint(about.flag, text, "write " + names));
}

std::expected<std::string, std::string> content_of(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::unexpected(std::generic_category().message(errno));
  auto text = base::read_all(file, kMostOfSecret);
  ::close(file);
  if (!text) return std::unexpected(std::generic_category().message(text.error()));
  text->erase(text->find_last_not_of("\r\n") + 1);
  return *std::move(text);
}

}  // namespace

bool Interview::is_set(Topic topic) const { return given_.contains(question(topic).flag); }

std::optional<std::string> Interview::given(Topic topic) const {
  const auto found = given_.find(question(topic).flag);
  if (found == given_.end() || found->second.empty()) return std::nullopt;
  return fmt::format("{}", fmt::join(found->second, ","));
}

void Interview::show(std::string_view text) const {
  if (person_ != nullptr) return person_->show(text);
  print(STDOUT_FILENO, shown(text, ::isatty(STDOUT_FILENO) == 1));
}

Stop Interview::missing(const Question& about) const {
  return {kUsage, fmt::format("{} is missing, and there is no terminal to ask on: add it, as in {}{}",
                              about.flag, about.example,
                              is_set(Topic::Yes) ? "." : ", and --yes for what it would ask beside that.")};
}

Answer<std::string> Interview::ask(Topic topic, const Check& check,
                                   const std::optional<std::string>& fallback) const {
  const auto& about = question(topic);
  if (const auto value = given(topic)) {
    auto checked = check(*value);
    if (checked) return *std::move(checked);
    return std::unexpected(Stop{kUsage, checked.error()});
  }
  const auto usual = fallback.value_or(std::string(about.fallback));
  const bool may_be_usual = !usual.empty() || about.optional;
  if (is_set(Topic::Yes) && may_be_usual) {
    auto checked = check(usual);
    if (checked) return *std::move(checked);
  }
  if (person_ == nullptr) return std::unexpected(missing(about));
  const bool clears = about.optional && !usual.empty();
  const auto prompt = fmt::format("{}{}{}: ", about.prompt, usual.empty() ? "" : " [" + usual + "]",
                                  clears ? ", or none" : "");
  for (;;) {
    const auto line = person_->line(prompt);
    if (!line) return std::unexpected(ended());
    const auto typed = base::trim(*line);
    if (typed.empty() && !may_be_usual) {
      show(fmt::format("An answer is needed, as in {}.", about.example));
      continue;
    }
    const auto value = typed.empty()               ? std::string_view(usual)
                       : clears && typed == "none" ? std::string_view{}
                                                   : typed;
    auto checked = check(value);
    if (checked) return *std::move(checked);
    show(checked.error());
  }
}

Answer<std::string> Interview::choose(Topic topic, std::span<const Option> options,
                                      const std::optional<std::string>& fallback) const {
  if (person_ != nullptr && !is_set(topic) && !(is_set(Topic::Yes) && !fallback.value_or("").empty())) {
    std::string list = std::string(question(topic).prompt) + "?";
    for (std::size_t i = 0; i < options.size(); ++i)
      list += fmt::format("\n  {}  {:<12} {}", i + 1, options[i].name, options[i].about);
    show(list);
  }
  return ask(topic, [&](std::string_view text) { return one_of(question(topic), options, text); }, fallback);
}

Answer<std::string> Interview::secret(Topic topic, const Check& check) const {
  const auto& about = question(topic);
  if (const auto path = given(topic)) {
    const auto content = content_of(*path);
    if (!content)
      return std::unexpected(
          Stop{kUsage, config::complaint(about.flag, *path, "the file cannot be read: " + content.error())});
    auto checked = check(*content);
    if (!checked) return std::unexpected(Stop{kUsage, fmt::format("{}: {}", about.flag, checked.error())});
    return *std::move(checked);
  }
  if (person_ == nullptr) return std::unexpected(missing(about));
  for (;;) {
    const auto line = person_->secret(std::string(about.prompt) + ": ");
    if (!line) return std::unexpected(ended());
    if (line->empty()) continue;
    auto checked = check(*line);
    if (checked) return *std::move(checked);
    show(checked.error());
  }
}

Answer<bool> Interview::yes_or_no(std::string_view prompt) const {
  for (;;) {
    const auto line = person_->line(std::string(prompt) + " [y/N] ");
    if (!line) return std::unexpected(ended());
    const auto word = base::lower_ascii(base::trim(*line));
    if (word == "y" || word == "yes") return true;
    if (word.empty() || word == "n" || word == "no") return false;
    show(shown_value(word) + " is neither y nor n.");
  }
}

Answer<bool> Interview::agrees(std::string_view prompt) const {
  if (is_set(Topic::Yes) || is_set(Topic::DryRun)) return true;
  return agrees_in_person(prompt, Topic::Yes);
}

Answer<bool> Interview::agrees_in_person(std::string_view prompt, Topic topic) const {
  if (person_ == nullptr) return std::unexpected(missing(question(topic)));
  return yes_or_no(prompt);
}

}  // namespace cli
