#include "guard/terms.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/number.h"
#include "base/pattern.h"
#include "base/text.h"

namespace guard {
namespace {

/// In the order of Terms::Kind.
constexpr std::array<std::string_view, 7> kKinds = {"vmid", "tag", "pool", "node", "name", "storage", "user"};

std::string not_valid(std::string_view text, std::string_view why) {
  return fmt::format("\"{}\" {}", base::printable(text, 60), why);
}

/// Whether `pool` is `above` or below it.
bool is_in_pool(std::string_view pool, std::string_view above) {
  return pool.starts_with(above) && (pool.size() == above.size() || pool[above.size()] == '/');
}

}  // namespace

std::span<const std::string_view> protect_kinds() { return kKinds; }

std::expected<Terms::Term, std::string> Terms::parse_one(std::string_view text,
                                                         std::span<const std::string_view> kinds) {
  Term term;
  auto rest = base::trim(text);
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
  term.kind = static_cast<Kind>(std::ranges::find(kKinds, kind) - kKinds.begin());
  term.value = base::trim(rest.substr(std::min(colon + 1, rest.size())));
  if (term.value.empty())
    return std::unexpected(not_valid(text, fmt::format("needs a value behind {}:", kind)));
  if (term.kind != Kind::Vmid) return term;
  const auto dash = std::min(term.value.find('-'), term.value.size());
  const auto first = base::parse_number<std::int64_t>(std::string_view(term.value).substr(0, dash));
  const auto last = dash == term.value.size()
                        ? first
                        : base::parse_number<std::int64_t>(std::string_view(term.value).substr(dash + 1));
  if (!first || !last || *first < 1 || *last < *first)
    return std::unexpected(not_valid(text, "must be a number or a range, such as vmid:100-199"));
  term.first = *first;
  term.last = *last;
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

bool Terms::asks_configuration() const {
  return std::ranges::any_of(
      terms_, [](const Term& term) { return term.kind == Kind::Tag || term.kind == Kind::Name; });
}

bool Terms::asks_pools() const {
  return std::ranges::any_of(terms_, [](const Term& term) { return term.kind == Kind::Pool; });
}

std::vector<std::string> Terms::pools() const {
  std::vector<std::string> ids;
  for (const auto& term : terms_) {
    if (term.kind == Kind::Pool) ids.push_back(term.value);
  }
  return ids;
}

bool Terms::fits(const Term& term, const GuestTraits& guest) {
  switch (term.kind) {
    case Kind::Vmid:
      return term.first <= guest.vmid && guest.vmid <= term.last;
    case Kind::Tag:
      return std::ranges::any_of(guest.tags,
                                 [&](const std::string& tag) { return base::fits_pattern(term.value, tag); });
    case Kind::Pool:
      return std::ranges::any_of(guest.pools,
                                 [&](const std::string& pool) { return is_in_pool(pool, term.value); });
    case Kind::Node:
      return base::fits_pattern(term.value, guest.node);
    case Kind::Name:
      return base::fits_pattern(term.value, guest.name);
    case Kind::Storage:
    case Kind::User:
      break;
  }
  return false;
}

bool Terms::mean_guests() const {
  return std::ranges::any_of(terms_, [](const Term& term) { return is_of_guest(term.kind); });
}

bool Terms::mean(const GuestTraits& guest) const {
  const auto any = [&](bool excludes, bool fitting) {
    return std::ranges::any_of(terms_, [&](const Term& term) {
      return is_of_guest(term.kind) && term.excludes == excludes && (!fitting || fits(term, guest));
    });
  };
  if (!mean_guests() || any(true, true)) return false;
  return any(false, true) || !any(false, false);
}

bool Terms::mean_text(Kind kind, std::string_view text) const {
  const auto any = [&](bool excludes, bool fitting) {
    return std::ranges::any_of(terms_, [&](const Term& term) {
      return term.kind == kind && term.excludes == excludes &&
             (!fitting || base::fits_pattern(term.value, text));
    });
  };
  if (any(true, true)) return false;
  return any(false, true) || (any(true, false) && !any(false, false));
}

bool Terms::mean_storage(std::string_view storage) const { return mean_text(Kind::Storage, storage); }

bool Terms::mean_user(std::string_view userid) const { return mean_text(Kind::User, userid); }

}  // namespace guard
