// The description of a change as clauses, before they become lines.
#pragma once

#include <string>
#include <vector>

namespace change {

/// Clauses are printable and have no full stop. They use participles, so that they also describe a change
/// that has not happened yet.
struct Description {
  std::vector<std::string> changes;    ///< in force: "cores 2 -> 4"
  std::vector<std::string> pending;    ///< takes effect at the guest's next start
  std::vector<std::string> older;      ///< takes effect then too, but was pending before this call
  std::vector<std::string> unchanged;  ///< requested without effect, with the reason
  std::vector<std::string> cautions;   ///< whole sentences
};

/// Returns true if the whole call had no effect.
bool has_no_effect(const Description& description);

/// Returns one line for after the sentence that names the object; empty if there is nothing to say. It begins
/// with the changes, or says that nothing changed.
std::string text(const Description& description);

}  // namespace change
