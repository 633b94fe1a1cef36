#include "change/drive_words.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json_read.h"
#include "base/number.h"
#include "base/text.h"
#include "change/value.h"
#include "view/human.h"

namespace change {
namespace {

/// Returns the option that holds the volume; empty if none does.
std::string holder(const base::JsonObject& config, std::string_view volume) {
  std::string unused;
  for (const auto& [key, value] : config) {
    if (!is_drive(key) || drive(key, comparable(value)).volume != volume) continue;
    if (!is_unused(key)) return std::string(key);
    unused = key;
  }
  return unused;
}

class Words {
 public:
  Words(const DriveChange& change, Description& description)
      : change_(change),
        description_(description),
        key_(base::printable(change.option)),
        before_(drive(change.option, comparable(change.before))),
        after_(drive(change.option, comparable(change.after))),
        asked_(drive(change.option, comparable(change.asked))) {}

  void describe() {
    if (before_.empty() && after_.empty()) {
      if (change_.asked.is_null()) description_.unchanged.push_back(key_ + " was not set");
      return;
    }
    if (after_.empty()) {
      description_.changes.push_back(gone());
    } else if (before_.empty()) {
      description_.changes.push_back(come());
    } else if (before_.volume != after_.volume) {
      description_.changes.push_back(replaced());
    } else {
      same_volume();
    }
  }

 private:
  std::string named(const Drive& drive) const {
    const auto size = size_of(drive);
    return shown(std::string_view(drive.volume)) + (size.empty() ? "" : " (" + size + ")");
  }

  std::string size_of(const Drive& drive) const {
    if (const auto* bytes = change_.sizes.if_contains(drive.volume)) {
      if (const auto number = base::real(*bytes)) return view::human_bytes(*number);
    }
    if (!is_unused(drive.option)) return drive.size();
    return {};
  }

  bool is_missing(const Drive& drive) const {
    const auto* bytes = change_.sizes.if_contains(drive.volume);
    return bytes != nullptr && bytes->is_null();
  }

  bool is_foreign(const Drive& drive) const {
    const auto owner = drive.owner();
    return owner && !change_.vmid.empty() && std::to_string(*owner) != change_.vmid;
  }

  static std::string what(const Drive& drive) {
    if (drive.is_cloud_init()) return "the cloud-init drive";
    if (!drive.is_cd()) return {};
    return drive.volume == "none" ? "an empty CD drive" : "CD " + shown(std::string_view(drive.volume));
  }

  /// Describes what happened to the volume that was there before.
  std::string fate() const {
    if (!before_.on_storage()) return named(before_) + " untouched";
    if (is_missing(before_)) return "its volume " + named(before_) + " did not exist any more";
    const auto now = holder(change_.config_after, before_.volume);
    if (is_unused(now)) return "data kept as " + now + ": " + named(before_);
    if (!now.empty()) return named(before_) + " is still in use as " + now;
    if (change_.destroys) return named(before_) + " destroyed with all data";
    if (is_foreign(before_))
      return fmt::format("{} untouched, because it belongs to guest {} (so PVE keeps no unusedN)",
                         named(before_), *before_.owner());
    return named(before_) +
           " is no longer in the configuration (not even as unusedN): check whether its storage has it";
  }

  std::string gone() const {
    if (before_.is_cd()) return key_ + " removed (" + what(before_) + ")";
    if (before_.is_cloud_init())
      return key_ + " removed, its cloud-init drive destroyed (PVE can make it anew)";
    if (is_unused(change_.option)) return key_ + " removed: " + fate();
    return key_ + (change_.destroys ? " removed: " : " detached, ") + fate();
  }

  std::string come() const {
    if (after_.is_cd() || after_.is_cloud_init()) return key_ + " is now " + what(after_);
    if (asked_.to_be_made() || after_.to_be_made()) return key_ + " is " + made();
    return key_ + " is now " + named(after_) + attached();
  }

  std::string made() const {
    const auto& wanted = asked_.to_be_made() ? asked_ : after_;
    const auto size = after_.size();
    std::string place;
    if (after_.to_be_made()) {
      place = " on " + shown(after_.storage());
    } else {
      place = ": " + shown(std::string_view(after_.volume));
    }
    if (!wanted.source().empty()) {
      return fmt::format("a new disk{}{}, copied from {}", size.empty() ? "" : " of " + size, place,
                         shown(wanted.source()));
    }
    return fmt::format("a new empty disk{}{}", size.empty() ? "" : " of " + size, place);
  }

  std::string attached() const {
    const auto was = holder(change_.config_before, after_.volume);
    if (is_unused(was)) return " (was " + was + ")";
    if (!was.empty()) return ", the same volume as " + was + ": two drives on one volume damage its data";
    if (is_foreign(after_)) {
      return fmt::format(", a volume of guest {}: two guests on one volume damage its data", *after_.owner());
    }
    return {};
  }

  std::string replaced() const {
    if (before_.is_cd() && (after_.is_cd() || after_.is_cloud_init()))
      return fmt::format("{} changed from {} to {}", key_, what(before_), what(after_));
    auto text = come();
    if (before_.is_cd()) return text + " in place of " + what(before_);
    if (before_.is_cloud_init()) return text + ", the cloud-init drive destroyed";
    return text + "; the replaced disk: " + fate();
  }

  /// PVE treats `size` as its own note and reads the real size from the volume.
  void same_volume() {
    const auto wanted = size_in_words(property(asked_.parts, "size"));
    const auto is = after_.size();
    const bool no_effect = !wanted.empty() && wanted != is;
    const auto words = differences(change_.option, comparable(change_.before), comparable(change_.after));
    if (!words.empty()) description_.changes.push_back(key_ + ": " + words);
    if (no_effect) {
      description_.unchanged.push_back(fmt::format(
          "size={} in {} has no effect{}; a disk grows only by PVE's resize call",
          shown(property(asked_.parts, "size")), key_, is.empty() ? "" : " (the disk has " + is + ")"));
    } else if (words.empty()) {
      description_.unchanged.push_back(key_ + " already has the requested value");
    }
  }

  const DriveChange& change_;
  Description& description_;
  std::string key_;
  Drive before_;
  Drive after_;
  Drive asked_;
};

std::string free_key(const base::JsonObject& config) {
  for (unsigned i = 0; i < 256; ++i) {
    auto key = "unused" + std::to_string(i);
    if (!config.contains(key)) return key;
  }
  return "unused255";
}

void keep_as_unused(base::JsonObject& config, const Drive& gone, std::string_view vmid) {
  const bool disk = gone.on_storage() && !gone.is_cd() && !gone.is_cloud_init() && !gone.to_be_made();
  const auto owner = gone.owner();
  const bool foreign = owner && !vmid.empty() && std::to_string(*owner) != vmid;
  if (disk && !foreign && holder(config, gone.volume).empty()) config[free_key(config)] = gone.volume;
}

}  // namespace

void describe(const DriveChange& change, Description& description) { Words(change, description).describe(); }

std::string pending_drive(std::string_view option, const base::Json& now, const base::Json& then) {
  const auto key = base::printable(option);
  const auto is = drive(option, comparable(now));
  const auto will = drive(option, comparable(then));
  if (will.empty()) {
    if (is.is_cd() || is.is_cloud_init()) return key + " removed";
    return fmt::format("{} detached ({})", key, shown(std::string_view(is.volume)));
  }
  if (is.empty() || is.volume != will.volume) {
    const auto size = will.size();
    return fmt::format("{} is now {}{}", key, shown(std::string_view(will.volume)),
                       size.empty() ? "" : " (" + size + ")");
  }
  return key + ": " + differences(option, comparable(now), comparable(then));
}

namespace {

/// PVE does this when an update removes a drive.
void drop_from_boot_order(base::JsonObject& config, std::string_view option) {
  constexpr std::string_view kOrder = "order=";
  const auto* line = config.if_contains("boot");
  const auto boot = line == nullptr ? std::string() : comparable(*line);
  if (!boot.starts_with(kOrder)) return;
  auto devices = words(std::string_view(boot).substr(kOrder.size()));
  if (std::erase(devices, option) == 0) return;
  config["boot"] = fmt::format("{}{}", kOrder, fmt::join(devices, ";"));
}

}  // namespace

void remove_option(base::JsonObject& config, std::string_view option, std::string_view vmid, bool force) {
  const auto* line = config.if_contains(option);
  if (line == nullptr) return;
  const auto gone = drive(option, comparable(*line));
  config.erase(option);
  drop_from_boot_order(config, option);
  if (is_drive(option) && !is_unused(option) && !force) keep_as_unused(config, gone, vmid);
}

void set_drive(base::JsonObject& config, std::string_view option, std::string_view text,
               std::string_view vmid) {
  const auto* line = config.if_contains(option);
  const auto before = drive(option, line == nullptr ? std::string() : comparable(*line));
  const auto after = drive(option, text);
  // PVE reads the size from the volume, so a new value in the line has no effect.
  if (before.volume == after.volume) {
    auto parts = std::string();
    for (const auto part : base::split(text, ',')) {
      if (!part.starts_with("size=")) parts += (parts.empty() ? "" : ",") + std::string(part);
    }
    const auto size = property(before.parts, "size");
    config[option] = size.empty() ? parts : parts + ",size=" + std::string(size);
    return;
  }
  config[option] = text;
  std::vector<std::string> attached;
  for (const auto& [key, value] : config) {
    if (is_unused(key) && comparable(value) == after.volume) attached.emplace_back(key);
  }
  for (const auto& key : attached) config.erase(key);
  if (!before.empty()) keep_as_unused(config, before, vmid);
}

}  // namespace change
