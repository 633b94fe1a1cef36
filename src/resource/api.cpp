#include "resource/api.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "pve/path.h"
#include "resource/show.h"

namespace resource {
namespace {

using base::Method;

constexpr std::array kMethods = {Method::Get, Method::Post, Method::Put, Method::Delete};

void add_lifetime(const facts::Lifetime& lifetime, base::JsonObject& out) {
  if (lifetime.since) out["since"] = facts::to_text(*lifetime.since);
  if (lifetime.until) out["until"] = facts::to_text(*lifetime.until);
}

base::JsonObject parameter(const facts::Parameter& fact) {
  base::JsonObject out{{"name", std::string(fact.name) + (fact.indexed ? "[n]" : "")}};
  for (const auto& member : facts::json_schema(fact)) out[member.key()] = member.value();
  if (fact.required) out["required"] = true;
  if (!fact.default_value.empty()) out["default"] = fact.default_value;
  if (!fact.format.empty()) out["format"] = fact.format;
  if (!fact.pattern.empty()) out["pattern"] = fact.pattern;
  if (!fact.needs.empty()) out["only_with"] = fact.needs;
  if ((fact.marks & facts::kSecret) != 0) out["secret"] = true;
  if ((fact.marks & facts::kRootOnly) != 0) out["root_only"] = true;
  add_lifetime(fact.lifetime, out);
  return out;
}

/// What PVE's schema calls {"user":"all"} leaves the check to the method's code.
base::Json permissions(const facts::Endpoint& endpoint) {
  auto stated = base::parse_json(endpoint.permissions);
  if (!stated) return "only root@pam";
  static const base::Json all = base::JsonObject{{"user", "all"}};
  if (*stated != all) return *std::move(stated);
  return "Any user may call it; PVE checks further privileges in its code, and its schema does not name "
         "them.";
}

base::JsonObject method(engine::Toolbox& toolbox, const facts::Endpoint& endpoint, facts::Version version,
                        const guard::MayUse& may) {
  base::JsonObject out{{"method", base::name(endpoint.method)}};
  add_lifetime(endpoint.lifetime, out);
  if (const auto name = may.tool({endpoint.method, endpoint.path}); !name.empty()) {
    out["tool"] = name;
    out["description"] = toolbox.row(name)->tool().description;
  }
  out["permissions"] = permissions(endpoint);
  if (!endpoint.allow_token) out["api_tokens"] = false;
  if (endpoint.additional) out["takes_others"] = true;
  base::JsonArray parameters;
  for (const auto* list : {&endpoint.parameters, &endpoint.former}) {
    for (const auto& fact : *list) {
      if (fact.lifetime.covers(version)) parameters.push_back(parameter(fact));
    }
  }
  out["parameters"] = std::move(parameters);
  return out;
}

std::string line(const ApiPath& path) {
  auto text = path.methods + " " + path.path;
  if (path.lifetime.since) text += " since " + facts::to_text(*path.lifetime.since);
  if (path.lifetime.until) text += " until " + facts::to_text(*path.lifetime.until);
  return text;
}

/// Bytes of the parameters alone decide whether all fits: names and types always do.
void shorten(base::JsonArray& methods) {
  for (auto& item : methods) {
    base::JsonArray names;
    for (const auto& fact : item.at("parameters").get_array()) {
      const auto& object = fact.get_object();
      names.emplace_back(fmt::format("{}: {}{}", std::string_view(object.at("name").get_string()),
                                     std::string_view(object.at("type").get_string()),
                                     object.contains("required") ? ", required" : ""));
    }
    item.get_object()["parameters"] = std::move(names);
  }
}

/// The template that a path means; "" where PVE has none.
std::string template_of(const facts::Facts& facts, const std::string& path, facts::Version version) {
  for (const auto method : kMethods) {
    if (facts.find(method, path, version) != nullptr) return path;
  }
  for (const auto method : kMethods) {
    if (const auto route = facts.route(method, path, version)) return std::string(route->endpoint->path);
  }
  return {};
}

using Segments = std::vector<std::string_view>;

/// Those that have such a segment there; only where none has, those with a placeholder.
std::vector<Segments> narrowed(std::vector<Segments> paths, std::size_t at, std::string_view typed,
                               bool is_whole) {
  const auto literal = [&](const Segments& path) {
    return at < path.size() && (is_whole ? path[at] == typed : path[at].starts_with(typed));
  };
  const bool any = std::ranges::any_of(paths, literal);
  if (!any && pve::segment_misfit(typed)) return {};
  std::erase_if(paths, [&](const Segments& path) {
    return any ? !literal(path) : at >= path.size() || !path[at].starts_with('{');
  });
  if (any) return paths;
  for (auto& path : paths) path[at] = typed;
  return paths;
}

}  // namespace

facts::Version api_version(engine::Cluster& cluster, const std::stop_token& stop) {
  const auto said = cluster.version.get(stop);
  const auto connected = said ? facts::parse_version(*said) : std::nullopt;
  const auto newest = cluster.facts.version();
  return connected && *connected < newest ? *connected : newest;
}

std::vector<std::string> paths_from(const std::vector<ApiPath>& paths, std::string_view typed) {
  std::vector<Segments> found;
  for (const auto& path : paths) found.push_back(base::split(std::string_view(path.path).substr(1), '/'));
  const auto given = base::split(typed, '/');
  for (std::size_t i = 0; i < given.size(); ++i)
    found = narrowed(std::move(found), i, given[i], i + 1 < given.size());
  std::vector<std::string> whole;
  for (const auto& path : found) whole.push_back(base::join(path, "/"));
  std::ranges::sort(whole);
  return whole;
}

std::vector<ApiPath> api_paths(const facts::Facts& facts, facts::Version version) {
  std::vector<ApiPath> paths;
  for (const auto& listed : facts.list()) {
    if (!listed.lifetime.covers(version)) continue;
    if (paths.empty() || paths.back().path != listed.path)
      paths.push_back({std::string(listed.path), {}, listed.lifetime});
    auto& path = paths.back();
    path.methods += (path.methods.empty() ? "" : " ") + std::string(base::name(listed.method));
    // The path is as old as its oldest method and goes with its last.
    if (!listed.lifetime.since || (path.lifetime.since && *listed.lifetime.since < *path.lifetime.since))
      path.lifetime.since = listed.lifetime.since;
    if (!listed.lifetime.until || (path.lifetime.until && *listed.lifetime.until > *path.lifetime.until))
      path.lifetime.until = listed.lifetime.until;
  }
  return paths;
}

std::string api_index(engine::Toolbox& toolbox, facts::Version version, std::size_t budget) {
  base::JsonArray lines;
  for (const auto& path : api_paths(toolbox.cluster().facts, version)) lines.emplace_back(line(path));
  base::JsonObject index{{"version", facts::to_text(version)}, {"endpoints", std::move(lines)}};
  auto text = base::write_json(base::Json(index));
  if (text.size() <= budget) return text;
  // Too long by far when PVE_MAX_RESULT is small: the first level leads on.
  std::vector<std::string> tops;
  for (const auto& path : api_paths(toolbox.cluster().facts, version)) {
    auto top = path.path.substr(0, path.path.find('/', 1));
    if (tops.empty() || tops.back() != top) tops.push_back(std::move(top));
  }
  base::JsonArray below(tops.begin(), tops.end());
  index["endpoints"] = std::move(below);
  index["note"] = "The list is cut at PVE_MAX_RESULT; read pve://api/{+path} for the endpoints below a path.";
  return base::write_json(base::Json(std::move(index)));
}

std::optional<std::string> api_endpoint(engine::Toolbox& toolbox, std::string_view path,
                                        facts::Version version, std::size_t budget,
                                        const guard::MayUse& may) {
  const auto& facts = toolbox.cluster().facts;
  const auto wanted = "/" + std::string(path);
  auto name = template_of(facts, wanted, version);
  if (name.empty()) name = wanted;
  base::JsonArray methods;
  for (const auto each : kMethods) {
    if (const auto* endpoint = facts.find(each, name, version))
      methods.push_back(method(toolbox, *endpoint, version, may));
  }
  base::JsonArray below;
  for (const auto& other : api_paths(facts, version)) {
    if (other.path.starts_with(name + "/")) below.emplace_back(line(other));
  }
  if (methods.empty() && below.empty()) return std::nullopt;
  base::JsonObject out{{"path", name}, {"version", facts::to_text(version)}, {"methods", methods}};
  if (base::write_json(base::Json(out)).size() + 500 > budget) {
    shorten(methods);
    out["methods"] = std::move(methods);
    out["note"] =
        "Only the names and types of the parameters are shown; the rest does not fit into PVE_MAX_RESULT.";
  }
  if (!below.empty()) {
    const auto size = base::write_json(base::Json(out)).size();
    const auto all = below.size();
    std::size_t bytes = size + 100;
    std::size_t kept = 0;
    while (kept < all && (bytes += below[kept].get_string().size() + 3) <= budget) ++kept;
    below.resize(kept);
    out["below"] = std::move(below);
    if (kept < all) out["below_left_out"] = all - kept;
  }
  return base::write_json(base::Json(std::move(out)));
}

}  // namespace resource
