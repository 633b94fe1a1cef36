# Writes the commit of the sources into OUTPUT, if it is another one than the file has: cmake -DSOURCE=… -DOUTPUT=… -P commit.cmake
# MCP_PVE_COMMIT in the environment stands for it where the sources have no repository.
cmake_minimum_required(VERSION 3.25)
set(commit "$ENV{MCP_PVE_COMMIT}")
if(commit STREQUAL "")
  execute_process(COMMAND git -C ${SOURCE} rev-parse --short=12 HEAD
    OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
  if(failed)
    set(commit "unknown")
  else()
    execute_process(COMMAND git -C ${SOURCE} status --porcelain --untracked-files=no OUTPUT_VARIABLE changes ERROR_QUIET)
    if(NOT changes STREQUAL "")
      string(APPEND commit " with changes")
    endif()
  endif()
endif()
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT "@commit@" @ONLY)
