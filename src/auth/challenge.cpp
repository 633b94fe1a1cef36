#include "auth/challenge.h"

#include <algorithm>
#include <array>

#include "auth/scopes.h"
#include "base/ascii.h"
#include "base/json.h"
#include "base/text.h"

namespace auth {
namespace {

constexpr std::string_view kWellKnown = "/.well-known/oauth-protected-resource";
constexpr std::array<std::string_view, 1> kLowest = {kScopes.front()};

// RFC 6750 allows no quote, no backslash and nothing outside of printable ASCII in a description.
std::string description(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '"' ? '\'' : c < 0x20 || c >= 0x7F || c == '\\' ? '?' : c;
  return out;
}

// token68 of RFC 7235.
bool is_token(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return base::is_alnum(c) || std::string_view("-._~+/").find(c) != std::string_view::npos;
  });
}

}  // namespace

std::string Challenges::challenge(std::string_view error, std::span<const std::string_view> scopes,
                                  std::string_view why) const {
  std::string text = "Bearer ";
  const auto add = [&](std::string_view name, std::string_view value) {
    if (value.empty()) return;
    if (!text.ends_with(' ')) text += ", ";
    text += std::string(name) + "=\"" + std::string(value) + "\"";
  };
  add("error", error);
  // Without an authorization server a client cannot request a scope.
  if (metadata_url_.empty()) {
    add("realm", "mcp-pve");
  } else {
    add("resource_metadata", metadata_url_);
    add("scope", base::join(scopes, " "));
  }
  add("error_description", description(why));
  return text;
}

Denied Challenges::no_token() const {
  return {401, challenge("", kLowest, ""),
          "This server requires a token: send the header \"Authorization: Bearer TOKEN\"."};
}

Denied Challenges::invalid_token(std::string_view why) const {
  return {401, challenge("invalid_token", kLowest, why), std::string(why)};
}

Denied Challenges::invalid_request(std::string_view why) const {
  return {400, challenge("invalid_request", kLowest, why), std::string(why)};
}

Denied Challenges::insufficient_scope(std::span<const std::string_view> needed, std::string_view why) const {
  return {403, challenge("insufficient_scope", needed, why), std::string(why)};
}

Denied Challenges::unavailable(std::string_view why) { return {503, "", std::string(why)}; }

std::expected<std::string_view, std::string> bearer_token(const net::Headers& headers) {
  const std::string* found = nullptr;
  for (const auto& [name, value] : headers) {
    if (base::lower_ascii(name) != "authorization") continue;
    if (found != nullptr) return std::unexpected("The request has more than one Authorization header.");
    found = &value;
  }
  if (found == nullptr) return std::string_view{};
  const auto text = base::trim(*found);
  const auto blank = std::min(text.find(' '), text.size());
  if (base::lower_ascii(text.substr(0, blank)) != "bearer") return std::string_view{};
  const auto token = base::trim(text.substr(blank));
  if (!is_token(token)) {
    return std::unexpected("The Authorization header does not have the form \"Bearer TOKEN\".");
  }
  return token;
}

MetadataPaths metadata_paths(const Location& resource) {
  const std::string root(kWellKnown);
  return {root, root + resource.path, root + "/mcp"};
}

std::string protected_resource_metadata(const Location& resource, std::string_view issuer,
                                        std::span<const std::string_view> scopes) {
  base::JsonArray supported;
  for (const auto scope : scopes) supported.emplace_back(scope);
  base::JsonObject document;
  document["resource"] = resource.text();
  document["authorization_servers"] = base::JsonArray{base::Json(issuer)};
  document["scopes_supported"] = std::move(supported);
  document["bearer_methods_supported"] = base::JsonArray{base::Json("header")};
  document["resource_name"] = "Proxmox VE";
  return base::write_json(document);
}

}  // namespace auth
