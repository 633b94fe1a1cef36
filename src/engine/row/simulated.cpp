#include "engine/row/simulated.h"

#include <string_view>
#include <utility>
#include <variant>

namespace engine {
namespace {

constexpr std::string_view kSimulated = "(simulated cluster)";

}  // namespace

mcp::Result mark_simulated(mcp::Result result, const Style& style) {
  if (!style.simulated || result.content.empty()) return result;
  if (auto* const text = std::get_if<mcp::Text>(&result.content.front())) {
    if (!text->text.ends_with('\n')) text->text += '\n';
    text->text += kSimulated;
  }
  if (auto* const facts = result.structured ? result.structured->if_object() : nullptr)
    (*facts)["simulated"] = true;
  return result;
}

mcp::Outcome mark_simulated(mcp::Outcome outcome, const Style& style) {
  if (auto* const result = std::get_if<mcp::Result>(&outcome))
    *result = mark_simulated(std::move(*result), style);
  return outcome;
}

}  // namespace engine
