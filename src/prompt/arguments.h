// The arguments of a prompt, checked before anything is read.
#pragma once

#include <cstddef>
#include <expected>
#include <map>
#include <string>
#include <string_view>

#include "base/json.h"
#include "tool/prompt.h"

namespace prompt {

/// Bytes of one argument.
inline constexpr std::size_t kMostArgumentBytes = 200;

/// By the places they fill.
using Values = std::map<std::string, std::string, std::less<>>;

/// True for what PVE could have as the name of a node, a storage or a guest: letters, digits, "-", "_", ".".
bool is_plain_name(std::string_view text);

/// Every value is of the shape of what it names; a guest may be "100 (web01)" here. The error is a sentence
/// that names what is wrong and what is valid.
std::expected<Values, std::string> values_of(const tool::Prompt& row, const base::JsonObject& arguments);

/// `text` with its places filled. `missing` is called for a place without a value, and its answer stands
/// there.
template <class Missing>
std::string filled(std::string_view text, const Values& values, Missing missing) {
  std::string out;
  for (auto open = text.find('{'); open != std::string_view::npos; open = text.find('{')) {
    const auto close = text.find('}', open);
    if (close == std::string_view::npos) break;
    const auto place = text.substr(open + 1, close - open - 1);
    const auto value = values.find(place);
    out += text.substr(0, open);
    out += value == values.end() ? std::string(missing(place)) : value->second;
    text.remove_prefix(close + 1);
  }
  return out.append(text);
}

}  // namespace prompt
