// Functions of a shared library that is loaded when it is first needed, so that a start does not pay for it.
// A static build (MCP_PVE_STATIC) holds the same functions and loads nothing.
#pragma once

#ifdef MCP_PVE_STATIC

/// The address of the C function `name`, which a header of the library declares.
#define MCP_PVE_FUNCTION(library, name) (&(name))

namespace base {

/// Stands for a library that is linked into the program.
class Library {
 public:
  explicit Library(const char*) {}
  bool loaded() const { return true; }
  bool complete() const { return true; }
};

}  // namespace base

#else

/// The address of the C function `name`, which a header of the library declares; nullptr if the library has
/// no such function, and then complete() is false.
#define MCP_PVE_FUNCTION(library, name) ((library).function<decltype(&(name))>(#name))

namespace base {

/// One shared library. It stays loaded until the process ends. For one thread at a time.
class Library {
 public:
  /// `file` is its name with the version of its interface, such as "libsqlite3.so.0". It is searched where
  /// the system keeps libraries.
  explicit Library(const char* file);

  /// False if there is no such library that fits this program.
  bool loaded() const { return handle_ != nullptr; }
  /// False if one of the functions asked for so far is missing.
  bool complete() const { return complete_; }

  template <class Function>
  Function function(const char* name) {
    return reinterpret_cast<Function>(address(name));
  }

 private:
  void* address(const char* name);

  void* handle_;
  bool complete_ = true;
};

}  // namespace base

#endif
