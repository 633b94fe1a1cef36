#include "change/change.h"

#include <fmt/format.h>

#include "base/json_read.h"
#include "change/access.h"
#include "change/backup_job.h"
#include "change/firewall.h"
#include "change/guest_config.h"
#include "change/pool.h"
#include "change/settings.h"
#include "change/value.h"
#include "facts/irreversible.h"

namespace change {
namespace {

bool is_config(const tool::About& about) {
  return about.guest != tool::GuestKind::None && about.action == "/config";
}

Told tell_config(const Change& change) {
  const auto before = config(change.before);
  const auto after = config(change.after);
  if (!before.known || !after.known) return {};
  return tell({change.endpoint, change.arguments, before, after, change.sizes});
}

/// Where the data of a storage are, as far as its definition tells.
std::string place(const base::JsonObject& storage) {
  const auto server = base::text(storage, "server", 60);
  for (const std::string_view key : {"export", "share", "datastore"}) {
    const auto value = base::text(storage, key, 60);
    if (!value.empty()) return (server.empty() ? "" : server + ":") + value;
  }
  for (const std::string_view key : {"path", "thinpool", "vgname", "pool"}) {
    if (auto value = base::text(storage, key, 60); !value.empty()) return value;
  }
  return {};
}

Told tell_storage(const Change& change) {
  auto told = tell_settings(change);
  const auto* before = change.before.if_object();
  if (change.endpoint.method != base::Method::Delete || before == nullptr) return told;
  const auto where = place(*before);
  told.changes.push_back(fmt::format("only its definition ({}) is gone, its data{} stay",
                                     base::text(*before, "type", 20), where.empty() ? "" : " in " + where));
  for (const auto& loss : facts::irreversible(change.endpoint, change.arguments, before)) {
    if (loss.certain) told.cautions.push_back(fmt::format("Destroyed: {}.", loss.what));
  }
  return told;
}

}  // namespace

bool tells(base::Method method, const tool::About& about) {
  if (about.state.empty() || method == base::Method::Get) return false;
  if (is_config(about)) return true;
  using enum tool::Subject;
  switch (about.subject) {
    case BackupJob:
      return true;
    case Firewall:
      return method == base::Method::Put || state_path(about).ends_with("/rules");
    case Storage:
    case User:
      return method != base::Method::Post;
    case Acl:
    case Cluster:
    case Ha:
    case Network:
    case Pool:
      return method == base::Method::Put;
    default:
      return false;
  }
}

std::string state_path(const tool::About& about) {
  constexpr std::string_view kConfig = "/config";
  constexpr std::string_view kPosition = "/{pos}";
  std::string path(about.state);
  if (is_config(about) && path.ends_with(kConfig))
    path.replace(path.size() - kConfig.size(), path.npos, "/pending");
  if (about.subject == tool::Subject::Firewall && path.ends_with(kPosition))
    path.resize(path.size() - kPosition.size());
  return path;
}

Told tell(const Change& change) {
  if (is_config(change.about)) return tell_config(change);
  switch (change.about.subject) {
    case tool::Subject::Acl:
      return tell_acl(change);
    case tool::Subject::User:
      return tell_user(change);
    case tool::Subject::Pool:
      return tell_pool(change);
    case tool::Subject::BackupJob:
      return tell_backup_job(change);
    case tool::Subject::Storage:
      return tell_storage(change);
    case tool::Subject::Firewall:
      return change.before.is_array() ? tell_rule(change) : tell_settings(change);
    default:
      return tell_settings(change);
  }
}

base::Json expected(const facts::Endpoint& endpoint, const tool::About& about,
                    const base::JsonObject& arguments, const base::Json& before) {
  if (is_config(about)) {
    const auto present = config(before);
    return present.known ? base::Json(expected(arguments, present).now) : base::Json();
  }
  if (about.subject == tool::Subject::Acl) return expected_acl(arguments, before);
  if (endpoint.method == base::Method::Put) return expected_settings(about, arguments, before);
  return {};
}

}  // namespace change
