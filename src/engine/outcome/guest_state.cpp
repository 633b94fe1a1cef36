#include "engine/outcome/guest_state.h"

#include <utility>

#include "base/json_read.h"
#include "engine/cluster/guest_lookup.h"
#include "engine/cluster/request.h"
#include "engine/words/guest_name.h"

namespace engine {

Power power(const base::JsonObject& status) {
  const auto state = base::raw_text(status, "status");
  if (state.empty()) return Power::Unknown;
  if (state == "stopped") return base::raw_text(status, "lock") == "suspended" ? Power::OnDisk : Power::Off;
  const auto qmp = base::raw_text(status, "qmpstatus");
  if (state != "running") return Power::Odd;
  if (qmp.empty() || qmp == "running") return Power::Running;
  if (qmp == "paused" || qmp == "suspended") return Power::Paused;
  return qmp == "io-error" ? Power::IoError : Power::Odd;
}

std::string power_word(const base::JsonObject& status) {
  switch (power(status)) {
    case Power::Unknown:
      return "in an unknown state";
    case Power::Running:
      return "running";
    case Power::Off:
      return "off";
    case Power::Paused:
      return "paused in memory";
    case Power::OnDisk:
      return "suspended to disk";
    case Power::IoError:
    case Power::Odd:
      break;
  }
  const auto word = base::text(status, "qmpstatus", 40);
  return "in the state " + (word.empty() ? base::text(status, "status", 40) : word);
}

std::string_view power_hint(Power power) {
  return power == Power::IoError ? ", as a disk cannot be written, often because its storage is full" : "";
}

bool ha_managed(const base::JsonObject& status) { return base::flag(base::object(status, "ha"), "managed"); }

std::string ha_state(const base::JsonObject& status) {
  return base::text(base::object(status, "ha"), "state");
}

base::JsonObject kept_status(const base::Json& answer) {
  base::JsonObject kept;
  const base::ObjectView from(answer);
  for (const auto* name : {"name", "status", "qmpstatus", "lock", "pid", "uptime", "ha"}) {
    const auto* value = from.member(name);
    if (value != nullptr && !value->is_null()) kept[name] = *value;
  }
  return kept;
}

pve::Guest guest_of(const Row& row, const base::JsonObject& arguments) {
  pve::Guest guest;
  guest.container =
      row.about().guest == tool::GuestKind::Container || row.about().subject == tool::Subject::Container;
  guest.node = argument_text(arguments, "node");
  guest.vmid = guest_number(argument_text(arguments, "vmid")).value_or(0);
  return guest;
}

std::expected<base::Json, pve::Error> read_guest(pve::Client& client, const pve::Guest& guest,
                                                 std::string_view what, const std::stop_token& stop) {
  auto answer = client.call({base::Method::Get, guest_path(guest, what), {}}, stop);
  if (!answer) return std::unexpected(std::move(answer.error()));
  return std::move(answer->data);
}

}  // namespace engine
