// Notifications: endpoints, matchers, and the list of targets. PVE's notification library is its own: it
// answers 404 and 400 where other endpoints answer 500.
#include <fmt/format.h>

#include "base/text.h"
#include "simulator/core/routes.h"
#include "simulator/core/section_lists.h"
#include "simulator/core/store_handlers.h"

namespace simulator {
namespace {

using base::JsonArray;
using base::JsonObject;

constexpr std::string_view kEndpoints = "/cluster/notifications/endpoints/";
constexpr std::string_view kLists =
    "mailto mailto-user header secret match-field match-severity match-calendar target";
constexpr std::string_view kNumbers = "disable port invert-match";

/// The type of the objects that the call's path names.
std::string_view type_of(const Call& call) {
  auto path = call.endpoint.path;
  if (!path.starts_with(kEndpoints)) return "matcher";
  path.remove_prefix(kEndpoints.size());
  return path.substr(0, path.find('/'));
}

Answer unknown(std::string_view type, std::string_view name) {
  return type == "matcher" ? Answer::fail(fmt::format("matcher '{}' not found", name), 404)
                           : Answer::fail(fmt::format("no such endpoint '{}'", name), 404);
}

/// Endpoints and matchers share their names, so an object of another type does not exist for this call.
std::expected<std::string, Answer> identify(Call& call) {
  auto name = call.parameters.text("name");
  const auto& objects = call.state.notifications;
  const auto found = objects.find(name);
  if (call.endpoint.method == base::Method::Post) {
    if (found == objects.end()) return name;
    return std::unexpected(Answer::fail(
        fmt::format("Cannot create '{}', an entity with the same name already exists", name), 400));
  }
  if (found != objects.end() && get(found->second, "type") == type_of(call)) return name;
  return std::unexpected(unknown(type_of(call), name));
}

bool is_type(const Call& call, const std::string&, const Config& object) {
  return get(object, "type") == type_of(call);
}

std::string digest(const Named<Config>& objects) { return sha256_of(file_digest(objects)); }

JsonObject row(const Call&, const std::string& name, const Config& object) {
  auto row = section_with_lists(object, kNumbers, kLists);
  row.erase("type");
  // PVE keeps secrets in a file of its own and never shows them.
  row.erase("token");
  row.erase("password");
  if (auto* const secrets = row.if_contains("secret")) {
    for (auto& secret : secrets->as_array()) {
      const std::string_view text = secret.as_string();
      secret = text.substr(0, text.find(",value="));
    }
  }
  const auto builtin = builtin_notifications().find(name);
  row["origin"] = builtin == builtin_notifications().end() ? "user-created"
                  : builtin->second == object              ? "builtin"
                                                           : "modified-builtin";
  return row;
}

std::optional<Answer> no_recipient(const Config& object) {
  const auto type = get(object, "type");
  if (type != "sendmail" && type != "smtp") return std::nullopt;
  if (has(object, "mailto") || has(object, "mailto-user")) return std::nullopt;
  return Answer::fail("must at least provide one recipient, either in mailto or in mailto-user", 400);
}

std::optional<Answer> unknown_target(const Call& call, const Config& object) {
  if (get(object, "type") != "matcher") return std::nullopt;
  for (const auto target : base::split(get(object, "target"), '\n')) {
    const auto found = call.state.notifications.find(target);
    if (target.empty() ||
        (found != call.state.notifications.end() && get(found->second, "type") != "matcher")) {
      continue;
    }
    return Answer::fail(fmt::format("endpoint '{}' does not exist", target), 404);
  }
  return std::nullopt;
}

std::optional<Answer> apply(Call& call, const std::string&, Config& object, Step step) {
  object["type"] = type_of(call);
  for (const auto& name : call.parameters.list("delete")) {
    if (call.endpoint.parameter(name) == nullptr || name == "name" || name == "digest" || name == "delete") {
      return Answer::fail(fmt::format("unknown variant `{}`", name));
    }
    object.erase(name);
  }
  set_with_lists(call, "name", object);
  if (step == Step::Create && type_of(call) == "matcher") object.emplace("mode", "all");
  if (auto no = no_recipient(object)) return no;
  return unknown_target(call, object);
}

std::optional<Answer> release(const Call& call, const std::string& name, const Config&) {
  std::string users;
  for (const auto& [other, object] : call.state.notifications) {
    for (const auto target : base::split(get(object, "target"), '\n')) {
      if (target == name) users += (users.empty() ? "" : ", ") + other;
    }
  }
  if (users.empty()) return std::nullopt;
  return Answer::fail(fmt::format("cannot delete '{}', referenced by: {}", name, users), 400);
}

/// A built-in object that is deleted comes back as PVE ships it.
void clear(Call& call, const std::string& name, Config&) {
  const auto builtin = builtin_notifications().find(name);
  if (builtin != builtin_notifications().end()) call.state.notifications.insert(*builtin);
}

constexpr Store<Config> kObjects{
    .key = "name",
    .objects = all_of<&State::notifications>,
    .missing = {"no such endpoint '{name}'"},
    .digest = digest,
    .digest_in = Shown::Everywhere,
    .identify = identify,
    .sees = is_type,
    .row = row,
    .apply = apply,
    .release = release,
    .clear = clear,
};

/// PVE's lists have no digest.
void without_digest(const Call&, const std::string&, const Config&, JsonObject& row) { row.erase("digest"); }

constexpr Store<Config> kListed = [] {
  auto store = kObjects;
  store.listed = without_digest;
  return store;
}();

Answer targets(Call& call) {
  JsonArray rows;
  for (const auto& [name, object] : call.state.notifications) {
    if (get(object, "type") == "matcher") continue;
    const auto shown = row(call, name, object);
    const auto member = [&](std::string_view key) {
      const auto* const found = shown.if_contains(key);
      return found == nullptr ? base::Json(nullptr) : *found;
    };
    rows.push_back(JsonObject{{"name", name},
                              {"type", get(object, "type")},
                              {"origin", member("origin")},
                              {"comment", member("comment")},
                              {"disable", member("disable")}});
  }
  return Answer::of(std::move(rows));
}

Answer test_target(Call& call) {
  const auto name = call.parameters.text("name");
  const auto found = call.state.notifications.find(name);
  if (found == call.state.notifications.end() || get(found->second, "type") == "matcher") {
    return Answer::fail(fmt::format("endpoint '{}' does not exist", name), 404);
  }
  return Answer::of();
}

Answer matcher_fields(Call&) {
  JsonArray rows;
  for (const std::string_view name : {"type", "hostname", "job-id"})
    rows.push_back(JsonObject{{"name", name}});
  return Answer::of(std::move(rows));
}

Answer matcher_field_values(Call& call) {
  JsonArray rows;
  const auto add = [&](std::string_view field, std::string_view value, std::string_view comment = {}) {
    JsonObject row{{"field", field}, {"value", value}};
    if (!comment.empty()) row["comment"] = comment;
    rows.push_back(std::move(row));
  };
  for (const std::string_view type : {"package-updates", "fencing", "replication", "vzdump", "system-mail"}) {
    add("type", type);
  }
  for (const auto& [id, job] : call.state.backup_jobs) add("job-id", id, get(job, "comment"));
  for (const auto& [name, node] : call.state.nodes) add("hostname", name);
  return Answer::of(std::move(rows));
}

using enum base::Method;
constexpr Route kObjectRoutes[] = {
    {Get, "", list_objects<kListed>},
    {Post, "", create_object<kObjects>},
    {Get, "/{name}", read_object<kObjects>},
    {Put, "/{name}", update_object<kObjects>},
    {Delete, "/{name}", delete_object<kObjects>},
};
constexpr std::string_view kPrefixes[] = {
    "/cluster/notifications/endpoints/gotify", "/cluster/notifications/endpoints/sendmail",
    "/cluster/notifications/endpoints/smtp", "/cluster/notifications/endpoints/webhook",
    "/cluster/notifications/matchers"};

constexpr Route kTargetRoutes[] = {
    {Get, "/cluster/notifications/targets", targets},
    {Post, "/cluster/notifications/targets/{name}/test", test_target},
    {Get, "/cluster/notifications/matcher-fields", matcher_fields},
    {Get, "/cluster/notifications/matcher-field-values", matcher_field_values},
};

}  // namespace

RouteTable notification_routes() { return {kObjectRoutes, kPrefixes}; }
std::span<const Route> notification_target_routes() { return kTargetRoutes; }

}  // namespace simulator
