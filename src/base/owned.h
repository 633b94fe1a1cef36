// Objects of C libraries that free themselves.
#pragma once

#include <memory>

namespace base {

template <auto Free>
struct FreedBy {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};

/// Owned<X509, X509_free>: as big as the pointer.
template <class T, auto Free>
using Owned = std::unique_ptr<T, FreedBy<Free>>;

}  // namespace base
