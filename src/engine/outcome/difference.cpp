#include "engine/outcome/difference.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/json_read.h"
#include "base/text.h"
#include "change/change.h"
#include "change/guest_config.h"
#include "engine/cluster/request.h"

namespace engine {
namespace {

bool configures(const Row& row) { return row.about().action == tool::Action::Configure; }

/// A change of an endpoint that the facts do not have cannot be described.
bool is_watched(const Row& row) {
  return row.endpoint() != nullptr && !row.tool().starts_task &&
         change::can_describe(row.tool().call.method, row.about());
}

/// The arguments of the call that its read takes: those of its path, and those that select the object in a
/// list.
base::JsonObject of_the_read(std::string_view path, const base::JsonObject& arguments,
                             const Cluster& cluster) {
  const auto* read = cluster.facts.find(base::Method::Get, path);
  base::JsonObject taken;
  for (const auto& [key, value] : arguments) {
    if (read != nullptr && read->parameter(key) != nullptr && key != "type" && key != "enabled" &&
        key != "full")
      taken[key] = value;
  }
  return taken;
}

base::Json state(const Row& row, const base::JsonObject& arguments, const Cluster& cluster,
                 const std::stop_token& stop) {
  const auto path = row.about().state;
  const auto wanted = request({base::Method::Get, path}, of_the_read(path, arguments, cluster));
  if (!wanted) return {};
  auto answer = cluster.client.call(*wanted, stop);
  return answer ? std::move(answer->data) : base::Json();
}

/// True if PVE's storages say with these words that the volume does not exist.
bool says_missing(const pve::Error& error) {
  return error.kind == pve::Error::Kind::Refused && error.status == 500 &&
         (error.message.find("volume_size_info on") != std::string::npos ||
          error.message.find("does not exist") != std::string::npos ||
          error.message.find("no such volume") != std::string::npos);
}

/// Fills the path here: a volume's name may contain slashes, which the placeholder of a path refuses.
void add_size(const std::string& volume, const std::string& node, base::JsonObject& sizes,
              const Cluster& cluster, const std::stop_token& stop) {
  const auto storage = volume.substr(0, volume.find(':'));
  const pve::Call call{base::Method::Get,
                       fmt::format("/nodes/{}/storage/{}/content/{}", base::percent_encode(node),
                                   base::percent_encode(storage), base::percent_encode(volume)),
                       {}};
  const auto answer = cluster.client.call(call, stop);
  if (answer && base::real(answer->data, "size")) {
    sizes[volume] = *base::real(answer->data, "size");
  } else if (!answer && says_missing(answer.error())) {
    sizes[volume] = nullptr;
  }
}

bool is_lost(const pve::Error& error) {
  if (error.kind == pve::Error::Kind::Connection) return !error.failure || !error.failure->nothing_sent;
  return error.kind == pve::Error::Kind::Refused && error.status >= 596 && error.status <= 599;
}

bool says_hotplug(const pve::Error& error) {
  constexpr std::string_view kHotplug = "hotplug problem";
  return error.message.find(kHotplug) != std::string::npos ||
         std::ranges::any_of(
             error.errors, [&](const auto& each) { return each.second.find(kHotplug) != std::string::npos; });
}

std::string of_lost(const Row& row, const base::JsonObject& arguments, const StateBefore& before,
                    const base::Json& after) {
  const change::Change change{*row.endpoint(), row.about(), arguments, before.state, after, before.volumes};
  const auto told = change::describe(change);
  if (!told.changes.empty() || !told.pending.empty())
    return "No answer came, but the configuration was changed: " + change::text(told);
  const auto lock = base::text(change::config(after).now, "lock", 40);
  if (!lock.empty()) {
    return fmt::format(
        "No answer came. The configuration is locked ({}): PVE is most likely still changing it. "
        "Read it again before you repeat the call.",
        lock);
  }
  return "No answer came, and the configuration has not changed so far. PVE may still be working on the "
         "change, "
         "because new volumes take time. Read the configuration again before you repeat the call.";
}

}  // namespace

StateBefore state_before(const Row& row, const base::JsonObject& arguments, const Cluster& cluster,
                         const std::stop_token& stop) {
  StateBefore before;
  before.watched = is_watched(row);
  if (!before.watched) return before;
  before.state = state(row, arguments, cluster, stop);
  if (!configures(row)) return before;
  constexpr std::size_t kMost = 4;
  const auto volumes = change::volumes_to_size(arguments, change::config(before.state));
  for (std::size_t i = 0; i < std::min(volumes.size(), kMost); ++i)
    add_size(volumes[i], argument_text(arguments, "node"), before.volumes, cluster, stop);
  return before;
}

std::string digest_of(const Row& row, const base::JsonObject& arguments, const StateBefore& before) {
  if (!before.watched || row.endpoint()->parameter("digest") == nullptr) return {};
  if (before.state.is_object()) return std::string(base::raw_text(before.state, "digest"));
  const auto pos = argument_text(arguments, "pos");
  for (const auto& item : base::objects(before.state)) {
    // In a guest's list each setting is an item, in a list of rules each rule has the digest of all.
    if (base::raw_text(item, "key") == "digest") return std::string(base::raw_text(item, "value"));
    if (!pos.empty() && base::raw_word(item, "pos") == pos)
      return std::string(base::raw_text(item, "digest"));
  }
  return {};
}

std::string guest_named(const Row& row, const StateBefore& before) {
  if (!before.watched || !configures(row)) return {};
  return std::string(change::name_of(change::config(before.state)));
}

change::Description what_changed(const Row& row, const base::JsonObject& arguments, const StateBefore& before,
                                 const Cluster& cluster, const std::stop_token& stop) {
  // A state that could not be read before the change has nothing to be compared with.
  if (!before.watched || before.state.is_null()) return {};
  const bool is_gone = row.tool().call.method == base::Method::Delete && !before.state.is_array();
  const auto after = is_gone ? base::Json() : state(row, arguments, cluster, stop);
  return change::describe({*row.endpoint(), row.about(), arguments, before.state, after, before.volumes});
}

std::string leftovers_after_error(const Row& row, const base::JsonObject& arguments,
                                  const StateBefore& before, const pve::Error& error, const Cluster& cluster,
                                  const std::stop_token& stop) {
  if (!before.watched || before.state.is_null() || !configures(row)) return {};
  const bool lost = is_lost(error);
  if (!lost && !says_hotplug(error)) return {};
  const auto after = state(row, arguments, cluster, stop);
  if (after.is_null())
    return lost ? "The configuration could not be read afterwards. Check whether it was changed."
                : std::string();
  if (lost) return of_lost(row, arguments, before, after);
  const auto left = change::remaining_pending(change::config(before.state), change::config(after));
  if (left.empty()) return {};
  std::vector<std::string> texts;
  std::vector<std::string> keys;
  for (const auto& [key, text] : left) {
    keys.push_back(key);
    texts.push_back(text);
  }
  return fmt::format(
      "PVE still keeps this as pending for the guest's next start: {}. To drop it, call {} with revert={}.",
      fmt::join(texts, "; "), row.tool().name, fmt::join(keys, ","));
}

}  // namespace engine
