// Files inside the binary.
#pragma once

/// Puts the bytes of `file` (a literal, such as a compile definition of the source's) between the symbols
/// `name`_begin and `name`_end, and a zero byte behind them. The assembler reads it: no source holds a copy,
/// and the pages are read from the binary only when they are looked at. At file scope, once for each name.
/// The symbols are global, because the linker for arm64 gives all local symbols of a section one address.
#define BASE_EMBED(name, file)                                                                            \
  asm(".pushsection .rodata,\"a\",@progbits\n"                                                            \
      ".globl " #name "_begin, " #name "_end\n.hidden " #name "_begin, " #name "_end\n.balign 16\n" #name \
      "_begin:\n"                                                                                         \
      ".incbin \"" file "\"\n" #name                                                                      \
      "_end:\n"                                                                                           \
      ".byte 0\n"                                                                                         \
      ".popsection\n");                                                                                   \
  extern "C" {                                                                                            \
  extern const char name##_begin[];                                                                       \
  extern const char name##_end[];                                                                         \
  }
