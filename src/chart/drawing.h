// What draws charts: cairo, FreeType and libpng, loaded when the first picture is drawn, and the few of their
// functions that pictures need.
#pragma once

#include <cairo.h>
#include <ft2build.h>
// FreeType names its headers by macros that ft2build.h defines.
#include FT_FREETYPE_H
#include FT_OUTLINE_H
#include <png.h>

#include <expected>
#include <string>

namespace chart {

struct Cairo {
  decltype(&cairo_append_path) append_path = nullptr;
  decltype(&cairo_arc) arc = nullptr;
  decltype(&cairo_create) create = nullptr;
  decltype(&cairo_destroy) destroy = nullptr;
  decltype(&cairo_fill) fill = nullptr;
  decltype(&cairo_fill_preserve) fill_preserve = nullptr;
  decltype(&cairo_image_surface_create_for_data) image_surface_create_for_data = nullptr;
  decltype(&cairo_line_to) line_to = nullptr;
  decltype(&cairo_move_to) move_to = nullptr;
  decltype(&cairo_new_path) new_path = nullptr;
  decltype(&cairo_paint) paint = nullptr;
  decltype(&cairo_rectangle) rectangle = nullptr;
  decltype(&cairo_restore) restore = nullptr;
  decltype(&cairo_save) save = nullptr;
  decltype(&cairo_scale) scale = nullptr;
  decltype(&cairo_set_dash) set_dash = nullptr;
  decltype(&cairo_set_line_cap) set_line_cap = nullptr;
  decltype(&cairo_set_line_join) set_line_join = nullptr;
  decltype(&cairo_set_line_width) set_line_width = nullptr;
  decltype(&cairo_set_source_rgba) set_source_rgba = nullptr;
  decltype(&cairo_status) status = nullptr;
  decltype(&cairo_status_to_string) status_to_string = nullptr;
  decltype(&cairo_stroke) stroke = nullptr;
  decltype(&cairo_surface_destroy) surface_destroy = nullptr;
  decltype(&cairo_surface_flush) surface_flush = nullptr;
  decltype(&cairo_translate) translate = nullptr;
  decltype(&cairo_version_string) version_string = nullptr;
};

struct FreeType {
  decltype(&FT_Init_FreeType) init = nullptr;
  decltype(&FT_Done_FreeType) done = nullptr;
  decltype(&FT_New_Memory_Face) new_memory_face = nullptr;
  decltype(&FT_Done_Face) done_face = nullptr;
  decltype(&FT_Load_Char) load_char = nullptr;
  decltype(&FT_Outline_Decompose) decompose = nullptr;
};

struct Png {
  decltype(&png_image_write_to_memory) write_to_memory = nullptr;
};

struct Drawing {
  Cairo cairo;
  FreeType freetype;
  Png png;
};

/// The three libraries. They are searched once; what is then missing stays missing until the process ends.
/// The error is a sentence with the remedy. Safe to call from several threads at once.
const std::expected<Drawing, std::string>& drawing();

}  // namespace chart
