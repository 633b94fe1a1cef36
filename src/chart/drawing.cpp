#include "chart/drawing.h"

#include "base/library.h"

namespace chart {
namespace {

std::expected<Drawing, std::string> loaded() {
  base::Library cairo("libcairo.so.2");
  base::Library freetype("libfreetype.so.6");
  base::Library png("libpng16.so.16");
  if (!cairo.loaded() || !freetype.loaded() || !png.loaded())
    return std::unexpected(
        "Charts need the library cairo. Install it on the machine of the server: apt-get install libcairo2");
  const Drawing drawing{
      .cairo =
          {
              .append_path = MCP_PVE_FUNCTION(cairo, cairo_append_path),
              .arc = MCP_PVE_FUNCTION(cairo, cairo_arc),
              .create = MCP_PVE_FUNCTION(cairo, cairo_create),
              .destroy = MCP_PVE_FUNCTION(cairo, cairo_destroy),
              .fill = MCP_PVE_FUNCTION(cairo, cairo_fill),
              .fill_preserve = MCP_PVE_FUNCTION(cairo, cairo_fill_preserve),
              .image_surface_create_for_data = MCP_PVE_FUNCTION(cairo, cairo_image_surface_create_for_data),
              .line_to = MCP_PVE_FUNCTION(cairo, cairo_line_to),
              .move_to = MCP_PVE_FUNCTION(cairo, cairo_move_to),
              .new_path = MCP_PVE_FUNCTION(cairo, cairo_new_path),
              .paint = MCP_PVE_FUNCTION(cairo, cairo_paint),
              .rectangle = MCP_PVE_FUNCTION(cairo, cairo_rectangle),
              .restore = MCP_PVE_FUNCTION(cairo, cairo_restore),
              .save = MCP_PVE_FUNCTION(cairo, cairo_save),
              .scale = MCP_PVE_FUNCTION(cairo, cairo_scale),
              .set_dash = MCP_PVE_FUNCTION(cairo, cairo_set_dash),
              .set_line_cap = MCP_PVE_FUNCTION(cairo, cairo_set_line_cap),
              .set_line_join = MCP_PVE_FUNCTION(cairo, cairo_set_line_join),
              .set_line_width = MCP_PVE_FUNCTION(cairo, cairo_set_line_width),
              .set_source_rgba = MCP_PVE_FUNCTION(cairo, cairo_set_source_rgba),
              .status = MCP_PVE_FUNCTION(cairo, cairo_status),
              .status_to_string = MCP_PVE_FUNCTION(cairo, cairo_status_to_string),
              .stroke = MCP_PVE_FUNCTION(cairo, cairo_stroke),
              .surface_destroy = MCP_PVE_FUNCTION(cairo, cairo_surface_destroy),
              .surface_flush = MCP_PVE_FUNCTION(cairo, cairo_surface_flush),
              .translate = MCP_PVE_FUNCTION(cairo, cairo_translate),
              .version_string = MCP_PVE_FUNCTION(cairo, cairo_version_string),
          },
      .freetype =
          {
              .init = MCP_PVE_FUNCTION(freetype, FT_Init_FreeType),
              .done = MCP_PVE_FUNCTION(freetype, FT_Done_FreeType),
              .new_memory_face = MCP_PVE_FUNCTION(freetype, FT_New_Memory_Face),
              .done_face = MCP_PVE_FUNCTION(freetype, FT_Done_Face),
              .load_char = MCP_PVE_FUNCTION(freetype, FT_Load_Char),
              .decompose = MCP_PVE_FUNCTION(freetype, FT_Outline_Decompose),
          },
      .png = {.write_to_memory = MCP_PVE_FUNCTION(png, png_image_write_to_memory)},
  };
  if (!cairo.complete() || !freetype.complete() || !png.complete())
    return std::unexpected(
        "Charts need the library cairo 1.16 or later. Install the package libcairo2 of Debian 12 or later.");
  return drawing;
}

}  // namespace

const std::expected<Drawing, std::string>& drawing() {
  static const auto once = loaded();
  return once;
}

}  // namespace chart
