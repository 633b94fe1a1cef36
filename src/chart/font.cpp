#include "chart/font.h"

#include <cstddef>
#include <initializer_list>

namespace chart {
namespace {

// The first character of `text`, which is valid UTF-8 and not empty; removes it there.
char32_t take_character(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<char32_t>(static_cast<unsigned char>(text[i])); };
  const char32_t lead = byte(0);
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  char32_t code = length == 1 ? lead : lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) code = (code << 6U) | (byte(i) & 0x3FU);
  text.remove_prefix(length);
  return code;
}

struct Outline {
  std::vector<cairo_path_data_t>* path;
  double em;
  FT_Vector last{};

  void add(cairo_path_data_type_t type, std::initializer_list<FT_Vector> points) {
    cairo_path_data_t head{};
    head.header.type = type;
    head.header.length = static_cast<int>(points.size()) + 1;
    path->push_back(head);
    for (const auto& point : points) add(static_cast<double>(point.x), static_cast<double>(point.y));
    if (points.size() > 0) last = *(points.end() - 1);
  }
  void add(double x, double y) {
    cairo_path_data_t data{};
    data.point.x = x / em;
    data.point.y = y / em;
    path->push_back(data);
  }
};

int move_to(const FT_Vector* to, void* user) {
  static_cast<Outline*>(user)->add(CAIRO_PATH_MOVE_TO, {*to});
  return 0;
}

int line_to(const FT_Vector* to, void* user) {
  static_cast<Outline*>(user)->add(CAIRO_PATH_LINE_TO, {*to});
  return 0;
}

// TrueType has curves of second order, cairo those of third.
int conic_to(const FT_Vector* control, const FT_Vector* to, void* user) {
  auto& outline = *static_cast<Outline*>(user);
  const auto toward = [&](const FT_Vector& end) {
    return FT_Vector{end.x + 2 * (control->x - end.x) / 3, end.y + 2 * (control->y - end.y) / 3};
  };
  outline.add(CAIRO_PATH_CURVE_TO, {toward(outline.last), toward(*to), *to});
  return 0;
}

int cubic_to(const FT_Vector* first, const FT_Vector* second, const FT_Vector* to, void* user) {
  static_cast<Outline*>(user)->add(CAIRO_PATH_CURVE_TO, {*first, *second, *to});
  return 0;
}

}  // namespace

Font::Font(const Drawing& drawing) : cairo_(drawing.cairo), freetype_(drawing.freetype) {
  const auto file = embedded_font();
  if (freetype_.init(&library_) != 0) {
    library_ = nullptr;
    return;
  }
  const auto* bytes = reinterpret_cast<const FT_Byte*>(file.data());
  if (freetype_.new_memory_face(library_, bytes, static_cast<FT_Long>(file.size()), 0, &face_) != 0) {
    face_ = nullptr;
  }
}

Font::~Font() {
  if (face_ != nullptr) freetype_.done_face(face_);
  if (library_ != nullptr) freetype_.done(library_);
}

const Font::Glyph& Font::glyph(char32_t code) {
  const auto [at, is_new] = glyphs_.try_emplace(code);
  auto& glyph = at->second;
  if (!is_new || face_ == nullptr) return glyph;
  if (freetype_.load_char(face_, code, FT_LOAD_NO_SCALE | FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP) != 0)
    return glyph;
  Outline outline{&glyph.path, static_cast<double>(face_->units_per_EM)};
  glyph.advance = static_cast<double>(face_->glyph->metrics.horiAdvance) / outline.em;
  const FT_Outline_Funcs functions{move_to, line_to, conic_to, cubic_to, 0, 0};
  if (freetype_.decompose(&face_->glyph->outline, &functions, &outline) != 0) glyph.path.clear();
  return glyph;
}

double Font::width(std::string_view text, double size) {
  double width = 0;
  while (!text.empty()) width += glyph(take_character(text)).advance;
  return width * size;
}

void Font::draw(cairo_t* context, double x, double y, double size, std::string_view text, double weight) {
  cairo_.save(context);
  cairo_.new_path(context);
  cairo_.translate(context, x, y);
  cairo_.scale(context, size, -size);
  while (!text.empty()) {
    const auto& shape = glyph(take_character(text));
    // cairo only reads a path that is appended.
    const cairo_path_t path{CAIRO_STATUS_SUCCESS, const_cast<cairo_path_data_t*>(shape.path.data()),
                            static_cast<int>(shape.path.size())};
    if (!shape.path.empty()) cairo_.append_path(context, &path);
    cairo_.translate(context, shape.advance, 0);
  }
  cairo_.restore(context);
  if (weight > 0) {
    cairo_.fill_preserve(context);
    cairo_.set_line_width(context, weight);
    cairo_.stroke(context);
  } else {
    cairo_.fill(context);
  }
}

std::string Font::fitted(std::string_view text, double size, double limit) {
  if (width(text, size) <= limit) return std::string(text);
  double used = width("…", size);
  if (used > limit) return {};
  std::string_view rest = text;
  std::size_t kept = 0;
  while (!rest.empty()) {
    used += glyph(take_character(rest)).advance * size;
    if (used > limit) break;
    kept = text.size() - rest.size();
  }
  while (kept > 0 && text[kept - 1] == ' ') --kept;
  return std::string(text.substr(0, kept)) + "…";
}

}  // namespace chart
