// The forms of a result.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace engine {

enum class Output : std::uint8_t {
  Text,        ///< tables and lines, which cost few tokens
  Json,        ///< PVE's data as compact JSON
  Structured,  ///< the text, and the same facts as structuredContent, with an outputSchema
};

inline constexpr std::array<std::string_view, 3> kOutputNames = {"text", "json", "structured"};

constexpr std::optional<Output> output_named(std::string_view text) {
  for (std::size_t i = 0; i < kOutputNames.size(); ++i) {
    if (kOutputNames[i] == text) return static_cast<Output>(i);
  }
  return std::nullopt;
}

struct Style {
  Output output = Output::Text;
  std::size_t max_result = 24'000;  ///< the maximum bytes of text in one result
  bool dark_charts = false;
  bool simulated = false;  ///< the cluster is the simulator
};

}  // namespace engine
