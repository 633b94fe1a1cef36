#include "change/guest_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/json_read.h"
#include "base/text.h"
#include "change/drive_words.h"
#include "change/value.h"
#include "facts/irreversible.h"

namespace change {
namespace {

// Parameters of an update that are not options of the configuration.
constexpr std::array<std::string_view, 10> kNoOption = {"node",
                                                        "vmid",
                                                        "delete",
                                                        "revert",
                                                        "digest",
                                                        "skiplock",
                                                        "background_delay",
                                                        "force",
                                                        "import-working-storage",
                                                        "cdrom"};

const base::Json& at(const base::JsonObject& object, std::string_view key) {
  static const base::Json kNone;
  const auto* value = object.if_contains(key);
  return value == nullptr ? kNone : *value;
}

bool holds(const std::vector<std::string>& list, std::string_view key) {
  return std::ranges::find(list, key) != list.end();
}

/// PVE accepts "cdrom" as another name of ide2.
std::vector<std::string> keys(const base::JsonObject& arguments, std::string_view name) {
  auto all = words(comparable(at(arguments, name)));
  std::ranges::replace(all, std::string("cdrom"), std::string("ide2"));
  return all;
}

base::JsonObject options(const base::JsonObject& arguments) {
  base::JsonObject set;
  for (const auto& [key, value] : arguments) {
    if (std::ranges::find(kNoOption, std::string_view(key)) == kNoOption.end() && !value.is_null())
      set[key] = value;
  }
  if (const auto& medium = at(arguments, "cdrom"); !medium.is_null()) set["ide2"] = medium;
  return set;
}

bool is_same(const base::Json& one, const base::Json& other) { return comparable(one) == comparable(other); }

bool is_pending(const Config& config, std::string_view key) {
  return config.pending.contains(key) || holds(config.deleting, key);
}

bool is_pending_alike(const Config& one, const Config& other, std::string_view key) {
  return is_pending(one, key) && is_pending(other, key) &&
         holds(one.deleting, key) == holds(other.deleting, key) &&
         is_same(at(one.pending, key), at(other.pending, key));
}

std::string pending_words(const Config& config, std::string_view key) {
  static const base::JsonObject kNone;
  const auto& value = at(holds(config.deleting, key) ? kNone : config.pending, key);
  if (is_drive(key)) return pending_drive(key, at(config.now, key), value);
  const auto words = difference(key, at(config.now, key), value);
  // difference() sees no change of a secret, which is shown as the same stars before and after.
  return words.empty() ? base::printable(key) + " changed" : words;
}

/// For a drive of the boot order that has another volume now, or none. `order` is the boot order after the
/// change.
std::string boot_words(std::string_view device, std::string_view first_before,
                       const std::vector<std::string>& order, bool is_gone) {
  if (holds(order, device))
    return fmt::format("The boot order still {} {}, {}.",
                       order.front() == device ? "begins with" : "contains", device,
                       is_gone ? "which no longer exists" : "but its disk was replaced");
  return fmt::format("{} was {}; {}.", device, device == first_before ? "the boot disk" : "in the boot order",
                     order.empty() ? "no boot device is left. Set boot=order=DEVICE before the next start"
                                   : "the boot order is now " + enumerated(order));
}

class ConfigDescription {
 public:
  explicit ConfigDescription(const ConfigUpdate& update)
      : update_(update), set_(options(update.arguments)), removed_(keys(update.arguments, "delete")) {
    for (const auto& loss : facts::irreversible(update.endpoint, update.arguments, &update.before.now)) {
      if (loss.certain) lost_.push_back(loss.parameter == "delete" ? loss.value : loss.parameter);
    }
  }

  Description description() {
    for (const auto& key : removed_) option(key);
    for (const auto& key : keys(update_.arguments, "revert")) option(key);
    for (const auto& member : set_) option(member.key());
    boot();
    older();
    return std::move(description_);
  }

 private:
  void option(std::string_view key) {
    const auto& [before, after] = sides();
    if (is_pending(after, key)) {
      description_.pending.push_back(pending_words(after, key) +
                                     (is_pending_alike(before, after, key) ? " (as before)" : ""));
      return;
    }
    if (is_drive(key)) return of_drive(key);
    const auto words = difference(key, at(before.now, key), at(after.now, key));
    if (!words.empty()) {
      description_.changes.push_back(words);
    } else if (is_pending(before, key)) {
      description_.changes.push_back(fmt::format("{}: the pending {} was dropped, and {}",
                                                 base::printable(key), dropped(key), kept(key)));
    } else if (set_.contains(key) && is_secret(key)) {
      description_.changes.push_back(base::printable(key) + " changed");
    } else if (at(after.now, key).is_null() && !comparable(at(set_, key)).empty()) {
      // PVE accepted the value and does not show it.
      return;
    } else {
      description_.unchanged.push_back(base::printable(key) + " " + is_already(key));
    }
  }

  std::string is_already(std::string_view key) const {
    const auto& value = at(update_.after.now, key);
    if (value.is_null()) return removed_.empty() || !holds(removed_, key) ? "is not set" : "was not set";
    const auto text = comparable(value);
    return text.find('\n') == std::string::npos ? "is already " + shown(std::string_view(text))
                                                : std::string("already has this value");
  }

  std::string kept(std::string_view key) const {
    const auto value = shown(at(update_.after.now, key));
    return value.empty() ? base::printable(key) + " is still not set" : value + " is kept";
  }

  std::string dropped(std::string_view key) const {
    if (holds(update_.before.deleting, key)) return "removal";
    return is_secret(key) ? std::string("value") : "value " + shown(at(update_.before.pending, key));
  }

  void of_drive(std::string_view key) {
    const DriveChange change{key,
                             at(update_.before.now, key),
                             at(update_.after.now, key),
                             at(set_, key),
                             update_.before.now,
                             update_.after.now,
                             update_.sizes,
                             comparable(at(update_.arguments, "vmid")),
                             holds(lost_, key)};
    describe(change, description_);
  }

  /// PVE removes a detached drive from the boot order.
  void boot() {
    if (set_.contains("boot") || holds(removed_, "boot")) return;
    const auto order = [](const Config& config) {
      return words(property(properties("boot", comparable(at(config.now, "boot"))), "order"));
    };
    const auto was = order(update_.before);
    const auto is = order(update_.after);
    if (was.empty()) return;
    for (const auto& device : was) {
      const auto before = drive(device, comparable(at(update_.before.now, device)));
      const auto after = drive(device, comparable(at(update_.after.now, device)));
      if (!is_drive(device) || before.empty() || before.volume == after.volume || before.is_cd()) continue;
      description_.cautions.push_back(boot_words(device, was.front(), is, after.empty()));
    }
  }

  void older() {
    const auto& [before, after] = sides();
    const auto named = [&](std::string_view key) { return set_.contains(key) || holds(removed_, key); };
    std::vector<std::string> waiting = after.deleting;
    for (const auto& member : after.pending) waiting.emplace_back(member.key());
    for (const auto& key : waiting) {
      if (!named(key) && is_pending(before, key)) description_.older.push_back(pending_words(after, key));
    }
  }

  struct Sides {
    const Config& before;
    const Config& after;
  };
  Sides sides() const { return {update_.before, update_.after}; }

  const ConfigUpdate& update_;
  base::JsonObject set_;
  std::vector<std::string> removed_;
  std::vector<std::string> lost_;  ///< options whose volume the call destroys
  Description description_;
};

}  // namespace

Config config(const base::Json& state) {
  Config config;
  if (const auto* object = state.if_object()) {
    config.now = *object;
    config.known = true;
  } else if (state.is_array()) {
    config.known = true;
    for (const auto& entry : base::objects(state)) {
      const auto key = base::raw_text(entry, "key");
      if (key.empty()) continue;
      if (const auto& value = at(entry, "value"); !value.is_null()) config.now[key] = value;
      if (const auto& value = at(entry, "pending"); !value.is_null()) config.pending[key] = value;
      if (base::number(entry, "delete", 0) != 0) config.deleting.emplace_back(key);
    }
  }
  return config;
}

std::string_view name_of(const Config& config) {
  const auto name = base::raw_text(config.now, "name");
  return name.empty() ? base::raw_text(config.now, "hostname") : name;
}

Description describe(const ConfigUpdate& update) { return ConfigDescription(update).description(); }

std::map<std::string, std::string> remaining_pending(const Config& before, const Config& after) {
  std::map<std::string, std::string> left;
  if (!before.known || !after.known) return left;
  auto waiting = after.deleting;
  for (const auto& member : after.pending) waiting.emplace_back(member.key());
  for (const auto& key : waiting) {
    if (!is_pending_alike(before, after, key)) left.emplace(base::printable(key), pending_words(after, key));
  }
  return left;
}

Config expected(const base::JsonObject& arguments, const Config& before) {
  Config after = before;
  const auto flag = comparable(at(arguments, "force"));
  const bool force = flag == "1" || flag == "true";
  const auto vmid = comparable(at(arguments, "vmid"));
  for (const auto& key : keys(arguments, "revert")) {
    after.pending.erase(key);
    std::erase(after.deleting, key);
  }
  for (const auto& key : keys(arguments, "delete")) remove_option(after.now, key, vmid, force);
  for (const auto& [key, value] : options(arguments)) {
    after.pending.erase(key);
    if (is_drive(key)) {
      set_drive(after.now, key, comparable(value), vmid);
    } else {
      after.now[key] = value;
    }
  }
  return after;
}

bool makes_volume(const base::JsonObject& arguments) {
  return std::ranges::any_of(arguments, [](const auto& each) {
    return is_drive(each.key()) && drive(each.key(), comparable(each.value())).to_be_made();
  });
}

std::vector<std::string> volumes_to_size(const base::JsonObject& arguments, const Config& before) {
  std::vector<std::string> volumes;
  for (const auto& key : keys(arguments, "delete")) {
    const auto gone = drive(key, comparable(at(before.now, key)));
    if (is_drive(key) && gone.on_storage() && gone.size().empty()) volumes.push_back(gone.volume);
  }
  return volumes;
}

}  // namespace change
