# cairo, FreeType and libpng draw the charts. They are loaded when the first chart is drawn (src/chart/drawing.h), so
# only their headers are needed; a static build holds them, with all that they need.
find_path(MCP_PVE_CAIRO_INCLUDE cairo.h PATH_SUFFIXES cairo)
find_path(MCP_PVE_FREETYPE_INCLUDE ft2build.h PATH_SUFFIXES freetype2)
find_path(MCP_PVE_PNG_INCLUDE png.h)
foreach(include CAIRO:libcairo2-dev FREETYPE:libfreetype-dev PNG:libpng-dev)
  string(REPLACE ":" ";" include ${include})
  list(GET include 0 name)
  list(GET include 1 package)
  if(NOT MCP_PVE_${name}_INCLUDE)
    message(FATAL_ERROR "a header is missing: apt-get install ${package}")
  endif()
endforeach()
add_library(cairo INTERFACE)
target_include_directories(cairo SYSTEM INTERFACE
  ${MCP_PVE_CAIRO_INCLUDE} ${MCP_PVE_FREETYPE_INCLUDE} ${MCP_PVE_PNG_INCLUDE})

if(MCP_PVE_STATIC)
  set(cairo_archives)
  foreach(archive cairo:libcairo2-dev pixman-1:libpixman-1-dev freetype:libfreetype-dev png16:libpng-dev
      brotlidec:libbrotli-dev brotlicommon:libbrotli-dev)
    string(REPLACE ":" ";" archive ${archive})
    list(GET archive 0 name)
    list(GET archive 1 package)
    find_library(MCP_PVE_LIB_${name} lib${name}.a)
    if(NOT MCP_PVE_LIB_${name})
      message(FATAL_ERROR "lib${name}.a is missing: apt-get install ${package} (Debian 13 has no static cairo)")
    endif()
    list(APPEND cairo_archives ${MCP_PVE_LIB_${name}})
  endforeach()
  # What cairo wants of fontconfig is in src/chart/without_fontconfig.cpp. Archives are searched in turn: what cairo will
  # miss is asked for before its own turn.
  target_link_options(cairo INTERFACE -Wl,--undefined=FcFontMatch)
  target_link_libraries(cairo INTERFACE ${cairo_archives} ZLIB::ZLIB m)
endif()

find_file(MCP_PVE_FONT Inter-Regular.otf PATHS /usr/share/fonts/opentype/inter NO_DEFAULT_PATH)
if(NOT MCP_PVE_FONT)
  message(FATAL_ERROR "Inter-Regular.otf is missing: apt-get install fonts-inter (or set MCP_PVE_FONT)")
endif()
