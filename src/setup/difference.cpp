// difference(): which lines of a settings file change.
#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/text.h"
#include "setup/clients.h"
#include "setup/secrets.h"

namespace setup {
namespace {

using Lines = std::vector<std::string_view>;

constexpr std::size_t kContext = 3;
constexpr std::size_t kLongestLine = 280;
/// Two middles that differ in more pairs of lines than this are shown as removed and added whole.
constexpr std::size_t kMostPairs = 4'000'000;

struct Line {
  char mark = ' ';  ///< ' ', '-' or '+'
  std::size_t before = 0;
  std::size_t after = 0;  ///< the indices of the line, or of the next one where it is missing
  std::string_view text;  ///< with its line end
};

Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

/// The lengths of the longest common subsequences of the ends of `a` and `b`: [i * (b.size() + 1) + j].
std::vector<std::size_t> common_lengths(std::span<const std::string_view> a,
                                        std::span<const std::string_view> b) {
  const auto width = b.size() + 1;
  std::vector<std::size_t> lengths((a.size() + 1) * width, 0);
  for (auto i = a.size(); i-- > 0;) {
    for (auto j = b.size(); j-- > 0;) {
      lengths[i * width + j] = a[i] == b[j]
                                   ? lengths[(i + 1) * width + j + 1] + 1
                                   : std::max(lengths[(i + 1) * width + j], lengths[i * width + j + 1]);
    }
  }
  return lengths;
}

class Script {
 public:
  Script(const Lines& before, const Lines& after) : before_(before), after_(after) {}

  std::vector<Line> take() {
    std::size_t tail = 0;
    const auto shorter = std::min(before_.size(), after_.size());
    std::size_t head = 0;
    while (head < shorter && before_[head] == after_[head]) ++head;
    while (tail < shorter - head && before_[before_.size() - 1 - tail] == after_[after_.size() - 1 - tail])
      ++tail;
    for (std::size_t i = 0; i < head; ++i) keep();
    middle(before_.size() - tail, after_.size() - tail);
    for (std::size_t i = 0; i < tail; ++i) keep();
    return std::move(script_);
  }

 private:
  void middle(std::size_t before_end, std::size_t after_end) {
    const auto a = std::span(before_).subspan(i_, before_end - i_);
    const auto b = std::span(after_).subspan(j_, after_end - j_);
    if ((a.size() + 1) * (b.size() + 1) <= kMostPairs) {
      const auto lengths = common_lengths(a, b);
      const auto width = b.size() + 1;
      const auto i0 = i_;
      const auto j0 = j_;
      while (i_ < before_end && j_ < after_end) {
        const auto at = (i_ - i0) * width + (j_ - j0);
        if (before_[i_] == after_[j_]) {
          keep();
        } else if (lengths[at + width] >= lengths[at + 1]) {
          drop();
        } else {
          add();
        }
      }
    }
    while (i_ < before_end) drop();
    while (j_ < after_end) add();
  }

  void keep() {
    script_.push_back({' ', i_, j_, before_[i_]});
    ++i_;
    ++j_;
  }
  void drop() {
    script_.push_back({'-', i_, j_, before_[i_]});
    ++i_;
  }
  void add() {
    script_.push_back({'+', i_, j_, after_[j_]});
    ++j_;
  }

  const Lines& before_;
  const Lines& after_;
  std::size_t i_ = 0;
  std::size_t j_ = 0;
  std::vector<Line> script_;
};

std::string_view without_end(std::string_view line) {
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// All lines without their ends and without secrets.
std::vector<std::string> masked_lines(const Lines& lines) {
  std::vector<std::string> masked;
  LineMask mask;
  for (const auto line : lines) masked.push_back(mask.mask(without_end(line)));
  return masked;
}

/// The lines of both texts as they may be shown.
struct Masked {
  std::vector<std::string> before;
  std::vector<std::string> after;
};

std::string shown(const Line& line, const Masked& masked) {
  const bool open = !line.text.ends_with('\n');
  const auto& text = line.mark == '+' ? masked.after[line.after] : masked.before[line.before];
  std::string plain;
  for (const char c : text) plain += c == '\t' ? std::string("    ") : std::string(1, c);
  return line.mark + base::printable(plain, kLongestLine) + "\n" +
         (open ? "\\ No newline at end of file\n" : "");
}

std::string range(std::size_t first, std::size_t count) {
  return std::to_string(count == 0 ? first : first + 1) + (count == 1 ? "" : "," + std::to_string(count));
}

std::string hunk(std::span<const Line> lines, const Masked& masked) {
  std::size_t removed = 0;
  std::size_t added = 0;
  std::string body;
  for (const auto& line : lines) {
    removed += line.mark != '+' ? 1 : 0;
    added += line.mark != '-' ? 1 : 0;
    body += shown(line, masked);
  }
  return "@@ -" + range(lines.front().before, removed) + " +" + range(lines.front().after, added) + " @@\n" +
         body;
}

}  // namespace

std::string difference(std::string_view file, std::string_view before, std::string_view after) {
  if (before == after) return "";
  const auto old_lines = lines_of(before);
  const auto new_lines = lines_of(after);
  const auto script = Script(old_lines, new_lines).take();
  const Masked masked{masked_lines(old_lines), masked_lines(new_lines)};
  const auto name = base::printable(file, kLongestLine);
  std::string out =
      "--- " + (before.empty() ? "/dev/null" : name) + "\n+++ " + (after.empty() ? "/dev/null" : name) + "\n";
  const auto next_change = [&](auto from) {
    return std::find_if(from, script.end(), [](const Line& line) { return line.mark != ' '; });
  };
  for (auto at = next_change(script.begin()); at != script.end();) {
    auto end = at + 1;
    auto next = next_change(end);
    while (next != script.end() && next - end <= static_cast<std::ptrdiff_t>(2 * kContext)) {
      end = next + 1;
      next = next_change(end);
    }
    const auto lead = std::min<std::ptrdiff_t>(at - script.begin(), kContext);
    const auto trail = std::min<std::ptrdiff_t>(script.end() - end, kContext);
    out += hunk(std::span(at - lead, end + trail), masked);
    at = next;
  }
  return out;
}

}  // namespace setup
