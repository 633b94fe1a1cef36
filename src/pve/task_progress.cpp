#include "pve/task_progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/ascii.h"
#include "base/number.h"

namespace pve {
namespace {

constexpr std::size_t kLongestLine = 500;
constexpr std::array<std::string_view, 6> kUnits = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

/// Reads a line from its beginning; what does not match takes nothing.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  std::string_view rest() const { return rest_; }
  void spaces() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size())); }
  bool word(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }
  /// To behind the first occurrence.
  bool past(std::string_view expected) {
    const auto at = rest_.find(expected);
    if (at == std::string_view::npos) return false;
    rest_.remove_prefix(at + expected.size());
    return true;
  }
  /// Digits with at most one point; no sign, no exponent, nothing of 20 characters or more.
  std::optional<double> number() {
    const auto length = std::min(rest_.find_first_not_of("0123456789."), rest_.size());
    if (length >= 20) return std::nullopt;
    const auto value = base::parse_number<double>(rest_.substr(0, length));
    if (value) rest_.remove_prefix(length);
    return value;
  }

 private:
  std::string_view rest_;
};

std::optional<double> percentage(Reader& line, std::string_view sign) {
  const auto value = line.number();
  if (!value || *value > 100 || !line.word(sign)) return std::nullopt;
  return value;
}

std::string readable(double bytes) {
  std::size_t unit = 0;
  while (bytes >= 1024 && unit + 1 < kUnits.size()) {
    bytes /= 1024;
    ++unit;
  }
  return fmt::format("{:.{}f} {}", bytes, unit == 0 ? 0 : 1, kUnits.at(unit));
}

/// "11.4 GiB", in bytes.
std::optional<double> size(Reader& line) {
  const auto value = line.number();
  if (!value || !line.word(" ")) return std::nullopt;
  double factor = 1;
  for (const auto unit : kUnits) {
    if (line.word(unit)) return *value * factor;
    factor *= 1024;
  }
  return std::nullopt;
}

struct Part {
  double done = 0;  ///< bytes
  double all = 0;
  std::string text;  ///< "11.4 GiB of 32.0 GiB", as it stands there
};

std::optional<Part> part(Reader& line) {
  const auto begin = line.rest();
  const auto done = size(line);
  if (!done || !line.word(" of ")) return std::nullopt;
  const auto all = size(line);
  if (!all) return std::nullopt;
  return Part{*done, *all, std::string(begin.substr(0, begin.size() - line.rest().size()))};
}

/// "2026-11-22 10:45:01 " before migrations' lines, "INFO: " before vzdump's.
void skip_head(Reader& line) {
  const auto text = line.rest();
  constexpr std::string_view kShape = "0000-00-00 00:00:00 ";
  const auto fits = [](char shape, char c) { return shape == '0' ? base::is_digit(c) : shape == c; };
  if (text.size() > kShape.size() && std::ranges::equal(kShape, text.substr(0, kShape.size()), fits))
    line.word(text.substr(0, kShape.size()));
  line.word("INFO: ");
  line.spaces();
}

/// "35% (11.4 GiB of 32.0 GiB) in 12s"
std::optional<TaskProgress> backup(Reader line) {
  const auto percent = percentage(line, "% (");
  const auto amount = percent ? part(line) : std::nullopt;
  if (!amount || !line.word(")")) return std::nullopt;
  return TaskProgress{percent, amount->text};
}

/// "processed 6.3 GiB in 1m, uploaded 5.1 GiB"
std::optional<TaskProgress> processed(Reader line) {
  if (!line.word("processed ")) return std::nullopt;
  const auto begin = line.rest();
  if (!size(line)) return std::nullopt;
  return TaskProgress{std::nullopt,
                      std::string(begin.substr(0, begin.size() - line.rest().size())) + " processed"};
}

/// "scsi0, " of "drive-scsi0: transferred …" and "mirror-scsi0: …".
std::string drive(Reader& line) {
  Reader look = line;
  if (!look.word("drive-") && !look.word("mirror-")) return {};
  const auto name = look.rest().substr(0, look.rest().find(": "));
  const bool plain = !name.empty() && name.size() <= 16 &&
                     std::ranges::all_of(name, [](char c) { return base::is_lower(c) || base::is_digit(c); });
  if (!plain || !look.past(": ")) return {};
  line = look;
  return std::string(name) + ", ";
}

/// "transferred 2.0 GiB of 32.0 GiB (6.25%)"
std::optional<TaskProgress> copy(Reader line) {
  auto amount = drive(line);
  if (!line.word("transferred ")) return std::nullopt;
  const auto both = part(line);
  if (!both || !line.word(" (")) return std::nullopt;
  const auto percent = percentage(line, "%)");
  if (!percent) return std::nullopt;
  return TaskProgress{percent, amount + both->text};
}

/// "transferred: 12345 bytes remaining: 1234 bytes total: 13579 bytes progression: 12.34 % busy: 1"
std::optional<TaskProgress> older_mirror(Reader line) {
  auto amount = drive(line);
  if (amount.empty()) line.word("drive mirror: ");
  if (!line.word("transferred: ")) return std::nullopt;
  const auto done = line.number();
  if (!done || !line.past(" total: ")) return std::nullopt;
  const auto all = line.number();
  if (!all || !line.past("progression: ")) return std::nullopt;
  const auto percent = percentage(line, " %");
  if (!percent) return std::nullopt;
  return TaskProgress{percent, amount + readable(*done) + " of " + readable(*all)};
}

/// "migration active, transferred 512.0 MiB of 2.0 GiB VM-state, 112.0 MiB/s"
std::optional<TaskProgress> memory(Reader line) {
  if (!line.word("migration active, transferred ")) return std::nullopt;
  const auto both = part(line);
  if (!both || !line.word(" VM-state") || both->all <= 0) return std::nullopt;
  // Pages that change meanwhile are sent again.
  return TaskProgress{std::min(100.0, 100 * both->done / both->all), both->text + " VM-state"};
}

/// "progress 12% (read 1234 bytes, duration 3 sec)"
std::optional<TaskProgress> restore(Reader line) {
  if (!line.word("progress ")) return std::nullopt;
  const auto percent = percentage(line, "% (read ");
  const auto bytes = percent ? line.number() : std::nullopt;
  if (!bytes || !line.word(" bytes")) return std::nullopt;
  return TaskProgress{percent, readable(*bytes) + " read"};
}

/// "452055040 bytes (452 MB, 431 MiB) copied, 3 s, 151 MB/s"
std::optional<TaskProgress> dd(Reader line) {
  const auto bytes = line.number();
  if (!bytes || !line.word(" bytes (") || !line.past(") copied, ")) return std::nullopt;
  return TaskProgress{std::nullopt, readable(*bytes) + " copied"};
}

/// "   512K .......... ..........  12% 3.4M 10s"
std::optional<TaskProgress> download(Reader line) {
  const auto kib = line.number();
  if (!kib || !line.word("K ")) return std::nullopt;
  const auto dots = line.rest();
  const auto length = std::min(dots.find_first_not_of(" .,"), dots.size());
  if (dots.substr(0, length).find("..") == std::string_view::npos) return std::nullopt;
  line.word(dots.substr(0, length));
  const auto percent = percentage(line, "%");
  if (!percent) return std::nullopt;
  return TaskProgress{percent, readable(*kib * 1024)};
}

}  // namespace

std::optional<TaskProgress> task_progress(std::string_view line) {
  Reader reader(line.substr(0, kLongestLine));
  skip_head(reader);
  for (const auto form : {backup, processed, copy, older_mirror, memory, restore, dd, download}) {
    if (auto found = form(reader)) return found;
  }
  return std::nullopt;
}

std::optional<TaskProgress> task_progress(std::span<const std::string> lines) {
  for (auto i = lines.size(); i > 0; --i) {
    if (auto found = task_progress(std::string_view(lines[i - 1]))) return found;
  }
  return std::nullopt;
}

}  // namespace pve
