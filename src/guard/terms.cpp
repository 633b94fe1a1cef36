#include "guard/terms.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/number.h"
#include "base/pattern.h"
#include "base/text.h"

namespace guard {
namespace {

/// In the order of Terms::Trait.
constexpr std::array<std::string_view, 8> kTraits = {"vmid", "tag",     "pool", "node",
                                                     "name", "storage", "user", "allow"};
constexpr std::array<std::string_view, 6> kOfScope = {"vmid", "tag", "pool", "node", "name", "allow"};

std::string not_valid(std::string_view text, std::string_view why) {
  return fmt::format("\"{}\" {}", base::printable(text, 60), why);
}

/// Whether `pool` is `above` or below it.
bool is_in_pool(std::string_view pool, std::string_view above) {
  return pool.starts_with(above) && (pool.size() == above.size() || pool[above.size()] == '/');
}

}  // namespace

std::span<const std::string_view> protect_kinds() { return std::span(kTraits).first(7); }

std::span<const std::string_view> scope_kinds() { return kOfScope; }

Wanted& Wanted::operator|=(const Wanted& other) {
  configuration = configuration || other.configuration;
  node = node || other.node;
  pools.insert(pools.end(), other.pools.begin(), other.pools.end());
  return *this;
}

std::optional<std::string> Terms::read_numbers(std::string_view text, Term& term) {
  const auto dash = std::min(term.value.find('-'), term.value.size());
  const auto first = base::parse_number<std::int64_t>(std::string_view(term.value).substr(0, dash));
  const auto last = dash == term.value.size()
                        ? first
                        : base::parse_number<std::int64_t>(std::string_view(term.value).substr(dash + 1));
  if (!first || !last || *first < 1 || *last < *first)
    return not_valid(text, "must be a number or a range, such as vmid:100-199");
  term.first = *first;
  term.last = *last;
  return std::nullopt;
}

std::optional<std::string> Terms::read_kind(std::string_view text, Term& term) {
  const auto known = std::ranges::find(kKindNames, term.value);
  if (known == kKindNames.end())
    return not_valid(text, "allows an unknown kind; valid kinds are " + base::join(kKindNames, ", "));
  if (term.excludes)
    return not_valid(text, "has no meaning, because a scope allows only the kinds that it names");
  term.kind = static_cast<Kind>(known - kKindNames.begin());
  return std::nullopt;
}

std::expected<Terms::Term, std::string> Terms::parse_one(std::string_view text,
                                                         std::span<const std::string_view> kinds) {
  Term term;
  auto rest = base::trim(text);
  if (base::printable(rest, rest.size()) != rest)
    return std::unexpected(not_valid(text, "holds characters that cannot be shown"));
  if (rest.starts_with('!')) {
    term.excludes = true;
    rest.remove_prefix(1);
  }
  const auto colon = std::min(rest.find(':'), rest.size());
  const auto kind = rest.substr(0, colon);
  const auto known = std::ranges::find(kinds, kind);
  if (known == kinds.end())
    return std::unexpected(
        not_valid(text, fmt::format("has an unknown kind; valid kinds are {}, such as vmid:100-199",
                                    base::join(kinds, ", "))));
  term.trait = static_cast<Trait>(std::ranges::find(kTraits, kind) - kTraits.begin());
  term.value = base::trim(rest.substr(std::min(colon + 1, rest.size())));
  if (term.value.empty())
    return std::unexpected(not_valid(text, fmt::format("needs a value behind {}:", kind)));
  std::optional<std::string> misfit;
  if (term.trait == Trait::Vmid) misfit = read_numbers(text, term);
  if (term.trait == Trait::Allow) misfit = read_kind(text, term);
  if (misfit) return std::unexpected(*std::move(misfit));
  return term;
}

std::expected<Terms, std::string> Terms::parse(std::span<const std::string> terms,
                                               std::span<const std::string_view> kinds) {
  Terms parsed;
  for (const auto& text : terms) {
    auto term = parse_one(text, kinds);
    if (!term) return std::unexpected(std::move(term.error()));
    parsed.terms_.push_back(*std::move(term));
  }
  return parsed;
}

Wanted Terms::wanted() const {
  Wanted wanted;
  for (const auto& term : terms_) {
    if (term.trait == Trait::Tag || term.trait == Trait::Name) wanted.configuration = true;
    if (term.trait == Trait::Node) wanted.node = true;
    if (term.trait == Trait::Pool) wanted.pools.push_back(term.value);
  }
  return wanted;
}

bool Terms::allow(Kind kind) const {
  return std::ranges::any_of(
      terms_, [&](const Term& term) { return term.trait == Trait::Allow && term.kind == kind; });
}

bool Terms::fits(const Term& term, const GuestTraits& guest) {
  switch (term.trait) {
    case Trait::Vmid:
      return term.first <= guest.vmid && guest.vmid <= term.last;
    case Trait::Tag:
      return std::ranges::any_of(guest.tags,
                                 [&](const std::string& tag) { return base::fits_pattern(term.value, tag); });
    case Trait::Pool:
      return std::ranges::any_of(guest.pools,
                                 [&](const std::string& pool) { return is_in_pool(pool, term.value); });
    case Trait::Node:
      return base::fits_pattern(term.value, guest.node);
    case Trait::Name:
      return base::fits_pattern(term.value, guest.name);
    case Trait::Storage:
    case Trait::User:
    case Trait::Allow:
      break;
  }
  return false;
}

bool Terms::mean_guests() const {
  return std::ranges::any_of(terms_, [](const Term& term) { return is_of_guest(term.trait); });
}

bool Terms::mean_storages() const {
  return std::ranges::any_of(terms_, [](const Term& term) { return term.trait == Trait::Storage; });
}

bool Terms::mean_users() const {
  return std::ranges::any_of(terms_, [](const Term& term) { return term.trait == Trait::User; });
}

bool Terms::mean(const GuestTraits& guest) const {
  const auto any = [&](bool excludes, bool fitting) {
    return std::ranges::any_of(terms_, [&](const Term& term) {
      return is_of_guest(term.trait) && term.excludes == excludes && (!fitting || fits(term, guest));
    });
  };
  if (!mean_guests() || any(true, true)) return false;
  return any(false, true) || !any(false, false);
}

bool Terms::mean_text(Trait trait, std::string_view text) const {
  const auto any = [&](bool excludes, bool fitting) {
    return std::ranges::any_of(terms_, [&](const Term& term) {
      return term.trait == trait && term.excludes == excludes &&
             (!fitting || base::fits_pattern(term.value, text));
    });
  };
  if (any(true, true)) return false;
  return any(false, true) || (any(true, false) && !any(false, false));
}

bool Terms::mean_storage(std::string_view storage) const { return mean_text(Trait::Storage, storage); }

bool Terms::mean_user(std::string_view userid) const { return mean_text(Trait::User, userid); }

}  // namespace guard
