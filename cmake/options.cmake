# One INTERFACE target carries every flag and every Boost macro: translation units that disagree on
# BOOST_ASIO_*/BOOST_BEAST_* macros crash at run time.
if(POLICY CMP0167)
  cmake_policy(SET CMP0167 OLD)  # Debian's Boost has no package of its own for every version.
endif()
if(MCP_PVE_STATIC)
  set(OPENSSL_USE_STATIC_LIBS ON)
  set(ZLIB_USE_STATIC_LIBS ON)
  set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
endif()
find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(fmt 9 REQUIRED)
set(Boost_USE_STATIC_LIBS ON)
find_package(Boost 1.81 REQUIRED COMPONENTS json)
find_path(MCP_PVE_CARES_INCLUDE ares.h)
find_library(MCP_PVE_CARES cares)
if(NOT MCP_PVE_CARES_INCLUDE OR NOT MCP_PVE_CARES)
  message(FATAL_ERROR "c-ares is missing: apt-get install libc-ares-dev")
endif()
find_path(MCP_PVE_SQLITE_INCLUDE sqlite3.h)
if(NOT MCP_PVE_SQLITE_INCLUDE)
  message(FATAL_ERROR "sqlite3.h is missing: apt-get install libsqlite3-dev")
endif()
if(MCP_PVE_STATIC)
  find_library(MCP_PVE_SQLITE sqlite3 REQUIRED)
endif()

add_library(mcp_pve_options INTERFACE)
target_compile_options(mcp_pve_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
if(MCP_PVE_TOGETHER)
  # There alone a name of one file hides that of another, and a file's own namespace is not the main file's.
  target_compile_options(mcp_pve_options INTERFACE -Wno-shadow $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  # The place of the sources is not part of the program.
  target_compile_options(mcp_pve_options INTERFACE -ffile-prefix-map=${PROJECT_SOURCE_DIR}/=)
  # g++ 12 sees overlapping copies in std::string's assignment where there are none (GCC bug 105651).
  target_compile_options(mcp_pve_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
endif()
target_compile_definitions(mcp_pve_options INTERFACE
  MCP_PVE_VERSION="${PROJECT_VERSION}"
  BOOST_ASIO_NO_DEPRECATED
  BOOST_ASIO_SEPARATE_COMPILATION)
if(MCP_PVE_STATIC)
  target_compile_definitions(mcp_pve_options INTERFACE MCP_PVE_STATIC)
endif()
target_include_directories(mcp_pve_options INTERFACE ${PROJECT_SOURCE_DIR}/src)
target_link_libraries(mcp_pve_options INTERFACE Boost::json Threads::Threads)

if(MCP_PVE_SANITIZE)
  target_compile_options(mcp_pve_options INTERFACE -fsanitize=${MCP_PVE_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(mcp_pve_options INTERFACE -fsanitize=${MCP_PVE_SANITIZE})
  if(MCP_PVE_SANITIZE MATCHES "undefined")
    target_compile_options(mcp_pve_options INTERFACE -fno-sanitize-recover=all)
  endif()
endif()

# Linking is a third of an incremental build; mold is used where it is installed.
find_program(MCP_PVE_MOLD mold)
if(MCP_PVE_MOLD AND NOT CMAKE_BUILD_TYPE STREQUAL "Release")
  add_link_options(-fuse-ld=mold)
endif()
find_program(MCP_PVE_CCACHE ccache)
if(MCP_PVE_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER env CCACHE_SLOPPINESS=pch_defines,time_macros ${MCP_PVE_CCACHE})
endif()

# mcp_pve_precompile(target): the headers that nearly every file needs, compiled once (by `base`; for the tests by
# `support_for_tests`, with those of googletest). The release build does without, so that every file is known to include what it uses.
set(MCP_PVE_HEADERS <algorithm> <array> <boost/json/array.hpp> <boost/json/object.hpp> <boost/json/string.hpp>
  <boost/json/value.hpp> <chrono> <expected> <fmt/format.h> <functional> <map> <memory> <mutex> <optional> <random> <set>
  <span> <string> <string_view> <variant> <vector>)
function(mcp_pve_precompile target)
  # What fuzz targets link tells them where it has been. All users of one precompiled header have the same options.
  if(MCP_PVE_FUZZ AND NOT target MATCHES "^(test_|support_for_tests$)")
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link)
  endif()
  if(target STREQUAL "base")
    target_precompile_headers(base PRIVATE ${MCP_PVE_HEADERS})
  elseif(target STREQUAL "support_for_tests")
    target_precompile_headers(support_for_tests PRIVATE ${MCP_PVE_HEADERS} <gmock/gmock.h> <gtest/gtest.h>)
  elseif(target MATCHES "^test_")
    target_precompile_headers(${target} REUSE_FROM support_for_tests)
  else()
    target_precompile_headers(${target} REUSE_FROM base)
  endif()
endfunction()

# mcp_pve_together(target): with MCP_PVE_TOGETHER, its sources compile in groups (together.awk), each one translation unit.
# A name that is added later counts when CMake runs again. The presets dev and lint compile each source by itself, with
# the warnings that are off in groups.
function(mcp_pve_together target)
  if(NOT MCP_PVE_TOGETHER)
    return()
  endif()
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/cmake/together.awk)
  get_target_property(sources ${target} SOURCES)
  execute_process(COMMAND awk -v most=10 -f ${PROJECT_SOURCE_DIR}/cmake/together.awk ${sources}
    OUTPUT_VARIABLE grouped COMMAND_ERROR_IS_FATAL ANY OUTPUT_STRIP_TRAILING_WHITESPACE)
  string(REPLACE "\n" ";" grouped "${grouped}")
  foreach(line IN LISTS grouped)
    string(REGEX MATCH "^([0-9]+) (.+)$" line "${line}")
    set_source_files_properties(${CMAKE_MATCH_2} PROPERTIES UNITY_GROUP ${target}_${CMAKE_MATCH_1})
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
endfunction()

# mcp_pve_folder(name DEPS...): the static library of one folder of src, from all of its sources, those of its sub-folders too.
function(mcp_pve_folder name)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
  if(sources)
    add_library(${name} STATIC ${sources})
    target_link_libraries(${name} PUBLIC mcp_pve_options ${ARGN})
    mcp_pve_precompile(${name})
    mcp_pve_together(${name})
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE mcp_pve_options ${ARGN})
  endif()
endfunction()
