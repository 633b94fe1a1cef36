// Changes of firewall rules. Options are settings.
#pragma once

#include <string>

#include "change/change.h"

namespace change {

/// "in ACCEPT tcp to port 22 from 10.0.0.0/8", with "off" in front of a rule that is not enabled.
std::string rule_in_words(const base::JsonObject& rule);

/// `before` and `after` are the list of rules.
Told tell_rule(const Change& change);

}  // namespace change
