// Describes changes of firewall rules. settings.h handles firewall options.
#pragma once

#include <string>

#include "change/change.h"

namespace change {

/// Returns "in ACCEPT tcp to port 22 from 10.0.0.0/8", with "off" in front if the rule is not enabled.
std::string rule_in_words(const base::JsonObject& rule);

/// `before` and `after` are lists of rules.
Description describe_rule(const Change& change);

}  // namespace change
