#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>

#include "base/text.h"
#include "engine/check/value.h"
#include "engine/words/remedies.h"

namespace engine {
namespace {

using facts::Type;

std::string range(const facts::Parameter& fact) {
  if (fact.minimum && fact.maximum) return fmt::format(" from {} to {}", *fact.minimum, *fact.maximum);
  if (fact.minimum) return fmt::format(" of at least {}", *fact.minimum);
  if (fact.maximum) return fmt::format(" of at most {}", *fact.maximum);
  return {};
}

std::string lengths(const facts::Parameter& fact) {
  if (fact.min_length && fact.max_length) {
    return fmt::format(" of {} to {} characters", *fact.min_length, *fact.max_length);
  }
  if (fact.min_length) return fmt::format(" of at least {} characters", *fact.min_length);
  if (fact.max_length) return fmt::format(" of at most {} characters", *fact.max_length);
  return {};
}

struct Form {
  std::string_view format;
  std::string_view words;
  std::optional<Advice> source{};
};

// Describes PVE's formats, and says how to find such a value.
constexpr Form kForms[] = {
    {"dns-name", "a DNS name such as web-01"},
    {"pve-configid", "two or more of letters, digits, - and _, beginning with a letter"},
    {"pve-iface", "the name of an interface such as vmbr0", Advice::FindInterface},
    {"pve-node", "the name of a node", Advice::FindNode},
    {"pve-poolid", "the name of a pool", Advice::FindPool},
    {"pve-realm", "the name of a realm", Advice::FindRealm},
    {"pve-roleid", "the name of a role", Advice::FindRole},
    {"pve-storage-id", "the name of a storage", Advice::FindStorage},
    {"pve-userid", "a user with the realm such as alice@pve", Advice::FindUser},
};

std::string form(const facts::Parameter& fact, const guard::MayUse& may) {
  std::string text;
  const auto* known = std::ranges::find(kForms, fact.format, &Form::format);
  if (known != std::end(kForms)) {
    text += fmt::format(" ({}{})", known->words, known->source ? "; " + advise(*known->source, may) : "");
  } else if (!fact.format.empty() && fact.format != "property-string") {
    text += fmt::format(" (PVE format {})", fact.format);
  }
  if (!fact.pattern.empty()) text += fmt::format(" matching {}", base::printable(fact.pattern, 120));
  return text;
}

}  // namespace

bool is_list(const Field& field) { return field.fact != nullptr && field.fact->format.ends_with("list"); }

std::string expectation(const Field& field, const guard::MayUse& may) {
  constexpr std::size_t kMost = 40;
  if (!field.values.empty()) {
    const auto count = std::min(field.values.size(), kMost);
    return fmt::format("one of {}{}", base::join(field.values.first(count), ", "),
                       count < field.values.size() ? ", …" : "");
  }
  const facts::Parameter none;
  const auto& fact = field.fact == nullptr ? none : *field.fact;
  switch (field.type) {
    case Type::Integer:
      if (field.guest) return "a guest's number" + range(fact) + ", or its name if no other guest has it";
      return "an integer" + range(fact);
    case Type::Number:
      return "a number" + range(fact);
    case Type::Boolean:
      return "true or false";
    case Type::Object:
      return "an object";
    case Type::Array:
      return "a list of strings" + lengths(fact) + form(fact, may);
    case Type::String:
      break;
  }
  if (is_list(field)) return "a comma-separated list" + lengths(fact) + form(fact, may);
  return "text" + lengths(fact) + form(fact, may);
}

}  // namespace engine
