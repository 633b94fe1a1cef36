// A picture's pixels as PNG with a palette: a fifth of what true colours would take.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "chart/drawing.h"

namespace chart {

/// `pixels` (0xRRGGBB, `width` to a row) as a PNG file. Of colours that are almost alike the most frequent
/// one stands for all. Nothing if there is not enough memory.
std::optional<std::string> palette_png(const Png& png, std::span<const std::uint32_t> pixels,
                                       std::size_t width);

}  // namespace chart
