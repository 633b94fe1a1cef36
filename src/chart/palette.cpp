#include "chart/palette.h"

#include <algorithm>
#include <array>
#include <limits>
#include <unordered_map>
#include <utility>
#include <vector>

namespace chart {
namespace {

constexpr std::size_t kColours = 256;

std::array<int, 3> parts(std::uint32_t rgb) {
  return {static_cast<int>(rgb >> 16U & 0xFFU), static_cast<int>(rgb >> 8U & 0xFFU),
          static_cast<int>(rgb & 0xFFU)};
}

int distance(std::uint32_t a, std::uint32_t b) {
  const auto left = parts(a);
  const auto right = parts(b);
  int sum = 0;
  for (std::size_t i = 0; i < left.size(); ++i) sum += (left[i] - right[i]) * (left[i] - right[i]);
  return sum;
}

}  // namespace

std::optional<std::string> palette_png(const Png& png, std::span<const std::uint32_t> pixels,
                                       std::size_t width) {
  std::unordered_map<std::uint32_t, std::size_t> counts;
  for (std::size_t first = 0, end = 0; first < pixels.size(); first = end) {
    while (end < pixels.size() && pixels[end] == pixels[first]) ++end;
    counts[pixels[first] & 0xFFFFFFU] += end - first;
  }
  std::vector<std::pair<std::uint32_t, std::size_t>> colours(counts.begin(), counts.end());
  std::ranges::sort(colours, [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });

  // Most frequent first: each either has its like in the palette already, or enters it. Areas keep their own
  // colour; the edges of text and lines, where the rest is, need not.
  constexpr int kAlike = 200;
  const std::size_t area = pixels.size() / 500;
  std::vector<std::uint32_t> palette;
  std::unordered_map<std::uint32_t, std::uint8_t> index;
  for (const auto& [rgb, count] : colours) {
    std::size_t best = 0;
    int best_distance = std::numeric_limits<int>::max();
    for (std::size_t i = 0; i < palette.size(); ++i) {
      const int now = distance(rgb, palette[i]);
      if (now < best_distance) {
        best = i;
        best_distance = now;
      }
    }
    if ((best_distance > kAlike || count > area) && palette.size() < kColours) {
      best = palette.size();
      palette.push_back(rgb);
    }
    index[rgb] = static_cast<std::uint8_t>(best);
  }

  std::vector<std::uint8_t> map;
  for (const auto rgb : palette) {
    for (const int part : parts(rgb)) map.push_back(static_cast<std::uint8_t>(part));
  }
  std::vector<std::uint8_t> indices;
  indices.reserve(pixels.size());
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    const bool same = i > 0 && pixels[i] == pixels[i - 1];
    indices.push_back(same ? indices.back() : index.at(pixels[i] & 0xFFFFFFU));
  }

  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(width);
  image.height = static_cast<png_uint_32>(pixels.size() / width);
  image.format = PNG_FORMAT_RGB_COLORMAP;
  image.colormap_entries = static_cast<png_uint_32>(palette.size());
  std::string file(PNG_IMAGE_PNG_SIZE_MAX(image), '\0');
  png_alloc_size_t size = file.size();
  if (png.write_to_memory(&image, file.data(), &size, 0, indices.data(), 0, map.data()) == 0) {
    return std::nullopt;
  }
  file.resize(size);
  return file;
}

}  // namespace chart
