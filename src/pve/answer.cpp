#include "pve/answer.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/json_blocks.h"
#include "base/json_read.h"
#include "base/text.h"

namespace pve {
namespace {

constexpr std::size_t kLongestLine = 2000;
constexpr std::size_t kMostLines = 40;
constexpr std::size_t kShownBody = 160;

// Keeps the line breaks and replaces every other control character, so that no text can move a cursor.
std::string clean(std::string_view text) {
  std::string out;
  std::size_t lines = 0;
  for (const auto line : base::split(text, '\n')) {
    const std::string shown = base::printable(base::trim(line), kLongestLine);
    if (shown.empty()) continue;
    if (++lines > kMostLines) return out + "\n…";
    if (!out.empty()) out += '\n';
    out += shown;
  }
  return out;
}

std::string text_of(const base::Json& value) {
  if (const auto* text = value.if_string()) return clean(std::string_view(*text));
  return clean(base::write_json(value));
}

std::string status_text(const net::Response& response) {
  std::string text = "HTTP " + std::to_string(response.status);
  if (!response.reason.empty()) text += " " + base::printable(response.reason);
  return text;
}

bool is_html(const net::Response& response) {
  const auto type = net::find_header(response.headers, "content-type");
  if (type && base::lower_ascii(*type).find("html") != std::string::npos) return true;
  const std::string start = base::lower_ascii(base::trim(std::string_view(response.body).substr(0, 64)));
  return start.starts_with("<!doctype") || start.starts_with("<html");
}

Error malformed(const net::Response& response, const std::string& why) {
  Error error;
  error.kind = Error::Kind::Malformed;
  error.status = response.status;
  error.message = "the answer does not come from PVE: " + why + " (" + status_text(response);
  if (const auto type = net::find_header(response.headers, "content-type"))
    error.message += ", " + base::printable(*type, 80);
  if (const auto server = net::find_header(response.headers, "server"))
    error.message += ", server " + base::printable(*server, 80);
  error.message += ")";
  if (!response.body.empty())
    error.message += ", beginning with \"" +
                     base::printable(std::string_view(response.body).substr(0, kShownBody * 4), kShownBody) +
                     "\"";
  return error;
}

std::expected<Answer, Error> read_envelope(const net::Response& response) {
  if (response.body.empty()) return std::unexpected(malformed(response, "its body is empty"));
  auto json = base::parse_json_in_blocks(response.body);
  if (!json) {
    return std::unexpected(malformed(
        response, is_html(response) ? "it is a web page" : "its JSON is broken (" + json.error() + ")"));
  }
  auto* envelope = json->if_object();
  auto* data = envelope != nullptr ? envelope->if_contains("data") : nullptr;
  if (data == nullptr) return std::unexpected(malformed(response, "its JSON has no 'data'"));
  // Constructed, as assigning copies what lies in blocks.
  Answer answer{std::move(*data), {}, {}};
  if (const auto* total = envelope->if_contains("total")) answer.total = base::number(*total);
  if (const auto* changes = envelope->if_contains("changes"); changes != nullptr && changes->is_string())
    answer.changes = std::string(base::raw_text(*changes));
  return answer;
}

// Whether PVE's authentication sent this 401, and not an operation or a proxy in between.
bool rejects_credentials(const net::Response& response, bool has_message) {
  if (response.status != 401 || net::find_header(response.headers, "www-authenticate")) return false;
  static constexpr std::array<std::string_view, 2> kWords = {"No ticket", "Authentication failed!"};
  for (const auto words : kWords) {
    if (response.reason == words) return true;
  }
  return !has_message && response.body.empty();
}

Error read_error(const net::Response& response) {
  Error error;
  error.status = response.status;
  const auto json = base::parse_json(response.body);
  const auto* envelope = json ? json->if_object() : nullptr;
  if (envelope == nullptr && is_html(response)) return malformed(response, "it is a web page");
  if (envelope != nullptr) {
    if (const auto* message = envelope->if_contains("message")) error.message = text_of(*message);
    const auto* errors = envelope->if_contains("errors");
    if (errors != nullptr && errors->is_object()) {
      for (const auto& [name, text] : errors->get_object())
        error.errors.emplace_back(base::printable(name, 80), text_of(text));
      // PVE's order is random.
      std::ranges::sort(error.errors);
    }
  }
  const bool has_message = !error.message.empty();
  if (!has_message) error.message = clean(response.reason);
  if (error.message.empty()) error.message = "PVE gave no reason";
  error.kind = rejects_credentials(response, has_message) ? Error::Kind::Rejected : Error::Kind::Refused;
  return error;
}

}  // namespace

std::optional<Error> read_refusal(const net::Response& response) {
  if (response.status >= 200 && response.status < 300) return std::nullopt;
  if (response.status >= 300 && response.status < 400) {
    const auto target = net::find_header(response.headers, "location");
    return malformed(response, "it is a redirect to '" + base::printable(target.value_or(""), 200) + "'");
  }
  return read_error(response);
}

std::expected<Answer, Error> read_response(const net::Response& response) {
  if (auto error = read_refusal(response)) return std::unexpected(*std::move(error));
  return read_envelope(response);
}

}  // namespace pve
