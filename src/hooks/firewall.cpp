#include "hooks/hooks.h"

#include <string_view>

#include "base/json_read.h"
#include "base/text.h"

namespace hooks {

std::expected<void, std::string> prepare_new_rule(tool::Context& /*context*/, base::JsonObject& arguments) {
  if (const auto* pos = arguments.if_contains("pos")) {
    if (base::number(*pos) != 0) {
      return std::unexpected(
          "PVE puts every new rule at position 0. Create the rule without pos. Then update the rule at pos=0 "
          "with moveto=N: PVE moves it to just before the rule that has position N.");
    }
  }
  if (!arguments.contains("enable")) arguments["enable"] = true;
  return {};
}

std::expected<void, std::string> prepare_rule_update(tool::Context& /*context*/,
                                                     base::JsonObject& arguments) {
  if (!arguments.contains("moveto")) return {};
  std::string ignored;
  for (const auto& argument : arguments) {
    const std::string_view name = argument.key();
    if (name == "pos" || name == "moveto" || name == "digest") continue;
    ignored += (ignored.empty() ? "" : ", ") + base::printable(name);
  }
  if (ignored.empty()) return {};
  return std::unexpected("PVE ignores other fields in a call with moveto (" + ignored +
                         "). Nothing was sent: change the rule in one call and move it in another.");
}

std::string add_firewall_defaults(tool::Context& /*context*/, base::Json& data) {
  struct Default {
    std::string_view key, text;
  };
  constexpr Default kDefaults[] = {
      {"enable", "firewall: off"}, {"policy_in", "policy_in: DROP"}, {"policy_out", "policy_out: ACCEPT"}};
  const auto* options = data.if_object();
  if (options == nullptr) return {};
  std::string note;
  for (const auto& [key, text] : kDefaults) {
    if (!options->contains(key)) note += (note.empty() ? "" : ", ") + std::string(text) + " (default)";
  }
  return note;
}

}  // namespace hooks
