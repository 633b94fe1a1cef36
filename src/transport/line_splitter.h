// Bytes to lines.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace transport {

class LineSplitter {
 public:
  /// `limit`: the longest line, in bytes without its end.
  explicit LineSplitter(std::size_t limit) : limit_(limit) {}

  /// Calls `line(text)` for each line that ends in these bytes (LF or CRLF, not part of the text), except
  /// blank ones, and `too_long()` once for each line beyond the limit, as soon as that is known; the rest of
  /// that line is skipped. The text is valid during the call only.
  template <class Line, class TooLong>
  void feed(std::string_view bytes, const Line& line, const TooLong& too_long) {
    while (!bytes.empty()) {
      const auto end = bytes.find('\n');
      append(bytes.substr(0, end), too_long, end != std::string_view::npos, line);
      if (end == std::string_view::npos) return;
      bytes.remove_prefix(end + 1);
    }
  }

  /// At the end of input: what came after the last LF.
  template <class Line>
  void finish(const Line& line) {
    if (!skipping_) deliver(kept_, line);
    kept_.clear();
    skipping_ = false;
  }

 private:
  template <class Line, class TooLong>
  void append(std::string_view part, const TooLong& too_long, bool ends, const Line& line) {
    // One byte more, because a CR may belong to the end of the line.
    if (!skipping_ && kept_.size() + part.size() > limit_ + 1) {
      skipping_ = true;
      std::string().swap(kept_);
      too_long();
    }
    if (skipping_) {
      skipping_ = !ends;
      return;
    }
    if (!ends) {
      kept_ += part;
    } else if (kept_.empty()) {
      check(part, line, too_long);
    } else {
      kept_ += part;
      const std::string whole = std::move(kept_);
      kept_.clear();
      check(whole, line, too_long);
    }
  }

  template <class Line, class TooLong>
  void check(std::string_view text, const Line& line, const TooLong& too_long) const {
    if (text.size() > limit_ && !text.ends_with('\r')) {
      too_long();
    } else {
      deliver(text, line);
    }
  }

  template <class Line>
  static void deliver(std::string_view text, const Line& line) {
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (text.find_first_not_of(" \t\r") != std::string_view::npos) line(text);
  }

  std::size_t limit_;
  std::string kept_;
  bool skipping_ = false;
};

}  // namespace transport
