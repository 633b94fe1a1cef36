// The colours of the two themes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace chart {

struct Colours {
  std::uint32_t background;  ///< 0xRRGGBB, as all below
  std::uint32_t plot;
  std::uint32_t grid;
  std::uint32_t axis;
  std::uint32_t text;
  std::uint32_t faint;  ///< text beside the point
  std::array<std::uint32_t, 2> alone;
  std::array<std::uint32_t, 4> together;
  double fill;  ///< opacity of the area below a line
};

inline constexpr Colours kLight = {.background = 0xFFFFFF,
                                   .plot = 0xF8FAFC,
                                   .grid = 0xE2E8F0,
                                   .axis = 0xB6C2D1,
                                   .text = 0x0F172A,
                                   .faint = 0x586579,
                                   .alone = {0x2563EB, 0x7C3AED},
                                   .together = {0x0D9488, 0xEA580C, 0x9333EA, 0x65A30D},
                                   .fill = 0.13};

inline constexpr Colours kDark = {.background = 0x0F1520,
                                  .plot = 0x151D2B,
                                  .grid = 0x263246,
                                  .axis = 0x45546B,
                                  .text = 0xE8EDF5,
                                  .faint = 0x9AA8BC,
                                  .alone = {0x60A5FA, 0xA78BFA},
                                  .together = {0x2DD4BF, 0xFB923C, 0xD8B4FE, 0xA3E635},
                                  .fill = 0.17};

}  // namespace chart
