// The text form of the facts (script/facts writes it): one line per endpoint, below it one line per
// parameter, fields apart by tabs.
#pragma once

#include <string_view>
#include <vector>

#include "facts/facts.h"
#include "facts/property_string.h"

namespace facts {

/// Puts "since=8.3" or "until=8.4" into the lifetime; ignores other fields.
void read_lifetime(std::string_view field, Lifetime& lifetime);

/// An endpoint from its lines. Views point into `block`.
Endpoint parse_endpoint(std::string_view block);

/// The members of a property string from its lines. Views point into `block`.
std::vector<Member> parse_form(std::string_view block);

/// Adds what the schema does not say: marks, and how many members a family has.
void mark(Endpoint& endpoint);

}  // namespace facts
