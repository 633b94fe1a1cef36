#include "base/library.h"

#ifndef MCP_PVE_STATIC

#include <dlfcn.h>

namespace base {

Library::Library(const char* file) : handle_(::dlopen(file, RTLD_NOW | RTLD_LOCAL)) {}

void* Library::address(const char* name) {
  void* const found = handle_ == nullptr ? nullptr : ::dlsym(handle_, name);
  complete_ = complete_ && found != nullptr;
  return found;
}

}  // namespace base

#endif
