// The "filter" argument: which items of a list to show.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "view/kind.h"

namespace view {

using Items = std::vector<const base::JsonObject*>;

/// Terms separated by blanks; an item must match all of them. A term is `key=value` or `key!=value` (* stands
/// for any text, upper and lower case are equal, one part of a list such as tags is enough), `key>value`,
/// `key>=value`, `key<value`, `key<=value`, or a word that occurs anywhere in the item. The value of a
/// comparison depends on the key's kind (kind.h). Bytes: 4G. A fraction, or an amount with a limit (mem of
/// maxmem): 50%. A duration: 3d. A time: an age ("ctime>7d" means older; for a future time further away), or
/// a date ("> 2026-11-28 10:00" means later; UTC unless it names a zone).
class Filter {
 public:
  /// The error is a clause that names the wrong term and the valid ones. `keys` are the items' keys; empty if
  /// they are not known. `now` is in epoch seconds.
  static std::expected<Filter, std::string> parse(std::string_view text, const std::vector<std::string>& keys,
                                                  const Items& items = {}, std::int64_t now = 0);

  bool matches(const base::JsonObject& item) const;
  bool empty() const { return terms_.empty(); }
  /// Returns the limits of all comparisons: "mem > 80% of maxmem, ctime before 2026-11-22 10:00:00 UTC", and
  /// how many of `items` lack the time. Empty without comparisons.
  std::string limits(const Items& items) const;

 private:
  struct Term {
    std::string key;        ///< empty: a word that may occur anywhere
    std::string operation;  ///< "=", "!=", ">", ">=", "<", "<="
    std::string value;      ///< lower case
    Kind kind = Kind::Unknown;
    double bound = 0;
    std::string_view whole{};  ///< the key that the bound is a fraction of: "maxmem"
    std::string limit{};       ///< in words
  };
  struct Reader;

  static bool holds(const Term& term, const base::JsonObject& item);

  std::vector<Term> terms_;
};

}  // namespace view
