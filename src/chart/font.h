// Text as outlines of the embedded font: independent of the system's fonts and of any state shared by
// threads.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "chart/drawing.h"

namespace chart {

/// The font file of the build: OpenType, in the binary.
std::string_view embedded_font();

/// For one drawing in one thread; refers to the libraries. Sizes are pixels per em. Text is valid UTF-8; what
/// the font lacks is drawn as its box for that.
class Font {
 public:
  explicit Font(const Drawing& drawing);
  Font(const Font&) = delete;
  Font& operator=(const Font&) = delete;
  ~Font();

  /// False when the font could not be opened: memory was short.
  bool ok() const { return face_ != nullptr; }

  double width(std::string_view text, double size);

  /// With the current source; `y` is the base line. `weight` thickens every stroke by that many pixels.
  void draw(cairo_t* context, double x, double y, double size, std::string_view text, double weight = 0);

  /// `text`, cut with "…" where it is wider than `limit`; empty when not even that has room.
  std::string fitted(std::string_view text, double size, double limit);

 private:
  // In units of the em, y upwards.
  struct Glyph {
    double advance = 0;
    std::vector<cairo_path_data_t> path;
  };

  const Glyph& glyph(char32_t code);

  const Cairo& cairo_;
  const FreeType& freetype_;
  FT_Library library_ = nullptr;
  FT_Face face_ = nullptr;
  std::map<char32_t, Glyph> glyphs_;
};

}  // namespace chart
