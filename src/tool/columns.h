// The columns of a list, or the first members of an object: a text that the compiler splits.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string_view>

namespace tool {

struct Column {
  std::string_view label;  ///< "mem/maxmem"
  std::string_view key;    ///< PVE's name: "mem"
  std::string_view whole;  ///< the limit of `key`: "maxmem"; empty without one
};

/// PVE's names with one blank between them, the most important first; "mem/maxmem" is one column. It stores
/// positions in the text instead of views, because the loader would relocate every view at program start.
class Columns {
 public:
  static constexpr std::size_t kCapacity = 28;

  constexpr Columns() = default;
  // Implicit, so that rows can give a text. A text that is too long or has two blanks in a row does not
  // compile.
  constexpr Columns(const char* text) : text_(text) {  // NOLINT(google-explicit-constructor)
    if (text_.empty()) return;
    if (text_.size() > UINT8_MAX) throw std::length_error("columns");
    for (std::size_t begin = 0; begin <= text_.size();) {
      const auto end = std::min(text_.find(' ', begin), text_.size());
      const auto slash = std::min(text_.find('/', begin), end);
      if (end == begin || count_ == kCapacity) throw std::invalid_argument("columns");
      places_[count_++] = {narrow(begin), narrow(slash), narrow(end)};
      begin = end + 1;
    }
  }

  constexpr bool empty() const { return count_ == 0; }
  constexpr std::size_t size() const { return count_; }
  /// `i` must be less than size().
  constexpr Column operator[](std::size_t i) const {
    const auto [begin, slash, end] = places_[i];
    const auto part = [this](std::size_t from, std::size_t to) { return text_.substr(from, to - from); };
    return {part(begin, end), part(begin, slash), slash == end ? std::string_view{} : part(slash + 1U, end)};
  }

 private:
  struct Place {
    std::uint8_t begin = 0;
    std::uint8_t slash = 0;
    std::uint8_t end = 0;
  };
  static constexpr std::uint8_t narrow(std::size_t place) { return static_cast<std::uint8_t>(place); }

  std::string_view text_;
  std::array<Place, kCapacity> places_{};
  std::uint8_t count_ = 0;
};

}  // namespace tool
