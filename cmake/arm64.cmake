# The toolchain of the static binary for arm64. Its libraries are in build/sysroot-arm64 (script/sysroot arm64); what only
# has headers is the host's.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_STRIP aarch64-linux-gnu-strip)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
set(sysroot ${CMAKE_CURRENT_LIST_DIR}/../build/sysroot-arm64)
get_filename_component(sysroot ${sysroot} ABSOLUTE)
# A char has a sign, as on x86-64, so that comparisons mean the same.
set(CMAKE_CXX_FLAGS_INIT "-fsigned-char -isystem ${sysroot}/usr/include/aarch64-linux-gnu")
list(PREPEND CMAKE_PREFIX_PATH ${sysroot}/usr)
set(CMAKE_LIBRARY_PATH ${sysroot}/usr/lib/aarch64-linux-gnu)
set(CMAKE_INCLUDE_PATH ${sysroot}/usr/include)
set(OPENSSL_ROOT_DIR ${sysroot}/usr)
set(ZLIB_ROOT ${sysroot}/usr)
set(Boost_ROOT ${sysroot}/usr)
