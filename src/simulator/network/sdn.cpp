#include "simulator/network/sdn.h"

#include <fmt/format.h>

#include "simulator/core/permission.h"
#include "simulator/core/section_lists.h"

namespace simulator::sdn {
namespace {

using base::JsonObject;

const Config* found(const Named<Config>& objects, const std::string& id) {
  const auto at = objects.find(id);
  return at == objects.end() ? nullptr : &at->second;
}

/// The options that differ, with the values that wait. A removed one has the text that PVE writes for it.
Config waiting(const Kind& kind, const Config& runs, const Config& staged) {
  Config changes;
  for (const auto& [key, value] : staged) {
    if (!holds_word(kind.fixed, key) && (!has(runs, key) || get(runs, key) != value)) changes[key] = value;
  }
  for (const auto& [key, value] : runs) {
    if (!has(staged, key)) changes[key] = "deleted";
  }
  return changes;
}

JsonObject pending_row(const Kind& kind, const std::string& id, const Config* runs, const Config* staged) {
  Config shown;
  if (runs != nullptr) {
    shown = *runs;
  } else {
    for (const auto& [key, value] : *staged) {
      if (holds_word(kind.fixed, key)) shown[key] = value;
    }
  }
  auto row = row_of(kind, id, shown);
  row["digest"] = nullptr;
  if (staged == nullptr) {
    row["state"] = "deleted";
    row["pending"] = JsonObject();
    return row;
  }
  const auto changes = waiting(kind, runs == nullptr ? Config() : *runs, *staged);
  if (runs != nullptr && changes.empty()) return row;
  row["state"] = runs == nullptr ? "new" : "changed";
  row["pending"] = section_with_lists(changes, kind.numbers, kind.lists);
  return row;
}

}  // namespace

JsonObject row_of(const Kind& kind, const std::string& id, const Config& object) {
  auto row = section_with_lists(object, kind.numbers, kind.lists);
  row[kind.key] = id;
  if (kind.derive != nullptr) kind.derive(id, object, row);
  return row;
}

std::optional<JsonObject> find(const Kind& kind, Call& call, const std::string& id) {
  const auto& sdn = call.state.sdn;
  const auto* const staged = found(sdn.staged.*kind.objects, id);
  const auto* const runs = found(sdn.running.*kind.objects, id);
  if (call.parameters.flag("pending")) {
    if (staged == nullptr && runs == nullptr) return std::nullopt;
    return pending_row(kind, id, runs, staged);
  }
  const bool running = call.parameters.flag("running");
  const auto* const wanted = running ? runs : staged;
  if (wanted == nullptr) return std::nullopt;
  auto row = row_of(kind, id, *wanted);
  row["digest"] = nullptr;
  if (!running) row["digest"] = file_digest(sdn.staged.*kind.objects);
  return row;
}

Answer list(const Kind& kind, Call& call) {
  // Both versions, so that those that will be removed are among them.
  auto all = call.state.sdn.staged.*kind.objects;
  all.insert((call.state.sdn.running.*kind.objects).begin(), (call.state.sdn.running.*kind.objects).end());
  const auto type = call.parameters.text("type");
  base::JsonArray rows;
  for (const auto& [id, object] : all) {
    if (!kind.sees(call, id, object) || (!type.empty() && get(object, "type") != type)) continue;
    if (auto row = find(kind, call, id)) rows.emplace_back(std::move(*row));
  }
  return Answer::of(std::move(rows));
}

std::optional<Answer> locked(const Call& call, std::string_view prefix) {
  const auto& lock = call.state.sdn.lock;
  if (lock.empty() || call.parameters.text("lock-token") == lock) return std::nullopt;
  return Answer::fail(std::string(prefix) +
                      "invalid lock token provided! at /usr/share/perl5/PVE/Network/SDN.pm line 291.");
}

bool sees_zone(const Call& call, const std::string& path) {
  return may_any(call, "/sdn/zones/" + path, {"SDN.Audit", "SDN.Use", "SDN.Allocate"});
}

Answer wrong(std::string_view parameter, std::string_view text) {
  return Answer::fail(fmt::format("400 Parameter verification failed.\n{}: {}", parameter, text));
}

std::optional<Answer> checked(Call& call, Step step, std::string_view key, std::string_view options,
                              std::string_view failed) {
  if (step == Step::Create) {
    Config section;
    if (auto no = apply_options(call, key, options, "lock-token vnet", section, step)) return no;
  }
  return locked(call, failed);
}

std::optional<Answer> refuse_vnet(const Call& call, std::string_view privileges) {
  const auto id = call.parameters.text("vnet");
  const auto& vnets = call.state.sdn.staged.vnets;
  const auto found = vnets.find(id);
  if (found == vnets.end()) return Answer::fail(fmt::format("sdn vnet '{}' does not exist", id));
  const auto path = fmt::format("/sdn/zones/{}/{}", get(found->second, "zone"), id);
  const bool allowed =
      may(call, path, "SDN.Allocate") || (privileges != "SDN.Allocate" && may(call, path, "SDN.Audit"));
  if (allowed) return std::nullopt;
  return Answer::denied(path, privileges);
}

}  // namespace simulator::sdn
