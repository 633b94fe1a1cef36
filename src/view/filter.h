// Which items of a list the model wants: the "filter" argument.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace view {

/// Terms separated by blanks, all of which must hold: `key=value` and `key!=value` (a * stands for anything,
/// case does not count, one part of a list such as tags is enough), `key>value`, `key>=value`, `key<value`,
/// `key<=value` (numbers; 4G, 50% and 3d are understood; mem>80% is a part of maxmem), or a word that occurs
/// anywhere in the item.
class Filter {
 public:
  /// The error is a clause that names the wrong term and what is valid; `keys` are those of the items.
  static std::expected<Filter, std::string> parse(std::string_view text,
                                                  const std::vector<std::string>& keys);

  bool matches(const base::JsonObject& item) const;
  bool empty() const { return terms_.empty(); }

 private:
  struct Term {
    std::string key;        ///< empty: anywhere
    std::string operation;  ///< "=", "!=", ">", ">=", "<", "<="
    std::string value;      ///< lower case
    double number = 0;
    bool percent = false;  ///< of the limit that PVE has beside the amount: mem of maxmem
  };
  static bool holds(const Term& term, const base::JsonObject& item);

  std::vector<Term> terms_;
};

}  // namespace view
