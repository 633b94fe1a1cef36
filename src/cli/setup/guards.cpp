// The step "guard settings", and the checks of settings.
#include <array>
#include <utility>

#include "base/text.h"
#include "cli/known.h"
#include "cli/setup/checks.h"
#include "cli/setup/steps.h"
#include "config/table.h"
#include "guard/terms.h"

namespace cli {
namespace {

/// The terms of --scope and --protect, which the settings only carry.
std::optional<std::string> wrong_terms(Topic topic, const config::Settings& settings) {
  if (topic != Topic::Scope && topic != Topic::Protect) return std::nullopt;
  const bool scope = topic == Topic::Scope;
  const auto terms = guard::Terms::parse(scope ? settings.scope : settings.protect,
                                         scope ? guard::scope_kinds() : guard::protect_kinds());
  if (terms) return std::nullopt;
  return std::string(question(topic).flag) + ": " + terms.error() + ".";
}

struct Guard {
  Topic topic;
  std::string_view key;
};
constexpr std::array<Guard, 4> kGuards = {{
    {Topic::Scope, "scope"},
    {Topic::Protect, "protect"},
    {Topic::Confirm, "confirm"},
    {Topic::Approval, "approval"},
}};

}  // namespace

std::optional<std::string> apply_setting(Topic topic, const std::string& value, config::Settings& settings) {
  const auto flag = question(topic).flag;
  for (const auto& row : config::table()) {
    if (row.flag != flag) continue;
    if (auto wrong = row.apply({std::string(flag), {value}}, known(), settings)) return wrong;
    return wrong_terms(topic, settings);
  }
  return std::nullopt;
}

Check check_of(Topic topic) {
  return [topic](std::string_view text) -> std::expected<std::string, std::string> {
    config::Settings settings;
    std::string value(text);
    if (value.empty()) return value;
    if (auto wrong = apply_setting(topic, value, settings)) return std::unexpected(*std::move(wrong));
    return value;
  };
}

Step ask_guards(const Interview& interview, Draft& draft) {
  std::string confirm;
  for (const auto& guard : kGuards) {
    const auto present = setting_in(draft.settings, guard.key);
    auto check = check_of(guard.topic);
    if (guard.topic == Topic::Approval)
      check = [&, plain = check](std::string_view text) -> std::expected<std::string, std::string> {
        if (text == "human" && confirm == "never")
          return std::unexpected(
              "--approval: with --confirm never no change asks for an approval; write caller, or give "
              "another "
              "--confirm.");
        return plain(text);
      };
    const auto value = interview.ask(guard.topic, check, present);
    if (!value) return std::unexpected(value.error());
    if (guard.topic == Topic::Confirm) confirm = *value;
    const bool usual = *value == question(guard.topic).fallback;
    if (!usual || present)
      draft.values.emplace_back(guard.key, value->empty() ? std::nullopt : std::optional(*value));
    if (guard.topic == Topic::Approval && *value == "human" && !draft.service)
      interview.show(
          "This protects only against clients without a shell: a client that can run commands under this "
          "account can read the API token and go to PVE without this server. Against such a client run the "
          "server as another user (setup --service, ssh, a container), and let the API token only look.");
  }
  return {};
}

}  // namespace cli
