// Text as outlines of the embedded font: independent of the system's fonts and of any state shared by
// threads.
#pragma once

#include <cairo.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct FT_FaceRec_;

namespace chart {

/// The font file of the build: OpenType, in the binary.
std::string_view embedded_font();

/// For one drawing in one thread. Sizes are pixels per em. Text is valid UTF-8; what the font lacks is drawn
/// as its box for that.
class Font {
 public:
  Font();
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
  struct Library;

  const Glyph& glyph(char32_t code);

  std::unique_ptr<Library> library_;
  FT_FaceRec_* face_ = nullptr;
  std::map<char32_t, Glyph> glyphs_;
};

}  // namespace chart
