#include "config/token.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/text.h"

namespace config {
namespace {

constexpr std::string_view kMask = "…";

// PVE's realm and token names: a letter, then at least one more of letters, digits, '.', '-', '_'.
bool is_name(std::string_view text) {
  return text.size() >= 2 && base::is_letter(text.front()) && std::ranges::all_of(text, [](char c) {
           return base::is_alnum(c) || c == '.' || c == '-' || c == '_';
         });
}

std::size_t uuid_at(std::string_view text) {
  constexpr std::string_view kShape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  if (text.size() < kShape.size()) return 0;
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    if (kShape[i] == '-' ? text[i] != '-' : !base::is_hex(text[i])) return 0;
  }
  return kShape.size();
}

}  // namespace

bool is_token_id(std::string_view text) {
  const auto mark = text.rfind('!');
  if (mark == std::string_view::npos || !is_name(text.substr(mark + 1))) return false;
  const auto user_id = text.substr(0, mark);
  const auto at = user_id.rfind('@');
  if (at == std::string_view::npos || at == 0 || !is_name(user_id.substr(at + 1))) return false;
  // '=' and '!' would end the id early where PVE takes the header apart.
  return std::ranges::all_of(user_id.substr(0, at), [](char c) {
    return static_cast<unsigned char>(c) > 0x20 && c != 0x7F && c != ':' && c != '/' && c != '=' && c != '!';
  });
}

bool is_short_token_id(std::string_view text) {
  const auto mark = text.rfind('!');
  return mark != std::string_view::npos && mark + 2 == text.size() && base::is_letter(text.back()) &&
         is_token_id(std::string(text) + "x");
}

std::optional<std::string> token_id_misfit(std::string_view text) {
  if (is_token_id(text)) return std::nullopt;
  if (is_short_token_id(text)) return std::string(kShortTokenName);
  if (const auto slash = text.find("\\!"); slash != std::string_view::npos) {
    const auto without = std::string(text.substr(0, slash)) + std::string(text.substr(slash + 1));
    if (is_token_id(without))
      return "the backslash comes from the shell: write " + base::printable(without) + " in single quotes";
  }
  if (is_token_id(text.substr(0, text.find('='))))
    return "the part after = is the API token's secret; move it to PVE_TOKEN_SECRET";
  return "must have the form user@realm!name, such as root@pam!mcp";
}

bool is_token_secret(std::string_view text) {
  return !text.empty() && text.size() <= 256 &&
         std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7F; });
}

bool is_uuid(std::string_view text) { return uuid_at(text) != 0 && uuid_at(text) == text.size(); }

std::string without_secrets(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    if (const auto length = uuid_at(text.substr(i)); length > 0) {
      out += kMask;
      i += length;
      continue;
    }
    out += text[i++];
  }
  if (const auto mark = out.find('!'); mark != std::string::npos) {
    if (const auto equals = out.find('=', mark); equals != std::string::npos) {
      out.resize(equals + 1);
      out += kMask;
    }
  }
  // A password may hold any character, so everything before the last '@' counts as one.
  const auto scheme = out.find("://");
  const auto begin = scheme == std::string::npos ? 0 : scheme + 3;
  const auto at = out.rfind('@');
  if (at != std::string::npos && at > begin && out.find(':', begin) < at)
    out.replace(begin, at - begin, kMask);
  return out;
}

}  // namespace config
