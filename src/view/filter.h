// Which items of a list the model wants: the "filter" argument.
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

/// Terms separated by blanks, all of which must hold: `key=value` and `key!=value` (a * stands for anything,
/// case does not count, one part of a list such as tags is enough), `key>value`, `key>=value`, `key<value`,
/// `key<=value`, or a word that occurs anywhere in the item. What a comparison may name depends on what the
/// key is (kind.h): 4G of bytes, 50% of a share or of what has a limit (mem of maxmem), 3d of a duration, and
/// of a time an age ("ctime>7d": older than that; of what is to come: further away) or a date ("> 2026-11-28
/// 10:00": later; UTC unless it names a zone).
class Filter {
 public:
  /// The error is a clause that names the wrong term and what is valid; `keys` are those of the items, none
  /// where nobody knows them. `now` is in epoch seconds.
  static std::expected<Filter, std::string> parse(std::string_view text, const std::vector<std::string>& keys,
                                                  const Items& items = {}, std::int64_t now = 0);

  bool matches(const base::JsonObject& item) const;
  bool empty() const { return terms_.empty(); }
  /// The limits that were compared with: "mem > 80% of maxmem, ctime before 2026-11-22 10:00:00 UTC"; and how
  /// many of `items` have no such time. Empty without comparisons.
  std::string limits(const Items& items) const;

 private:
  struct Term {
    std::string key;        ///< empty: anywhere
    std::string operation;  ///< "=", "!=", ">", ">=", "<", "<="
    std::string value;      ///< lower case
    Kind kind = Kind::Unknown;
    double bound = 0;
    std::string_view whole{};  ///< what the bound is a share of: "maxmem"
    std::string limit{};       ///< in words
  };
  struct Reader;

  static bool holds(const Term& term, const base::JsonObject& item);

  std::vector<Term> terms_;
};

}  // namespace view
