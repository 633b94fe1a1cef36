// Reads whose answers tell of guests in words or addresses, so that no guest can be left out of them.
#pragma once

#include <span>
#include <string_view>

namespace facts {

struct FreeText {
  std::string_view path;   ///< template of a GET
  std::string_view about;  ///< the kind of object that it belongs to: "node", "firewall"
};

/// The rows, by path.
std::span<const FreeText> free_texts();
/// The kind of object that the answer of this GET tells of; "" if the answer names guests only in members of
/// their own.
std::string_view free_text_about(std::string_view path_template);

}  // namespace facts
