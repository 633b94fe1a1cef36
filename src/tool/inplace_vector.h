// A short list by value, for constexpr rows.
#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>

namespace tool {

/// g++ 12 cannot keep a nested initializer list in a constant. A list longer than the capacity does not
/// compile; add() beyond it is undefined.
template <class T, std::size_t Capacity>
class InplaceVector {
 public:
  constexpr InplaceVector() = default;
  // Implicit, so that rows can give a list in braces.
  constexpr InplaceVector(std::initializer_list<T> items) {  // NOLINT(google-explicit-constructor)
    for (const auto& item : items) add(item);
  }
  constexpr void add(const T& item) { items_[count_++] = item; }
  constexpr const T* begin() const { return items_.data(); }
  constexpr const T* end() const { return items_.data() + count_; }
  constexpr const T* data() const { return items_.data(); }
  constexpr std::size_t size() const { return count_; }
  constexpr bool empty() const { return count_ == 0; }
  constexpr bool full() const { return count_ == Capacity; }

 private:
  std::array<T, Capacity> items_{};
  std::size_t count_ = 0;
};

}  // namespace tool
