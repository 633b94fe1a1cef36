#include "engine/plan/object.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "base/digest.h"
#include "base/json_read.h"
#include "base/text.h"
#include "change/drive.h"
#include "change/property.h"
#include "engine/cluster/request.h"
#include "engine/outcome/guest_state.h"

namespace engine {
namespace {

constexpr std::size_t kLongestPart = 120;

/// The value of `name` in "uuid=…,family=…".
std::string part(std::string_view text, std::string_view name) {
  for (const auto each : base::split(text, ',')) {
    if (each.starts_with(name) && each.substr(name.size()).starts_with('='))
      return base::printable(each.substr(name.size() + 1), kLongestPart);
  }
  return {};
}

void add(base::JsonObject& identity, std::string_view name, std::string_view value) {
  if (!value.empty()) identity[name] = value;
}

void identify_vm(const base::JsonObject& config, base::JsonObject& identity) {
  add(identity, "uuid", part(base::raw_text(config, "smbios1"), "uuid"));
  add(identity, "creation time", part(base::raw_text(config, "meta"), "ctime"));
}

void identify_container(const base::JsonObject& config, base::JsonObject& identity) {
  add(identity, "hostname", base::text(config, "hostname", kLongestPart));
  const auto root = change::drive("rootfs", base::raw_text(config, "rootfs"));
  add(identity, "root volume", base::printable(root.volume, kLongestPart));
  for (const auto& [key, value] : config) {
    if (change::family(key) == "net" && key != "net")
      add(identity, std::string(key) + "'s MAC address", part(base::raw_text(value), "hwaddr"));
  }
}

/// The digest of the object, or else all members that change only with the object. Lists contain more than
/// the object.
std::string state_of(const base::Json& present) {
  const auto* object = present.if_object();
  if (object == nullptr) return {};
  if (auto digest = base::raw_text(*object, "digest"); !digest.empty()) return std::string(digest);
  auto kept = *object;
  // The space that a volume takes grows while its guest runs.
  kept.erase("used");
  return base::write_json_sorted(base::Json(std::move(kept)));
}

/// True if the GET of the object's state shows how it is used, which differs at each look.
bool shows_usage(tool::Subject subject) {
  using enum tool::Subject;
  return subject == Ceph || subject == Console || subject == Disk || subject == Guests || subject == Node ||
         subject == Task;
}

bool is_of_guest(const Row& row) {
  return row.about().guest != tool::GuestKind::None || row.about().action == tool::Action::Create;
}

void read_present(const Row& row, const base::JsonObject& arguments, Cluster& cluster,
                  const std::stop_token& stop, Object& object) {
  const auto state = row.about().state;
  const auto subject = row.about().subject;
  // Of a guest the digest of its configuration tells; its status differs at each look.
  const bool told = is_of_guest(row) && subject != tool::Subject::Snapshot;
  if (state.empty() || told || shows_usage(subject)) return;
  const auto filled = path(state, arguments);
  if (!filled) return;
  auto answer = cluster.client.call({base::Method::Get, *filled, {}}, stop);
  if (answer) {
    object.present = std::move(answer->data);
    object.staged = answer->changes.value_or("");
  } else if (!object.error) {
    object.error = std::move(answer.error());
    object.unread = *filled;
  }
}

void name_guest(const pve::Guest& guest, base::JsonObject& identity) {
  identity["vmid"] = std::to_string(guest.vmid);
  identity["node"] = base::printable(guest.node, kLongestPart);
  identity["type"] = guest.type();
}

void name_path(const Row& row, const base::JsonObject& arguments, base::JsonObject& identity) {
  const auto own = path(row.tool().call.path, arguments);
  identity["path"] = base::printable(own ? *own : std::string(row.tool().call.path), 500);
}

void read_guest(const Row& row, const base::JsonObject& arguments, Cluster& cluster,
                const std::stop_token& stop, Object& object) {
  const auto guest = guest_of(row, arguments);
  name_guest(guest, object.identity);
  auto config = engine::read_guest(cluster.client, guest, "config", stop);
  if (!config) {
    object.error = std::move(config.error());
    object.unread = fmt::format("/nodes/{}/{}/{}/config", guest.node, guest.type(), guest.vmid);
    return;
  }
  if (!config->is_object()) return;
  object.config = std::move(config->get_object());
  object.digest = base::raw_text(object.config, "digest");
  guest.container ? identify_container(object.config, object.identity)
                  : identify_vm(object.config, object.identity);
}

}  // namespace

Object object_of(const Row& row, const base::JsonObject& arguments, Cluster& cluster,
                 const std::stop_token& stop) {
  Object object;
  if (is_of_guest(row)) read_guest(row, arguments, cluster, stop, object);
  name_path(row, arguments, object.identity);
  read_present(row, arguments, cluster, stop, object);
  const auto state = object.digest + "\n" + state_of(object.present);
  if (state != "\n") object.state = base::to_hex(base::sha256(state));
  return object;
}

base::JsonObject identity_of(const Row& row, const base::JsonObject& arguments, Cluster& cluster,
                             const std::stop_token& stop) {
  Object object;
  if (row.about().guest != tool::GuestKind::None) {
    read_guest(row, arguments, cluster, stop, object);
  } else if (row.about().action == tool::Action::Create) {
    name_guest(guest_of(row, arguments), object.identity);
  }
  name_path(row, arguments, object.identity);
  return object.identity;
}

std::string object_text(const base::JsonObject& identity, std::string_view guest) {
  const auto vmid = base::text(identity, "vmid");
  if (vmid.empty()) return base::text(identity, "path", 500);
  return fmt::format("{} {} on {}", base::raw_text(identity, "type") == "lxc" ? "container" : "VM",
                     guest.empty() ? std::string_view(vmid) : guest, base::text(identity, "node"));
}

std::string identity_difference(const base::JsonObject& before, const base::JsonObject& now) {
  std::string text;
  const auto tell = [&](std::string_view name, const std::string& was, const std::string& is) {
    text += fmt::format("{}its {} was {} and is {}", text.empty() ? "" : ", ", name,
                        was.empty() ? "not set" : was, is.empty() ? "not set" : is);
  };
  for (const auto& [name, value] : before) {
    const auto is = base::text(now, name);
    if (base::text(value) != is) tell(name, base::text(value), is);
  }
  for (const auto& [name, value] : now) {
    if (!before.contains(name)) tell(name, {}, base::text(value));
  }
  return text;
}

}  // namespace engine
