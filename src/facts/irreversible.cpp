#include "facts/irreversible.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "base/json_read.h"
#include "base/text.h"

namespace facts {
namespace {

struct Call {
  const Endpoint& endpoint;
  const base::JsonObject& arguments;
  const base::JsonObject* present;  ///< nullptr: not known
};

/// A part of a parameter's value that destroys.
struct Part {
  std::string value;
  bool certain = true;
};
using Parts = std::vector<Part>;

Parts one(std::string value, bool certain = true) { return Parts(1, Part{std::move(value), certain}); }

Parts one_if(bool holds, std::string value) { return holds ? one(std::move(value)) : Parts(); }

Parts perhaps() { return one("", false); }

bool has(base::ObjectView of, std::string_view name) {
  const auto* value = of.member(name);
  return value != nullptr && !value->is_null();
}

/// As it travels; "" where there is nothing.
std::string wire(base::ObjectView of, std::string_view name) {
  return has(of, name) ? base::wire_text(*of.member(name)) : std::string();
}

/// As PVE reads a boolean.
bool is_true(std::string_view value) {
  static constexpr std::array<std::string_view, 4> kTrue = {"1", "on", "yes", "true"};
  return std::ranges::find(kTrue, base::lower_ascii(value)) != kTrue.end();
}

bool is_given(const Call& call, std::string_view name) {
  const auto* fact = call.endpoint.parameter(name);
  if (fact == nullptr) fact = call.endpoint.former_parameter(name);
  const auto value = wire(call.arguments, name);
  if (fact == nullptr || fact->type != Type::Boolean) return !value.empty();
  return is_true(value.empty() ? fact->default_value : std::string_view(value));
}

bool is_key(std::string_view key, std::string_view family) {
  return key.starts_with(family) && base::is_digits(key.substr(family.size()));
}

/// The keys under which a CD or a cloud-init drive usually is.
bool is_medium(std::string_view key) {
  return is_key(key, "ide") || is_key(key, "sata") || is_key(key, "scsi");
}

bool is_drive(std::string_view key) {
  return is_medium(key) || is_key(key, "virtio") || is_key(key, "efidisk") || is_key(key, "tpmstate");
}

/// "cdrom" is PVE's other name of ide2.
std::string_view drive_key(std::string_view key) { return key == "cdrom" ? "ide2" : key; }

/// The keys of a list as PVE splits it; an array is a list too.
std::vector<std::string> keys(const base::JsonObject& arguments, std::string_view name) {
  std::vector<std::string> all;
  const auto split = [&](std::string_view list) {
    for (const auto item : base::list_items(list)) all.emplace_back(drive_key(item));
  };
  for (const auto& item : base::list(arguments, name)) split(base::wire_text(item));
  if (base::list(arguments, name).empty()) split(wire(arguments, name));
  return all;
}

/// The volume of a drive: "local-lvm:vm-100-cloudinit" of "local-lvm:vm-100-cloudinit,media=cdrom".
std::string_view volume(std::string_view drive) {
  for (const auto part : base::split(drive, ',')) {
    if (part.starts_with("file=") || part.starts_with("volume=")) return part.substr(part.find('=') + 1);
    if (part.find('=') == std::string_view::npos) return part;
  }
  return {};
}

/// As PVE tells it: by the volume's name, "cloudinit" or "vm-100-cloudinit", with or without a format.
bool is_cloud_init(std::string_view drive) {
  auto name = volume(drive);
  const auto before = name.find_last_of(":/");
  if (before == std::string_view::npos) return false;
  name.remove_prefix(before + 1);
  if (name.starts_with("vm-")) {
    const auto dash = std::min(name.find('-', 3), name.size() - 1);
    if (!base::is_digits(name.substr(3, dash - 3))) return false;
    name.remove_prefix(dash + 1);
  }
  return name == "cloudinit" || name.starts_with("cloudinit.");
}

/// False for a CD, and for a device of the host: PVE only takes them away.
bool is_disk(std::string_view drive) {
  if (is_cloud_init(drive)) return true;
  const auto parts = base::split(drive, ',');
  return std::ranges::find(parts, "media=cdrom") == parts.end() && !volume(drive).starts_with('/');
}

Parts listed(const Call& call, const Risk& risk, bool (*wanted)(std::string_view key)) {
  Parts parts;
  for (auto& key : keys(call.arguments, risk.parameter)) {
    if (!wanted(key) || (call.present != nullptr && !has(*call.present, key))) continue;
    parts.push_back({std::move(key)});
  }
  return parts;
}

Parts listed_disks(const Call& call, const Risk& risk) {
  auto parts = listed(call, risk, is_drive);
  if (call.present != nullptr) {
    std::erase_if(parts, [&](const Part& part) { return !is_disk(wire(*call.present, part.value)); });
  }
  return parts;
}

Parts listed_cloud_init(const Call& call, const Risk& risk) {
  if (call.present == nullptr) {
    auto parts = listed(call, risk, is_medium);
    for (auto& part : parts) part.certain = false;
    return parts;
  }
  auto parts = listed(call, risk, is_drive);
  std::erase_if(parts, [&](const Part& part) { return !is_cloud_init(wire(*call.present, part.value)); });
  return parts;
}

Parts replaced_cloud_init(const Call& call) {
  Parts parts;
  for (const auto& argument : call.arguments) {
    const std::string_view key = argument.key();
    const auto drive = drive_key(key);
    if (!is_drive(drive) || argument.value().is_null()) continue;
    if (is_cloud_init(base::wire_text(argument.value()))) continue;  // written anew from the settings
    if (call.present != nullptr ? is_cloud_init(wire(*call.present, drive)) : is_medium(drive)) {
      parts.push_back({std::string(key), call.present != nullptr});
    }
  }
  return parts;
}

bool is_positive(std::string_view number) {
  return !number.starts_with('-') && number.find_first_not_of('0') != std::string_view::npos;
}

bool keeps_everything(std::string_view retention) {
  bool all = true;
  for (const auto part : base::split(retention, ',')) {
    const auto equals = std::min(part.find('='), part.size());
    const auto value = part.substr(std::min(equals + 1, part.size()));
    if (part.substr(0, equals) == "keep-all" && is_true(value)) return true;
    if (part.substr(0, equals) != "keep-all" && is_positive(value)) all = false;
  }
  return all;
}

/// PVE shows a retention as text, in a backup job as an object.
std::string retention(const base::JsonObject& settings, std::string_view name) {
  const auto* parts = base::object(settings, name);
  if (parts == nullptr) return wire(settings, name);
  std::string joined;
  for (const auto& part : *parts) {
    joined.append(joined.empty() ? "" : ",").append(part.key()).append("=");
    joined += base::wire_text(part.value());
  }
  return joined;
}

Parts pruned(const Call& call, const Risk& risk) {
  const auto given = retention(call.arguments, risk.parameter);
  if (!given.empty()) return one_if(!keeps_everything(given), given);
  if (has(call.arguments, "maxfiles")) return {};
  if (call.present == nullptr) return perhaps();
  const auto set = retention(*call.present, risk.parameter);
  return one_if(!set.empty() && !keeps_everything(set), set);
}

Parts vanished(const Call& call, const Risk& risk) {
  auto removed = wire(call.arguments, risk.parameter);
  if (removed.empty()) {
    if (call.present == nullptr) return perhaps();
    const auto defaults = wire(*call.present, "sync-defaults-options");
    for (const auto part : base::split(defaults, ',')) {
      const auto equals = part.find('=');
      if (part.substr(0, equals) == risk.parameter) removed = part.substr(equals + 1);
    }
  }
  return one_if(!removed.empty() && removed != "none", removed);
}

/// Of a setting that is lost only where it is set now.
Parts if_set(const Call& call, std::string_view setting) {
  if (call.present == nullptr) return perhaps();
  return one_if(has(*call.present, setting), "");
}

Parts of_a_list(const Call& call, const Risk& risk) {
  if (risk.when == When::ListsUnused) {
    return listed(call, risk, [](std::string_view key) { return is_key(key, "unused"); });
  }
  if (risk.when == When::ListsDisk) return listed_disks(call, risk);
  if (risk.when == When::ListsCloudInit) return listed_cloud_init(call, risk);
  auto parts = listed(call, risk, [](std::string_view) { return true; });
  std::erase_if(parts, [&](const Part& part) { return part.value != risk.beside.value; });
  return parts;
}

Parts judge(const Call& call, const Risk& risk) {
  auto value = wire(call.arguments, risk.parameter);
  switch (risk.when) {
    case When::Always:
      return one("");
    case When::Perhaps:
      return perhaps();
    case When::Given:
      return one_if(is_given(call, risk.parameter), std::move(value));
    case When::Missing:
      return one_if(!is_given(call, risk.parameter), std::move(value));
    case When::Equals:
      return one_if(value == risk.beside.value, value);
    case When::Positive:
      return one_if(is_positive(value), value);
    case When::Lists:
    case When::ListsUnused:
    case When::ListsDisk:
    case When::ListsCloudInit:
      return of_a_list(call, risk);
    case When::ReplacesCloudInit:
      return replaced_cloud_init(call);
    case When::Replaces:
      return value.empty() ? Parts() : if_set(call, risk.parameter);
    case When::Holds:
      return if_set(call, risk.beside.value);
    case When::Prunes:
      return pruned(call, risk);
    case When::Vanished:
      return vanished(call, risk);
  }
  return {};
}

bool applies(const Call& call, const Beside& beside) {
  return (beside.with.empty() || is_given(call, beside.with)) &&
         (beside.without.empty() || !is_given(call, beside.without));
}

}  // namespace

std::vector<Loss> irreversible(const Endpoint& endpoint, const base::JsonObject& arguments,
                               const base::JsonObject* present) {
  std::vector<Loss> losses;
  if (endpoint.method == base::Method::Get) return losses;
  const Call call{endpoint, arguments, present};
  const auto rows = risks(endpoint.method, endpoint.path);
  if (rows.empty() && harmless(endpoint.method, endpoint.path).empty()) {
    losses.push_back({{}, {}, "something that this server does not know", false, {}});
  }
  for (const auto& risk : rows) {
    if (!applies(call, risk.beside)) continue;
    for (const auto& part : judge(call, risk)) {
      auto& loss = losses.emplace_back();
      loss.parameter = risk.parameter;
      loss.value = base::printable(part.value);
      // Where a drive is set, the drive is the parameter.
      if (risk.when == When::ReplacesCloudInit) std::swap(loss.parameter, loss.value);
      loss.what = risk.what;
      loss.certain = part.certain;
      if (!part.certain) loss.decided_by = risk.beside.decided_by;
    }
  }
  return losses;
}

}  // namespace facts
