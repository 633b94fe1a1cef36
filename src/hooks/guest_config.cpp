#include "hooks/guest_config.h"

#include <algorithm>
#include <vector>

#include "base/ascii.h"
#include "base/json_read.h"
#include "base/text.h"

namespace hooks {
namespace {

constexpr std::size_t kMacLength = 17;

/// The first MAC address in a property string: "virtio=BC:24:11:00:00:01,bridge=vmbr0".
std::string_view mac_in(std::string_view text) {
  for (std::size_t at = 0; at + kMacLength <= text.size(); ++at) {
    const auto candidate = text.substr(at, kMacLength);
    bool fits = at == 0 || text[at - 1] == '=';
    for (std::size_t i = 0; fits && i < kMacLength; ++i) {
      fits = i % 3 == 2 ? candidate[i] == ':' : base::is_hex(candidate[i]);
    }
    if (fits) return candidate;
  }
  return {};
}

bool is_net(std::string_view name) { return name.starts_with("net") && base::is_digits(name.substr(3)); }

}  // namespace

bool lists(const base::Json* value, std::string_view key) {
  if (value == nullptr) return false;
  if (const auto* array = value->if_array()) {
    return std::ranges::any_of(*array, [&](const base::Json& item) { return lists(&item, key); });
  }
  const auto* text = value->if_string();
  if (text == nullptr) return false;
  std::string_view rest(*text);
  constexpr std::string_view kSeparators(",; \t\n\0", 6);
  while (!rest.empty()) {
    const auto end = std::min(rest.find_first_of(kSeparators), rest.size());
    if (rest.substr(0, end) == key) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

std::expected<void, std::string> keep_mac(tool::Context& context, base::JsonObject& arguments,
                                          std::string_view config_path, std::string_view mac_key) {
  std::vector<base::JsonObject::value_type*> bare;
  for (auto& member : arguments) {
    const auto* text = member.value().if_string();
    if (is_net(member.key()) && text != nullptr && mac_in(*text).empty()) bare.push_back(&member);
  }
  if (bare.empty()) return {};
  const auto config = context.get(config_path);
  if (!config)
    return std::unexpected("The present MAC address could not be read: " + config.error().sentence);
  for (auto* member : bare) {
    const auto mac = mac_in(base::raw_text(*config, member->key()));
    if (mac.empty()) continue;
    auto& value = member->value().as_string();
    value.append(",").append(mac_key).append("=").append(mac);
  }
  // What was read is sent back, so PVE must refuse it if somebody has changed it meanwhile.
  if (const auto digest = base::raw_text(*config, "digest"); !digest.empty() && !arguments.contains("digest"))
    arguments["digest"] = digest;
  return {};
}

void encode_sshkeys(base::JsonObject& arguments) {
  auto* value = arguments.if_contains("sshkeys");
  auto* text = value == nullptr ? nullptr : value->if_string();
  if (text == nullptr || std::string_view(*text).find_first_of(" \t\n\r") == std::string_view::npos) return;
  *text = base::percent_encode(*text);
}

std::expected<void, std::string> refuse_template(const base::JsonObject& arguments, std::string_view path) {
  if (!base::flag(arguments, "template")) return {};
  return std::unexpected(
      "template=1 in an update only sets a flag and leaves the disks as they are. PVE converts a "
      "guest by POST " +
      std::string(path) + " (in its web interface: Convert to template); no tool here does that.");
}

std::string set_pending_apart(tool::Context& context, base::Json& config, std::string_view pending_path) {
  auto* shown = config.if_object();
  if (shown == nullptr) return {};
  const auto entries = context.get(pending_path);
  if (!entries) return "Pending changes could not be read: " + entries.error().sentence;
  base::JsonObject waiting;
  for (const auto& entry : base::objects(*entries)) {
    const auto key = base::raw_text(entry, "key");
    const auto* pending = entry.if_contains("pending");
    if (key.empty() || (pending == nullptr && !entry.contains("delete"))) continue;
    waiting[key] = pending == nullptr ? base::Json(nullptr) : *pending;
    if (const auto* present = entry.if_contains("value"); present != nullptr && !present->is_null()) {
      (*shown)[key] = *present;
    } else {
      shown->erase(key);
    }
  }
  if (!waiting.empty()) (*shown)["pending"] = std::move(waiting);
  return {};
}

}  // namespace hooks
