// The members of the property strings, read from the facts when one is asked for.
#pragma once

#include <map>
#include <mutex>
#include <string_view>
#include <vector>

#include "facts/property_string.h"

namespace facts {

/// Reads nothing before the first question. Safe from many threads; what it returns lives as long as it.
class Forms {
 public:
  /// `text` is the text of the facts and must outlive this object.
  explicit Forms(std::string_view text) : text_(text) {}

  /// nullptr: the parameter is not a property string, or its members are not known.
  const std::vector<Member>* of(const Parameter& parameter) const;

 private:
  std::string_view text_;
  mutable std::once_flag once_;
  mutable std::map<std::string_view, std::vector<Member>> members_;  ///< by name of the form
};

}  // namespace facts
