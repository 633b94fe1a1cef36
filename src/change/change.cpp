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

Description describe_config(const Change& change) {
  const auto before = config(change.before);
  const auto after = config(change.after);
  if (!before.known || !after.known) return {};
  return describe({change.endpoint, change.arguments, before, after, change.sizes});
}

/// Returns the location of a storage's data if its definition has it.
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

Description describe_storage(const Change& change) {
  auto description = describe_settings(change);
  const auto* before = change.before.if_object();
  if (change.endpoint.method != base::Method::Delete || before == nullptr) return description;
  const auto where = place(*before);
  description.changes.push_back(fmt::format("only its definition ({}) removed, its data{} kept",
                                            base::text(*before, "type", 20),
                                            where.empty() ? "" : " in " + where));
  for (const auto& loss : facts::irreversible(change.endpoint, change.arguments, before)) {
    if (loss.certain) description.cautions.push_back(fmt::format("Destroyed: {}.", loss.what));
  }
  return description;
}

}  // namespace

bool can_describe(base::Method method, const tool::About& about) {
  if (about.state.empty() || method == base::Method::Get) return false;
  if (about.action == tool::Action::Configure) return true;
  using enum tool::Subject;
  switch (about.subject) {
    case BackupJob:
    case FirewallRule:
      return true;
    case Storage:
    case User:
      return method != base::Method::Post;
    case Acl:
    case Cluster:
    case Firewall:
    case Ha:
    case Network:
    case Pool:
      return method == base::Method::Put;
    default:
      return false;
  }
}

Description describe(const Change& change) {
  if (change.about.action == tool::Action::Configure) return describe_config(change);
  switch (change.about.subject) {
    case tool::Subject::Acl:
      return describe_acl(change);
    case tool::Subject::User:
      return describe_user(change);
    case tool::Subject::Pool:
      return describe_pool(change);
    case tool::Subject::BackupJob:
      return describe_backup_job(change);
    case tool::Subject::Storage:
      return describe_storage(change);
    case tool::Subject::FirewallRule:
      return describe_rule(change);
    default:
      return describe_settings(change);
  }
}

base::Json expected(const facts::Endpoint& endpoint, const tool::About& about,
                    const base::JsonObject& arguments, const base::Json& before) {
  if (about.action == tool::Action::Configure) {
    const auto present = config(before);
    return present.known ? base::Json(expected(arguments, present).now) : base::Json();
  }
  if (about.subject == tool::Subject::Acl) return expected_acl(arguments, before);
  if (endpoint.method == base::Method::Put) return expected_settings(about, arguments, before);
  return {};
}

}  // namespace change
