#include "setup/json_text.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/json_end.h"
#include "base/text.h"

namespace setup {
namespace {

constexpr auto kNowhere = std::string_view::npos;

/// Where the string that begins at `begin` ends, behind its quote; nowhere when its line ends before.
std::size_t string_end(std::string_view text, std::size_t begin) {
  for (auto i = begin + 1; i < text.size() && text[i] != '\n'; ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      return i + 1;
    }
  }
  return kNowhere;
}

/// Makes blanks of what JSON does not have.
class Plain {
 public:
  Plain(std::string_view text, Comments comments) : text_(text), comments_(comments) { out_.plain = text; }

  std::expected<JsonText, std::string> take() {
    if (text_.starts_with(kByteOrderMark)) blank({0, kByteOrderMark.size()});
    auto i = text_.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
    while (i < text_.size()) {
      const auto next = step(i);
      if (!next) return std::unexpected(next.error());
      i = *next;
    }
    return std::move(out_);
  }

 private:
  /// The position behind the string, comment or character at `i`.
  std::expected<std::size_t, std::string> step(std::size_t i) {
    const char c = text_[i];
    if (c == '/') return comment(i);
    if (kWhiteSpace.find(c) != kNowhere) return i + 1;
    if (c == '"') {
      const auto end = string_end(text_, i);
      if (end == kNowhere) return std::unexpected(at_line(text_, i, "a string has no closing quote"));
      last_ = c;
      return end;
    }
    if ((c == '}' || c == ']') && last_ == ',' && after_value_) {
      if (comments_ == Comments::Refused)
        return std::unexpected(at_line(text_, comma_, "JSON allows no comma after the last member"));
      blank({comma_, comma_ + 1});
      out_.trailing_commas.push_back(comma_);
    }
    if (c == ',') {
      comma_ = i;
      after_value_ = last_ != '{' && last_ != '[' && last_ != ',' && last_ != ':';
    }
    last_ = c;
    return i + 1;
  }

  std::expected<std::size_t, std::string> comment(std::size_t begin) {
    const auto mark = text_.substr(begin, 2);
    auto end = kNowhere;
    if (mark == "//") {
      end = std::min(text_.find('\n', begin), text_.size());
    } else if (mark == "/*") {
      end = text_.find("*/", begin + 2);
      if (end == kNowhere) return std::unexpected(at_line(text_, begin, "a comment has no end"));
      end += 2;
    } else {
      return std::unexpected(at_line(text_, begin, "this is not valid JSON"));
    }
    if (comments_ == Comments::Refused)
      return std::unexpected(at_line(text_, begin, "this client's file must not contain comments"));
    blank({begin, end});
    return end;
  }

  void blank(Span span) {
    for (auto i = span.begin; i < span.end; ++i) {
      if (out_.plain[i] != '\n' && out_.plain[i] != '\r') out_.plain[i] = ' ';
    }
  }

  std::string_view text_;
  Comments comments_;
  JsonText out_{};
  std::size_t comma_ = 0;     ///< the last one
  bool after_value_ = false;  ///< that one is behind a value
  char last_ = '\0';          ///< the last character that is neither blank nor comment; '"' of a string
};

std::size_t skip_white_space(std::string_view plain, std::size_t i) {
  return std::min(plain.find_first_not_of(kWhiteSpace, i), plain.size());
}

std::size_t value_end(std::string_view plain, std::size_t begin) {
  if (plain[begin] == '"') return std::min(string_end(plain, begin), plain.size());
  if (plain[begin] != '{' && plain[begin] != '[')
    return std::min(plain.find_first_of(",}] \t\r\n", begin), plain.size());
  std::size_t depth = 0;
  for (auto i = begin; i < plain.size();) {
    const char c = plain[i];
    if (c == '"') {
      i = std::min(string_end(plain, i), plain.size());
      continue;
    }
    ++i;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return i;
  }
  return plain.size();
}

std::string without_escapes(std::string_view quoted) {
  const auto value = base::parse_json(quoted);
  return value && value->is_string() ? std::string(value->get_string()) : std::string(quoted);
}

}  // namespace

std::expected<JsonText, std::string> read_json_text(std::string_view text, Comments comments) {
  if (!base::is_plain_text(text)) return std::unexpected("this is not a text file in UTF-8");
  // Only some readers end a comment there.
  for (auto at = text.find('\r'); at != kNowhere; at = text.find('\r', at + 1)) {
    if (text.substr(at + 1, 1) != "\n")
      return std::unexpected(at_line(text, at, "lines must end with LF or CRLF, not with CR alone"));
  }
  auto read = Plain(text, comments).take();
  if (!read) return read;
  if (base::trim(read->plain).empty()) {
    read->is_blank = true;
    return read;
  }
  auto value = base::parse_json(read->plain);
  if (!value) {
    const auto end = base::json_end(read->plain);
    // At a line break the fault is what the line before lacks.
    const auto at = end < read->plain.size() ? end : white_space_before(read->plain, read->plain.size());
    return std::unexpected(at_line(text, at, "this is not valid JSON, or nests too deeply"));
  }
  read->value = *std::move(value);
  return read;
}

Span json_value_at(std::string_view plain, std::size_t begin) { return {begin, value_end(plain, begin)}; }

Span json_top(std::string_view plain) { return json_value_at(plain, skip_white_space(plain, 0)); }

std::vector<JsonMember> json_members(std::string_view plain, Span object) {
  std::vector<JsonMember> members;
  auto i = skip_white_space(plain, object.begin + 1);
  while (i + 1 < object.end) {
    JsonMember member;
    member.name = {i, value_end(plain, i)};
    member.key = without_escapes(plain.substr(i, member.name.end - i));
    const auto colon = skip_white_space(plain, member.name.end);
    const auto begin = skip_white_space(plain, colon + 1);
    member.value = {begin, value_end(plain, begin)};
    const auto next = skip_white_space(plain, member.value.end);
    members.push_back(std::move(member));
    i = skip_white_space(plain, next + 1);
  }
  return members;
}

}  // namespace setup
