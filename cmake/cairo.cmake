# cairo and what it draws with, linked statically into every build: none of it is on the machines that run mcp-pve.
# Of zlib, which the program has anyway, there is one: the system's. What cairo wants of fontconfig is in
# src/chart/without_fontconfig.cpp, so only its headers are needed.
set(cairo_archives)
foreach(archive cairo:libcairo2-dev pixman-1:libpixman-1-dev freetype:libfreetype-dev png16:libpng-dev
    brotlidec:libbrotli-dev brotlicommon:libbrotli-dev)
  string(REPLACE ":" ";" archive ${archive})
  list(GET archive 0 name)
  list(GET archive 1 package)
  find_library(MCP_PVE_LIB_${name} lib${name}.a)
  if(NOT MCP_PVE_LIB_${name})
    message(FATAL_ERROR "lib${name}.a is missing: apt-get install ${package}")
  endif()
  list(APPEND cairo_archives ${MCP_PVE_LIB_${name}})
endforeach()
find_path(MCP_PVE_CAIRO_INCLUDE cairo.h PATH_SUFFIXES cairo)
find_path(MCP_PVE_FREETYPE_INCLUDE ft2build.h PATH_SUFFIXES freetype2)
find_path(MCP_PVE_FONTCONFIG_INCLUDE fontconfig/fontconfig.h)
foreach(include CAIRO FREETYPE FONTCONFIG)
  if(NOT MCP_PVE_${include}_INCLUDE)
    message(FATAL_ERROR "the headers of ${include} are missing: apt-get install libcairo2-dev")
  endif()
endforeach()
add_library(cairo INTERFACE)
target_include_directories(cairo SYSTEM INTERFACE
  ${MCP_PVE_CAIRO_INCLUDE} ${MCP_PVE_FREETYPE_INCLUDE} ${MCP_PVE_FONTCONFIG_INCLUDE})
# Archives are searched in turn: what cairo will miss is asked for before its own turn.
target_link_options(cairo INTERFACE -Wl,--undefined=FcFontMatch)
target_link_libraries(cairo INTERFACE ${cairo_archives} ZLIB::ZLIB m)

find_file(MCP_PVE_FONT Inter-Regular.otf PATHS /usr/share/fonts/opentype/inter NO_DEFAULT_PATH)
if(NOT MCP_PVE_FONT)
  message(FATAL_ERROR "Inter-Regular.otf is missing: apt-get install fonts-inter (or set MCP_PVE_FONT)")
endif()
