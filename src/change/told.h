// What a change did, in clauses, before it becomes lines.
#pragma once

#include <string>
#include <vector>

namespace change {

/// Printable; clauses without full stops. Participles, so that they are as true of what a change would do.
struct Told {
  std::vector<std::string> changes;    ///< in force: "cores 2 -> 4"
  std::vector<std::string> pending;    ///< waits for the guest's next start
  std::vector<std::string> older;      ///< waits too, but since before this call
  std::vector<std::string> unchanged;  ///< was asked for and made no difference, with the reason
  std::vector<std::string> cautions;   ///< whole sentences
};

/// All that was asked for made no difference.
bool is_nothing(const Told& told);

/// One line to follow the sentence that names the object; empty when there is nothing to say. It begins with
/// what changed, or that nothing did.
std::string text(const Told& told);

}  // namespace change
