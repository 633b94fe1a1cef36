// Tiers x categories x scopes x protections x tools over the simulator: what arrives at PVE is judged here
// from the rows' tiers and categories and from the world's file, without a line of the engine or the guard.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "base/json_read.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "sessions/examples.h"
#include "sessions/world.h"

namespace {

using base::Method;
using sessions::Example;
using testing::HasSubstr;

struct Guest {
  std::string node, pool;
  std::set<std::string> tags;
};

const std::map<std::int64_t, Guest>& guests() {
  static const auto all = [] {
    std::map<std::int64_t, Guest> read;
    const auto world =
        base::parse_json(sessions::read_file(PROJECT_SOURCE_DIR "/src/simulator/world/world.json")).value();
    for (const auto& row : base::objects(world, "guests")) {
      Guest guest{std::string(base::raw_text(row, "node")), std::string(base::raw_text(row, "pool")), {}};
      for (const auto tag : base::split(base::raw_text(row, "tags"), ';')) guest.tags.emplace(tag);
      read.emplace(base::number(row, "vmid").value(), std::move(guest));
    }
    return read;
  }();
  return all;
}

/// What arrived at PVE, as far as it matters here.
struct Arrived {
  Method method;
  std::string path;  ///< decoded, without /api2/json
  std::map<std::string, std::string> parameters;
  std::set<std::int64_t> numbers;  ///< of guests, wherever they stand
};

std::map<std::string, std::string> parameters_of(std::string_view form) {
  std::map<std::string, std::string> all;
  for (const auto pair : base::split(form, '&')) {
    const auto equals = std::min(pair.find('='), pair.size());
    const auto decode = [](std::string_view text) { return base::percent_decode(text, true); };
    if (!pair.empty()) {
      auto& value = all[decode(pair.substr(0, equals))];
      value += (value.empty() ? "" : ",") + decode(pair.substr(std::min(equals + 1, pair.size())));
    }
  }
  return all;
}

void add_numbers(const std::string& text, const std::regex& pattern, std::set<std::int64_t>& numbers) {
  for (auto at = std::sregex_iterator(text.begin(), text.end(), pattern); at != std::sregex_iterator(); ++at)
    numbers.insert(std::stoll((*at)[(*at).size() - 1].str()));
}

Arrived arrived(const net::Request& request) {
  static const std::regex in_path(R"(^/nodes/[^/]+/(qemu|lxc)/([0-9]+))");
  static const std::regex in_volume(R"((vm|base|subvol|basevol|vzdump-qemu|vzdump-lxc)-([0-9]+)-)");
  static const std::regex in_id(R"(\b(vm|ct):([0-9]+))");
  static const std::regex in_task(R"(/UPID:([^:]*:){5}([0-9]+):)");
  static const std::regex in_acl(R"(^/?vms/([0-9]+))");
  static const std::regex in_list(R"((^|[ ,;])([0-9]+))");
  static const std::set<std::string> lists = {"vmid", "newid", "vms", "target-vmid", "exclude"};
  const auto question = std::min(request.target.find('?'), request.target.size());
  Arrived seen{request.method,
               base::percent_decode(request.target.substr(0, question)),
               parameters_of(request.target.substr(std::min(question + 1, request.target.size()))),
               {}};
  seen.path = seen.path.substr(seen.path.find("/json") + 5);
  for (auto& [name, value] : parameters_of(request.body)) seen.parameters[name] = value;
  add_numbers(seen.path, in_path, seen.numbers);
  add_numbers(seen.path, in_volume, seen.numbers);
  add_numbers(seen.path, in_id, seen.numbers);
  add_numbers(seen.path, in_task, seen.numbers);
  for (const auto& [name, value] : seen.parameters) {
    if (name == "description" || name == "comment" || name == "notes-template") continue;
    add_numbers(value, in_volume, seen.numbers);
    add_numbers(value, in_id, seen.numbers);
    if (lists.contains(name)) add_numbers(value, in_list, seen.numbers);
    if (name == "path") add_numbers(value, in_acl, seen.numbers);
  }
  return seen;
}

struct Scope {
  std::string terms;
  bool (*holds)(std::int64_t vmid, const Guest& guest);
  std::set<std::string> kinds{};
};

const std::vector<Scope>& scopes() {
  static const std::set<std::string> every = {"node", "storage", "network", "firewall", "access",
                                              "pool", "cluster", "backup",  "ha"};
  static const std::vector<Scope> all = {
      {"", nullptr},
      {"vmid:100-109", [](std::int64_t vmid, const Guest&) { return vmid >= 100 && vmid <= 109; }},
      {"tag:lab," + fmt::format("allow:{}", fmt::join(every, ",allow:")),
       [](std::int64_t, const Guest& guest) { return guest.tags.contains("lab"); }, every},
      {"pool:production,node:pve3,!vmid:103,allow:storage,allow:firewall",
       [](std::int64_t vmid, const Guest& guest) {
         return vmid != 103 && (guest.pool == "production" || guest.node == "pve3");
       },
       {"storage", "firewall"}},
  };
  return all;
}

struct Protection {
  std::string terms;
  bool (*holds)(std::int64_t vmid, const Guest& guest);
  std::string storage{}, user{};
};

const std::vector<Protection>& protections() {
  static const std::vector<Protection> all = {
      {"", nullptr},
      {"vmid:100-105,storage:nas", [](std::int64_t vmid, const Guest&) { return vmid >= 100 && vmid <= 105; },
       "nas", ""},
      {"tag:lab,user:auditor@pve",
       [](std::int64_t, const Guest& guest) { return guest.tags.contains("lab"); }, "", "auditor@pve"},
  };
  return all;
}

/// The kind of the object of a change that names no guest; "": it must name one.
std::string kind_of(const std::string& path) {
  static const std::vector<std::pair<std::regex, std::string>> kinds = {
      {std::regex("^/nodes/[^/]+/(qemu|lxc)|^/nodes/[^/]+/(startall|stopall|suspendall|migrateall|vzdump)"
                  "|^/cluster/(bulk-action|replication)|prunebackups$|^/nodes/[^/]+/tasks"),
       ""},
      {std::regex("^/storage|^/nodes/[^/]+/storage"), "storage"},
      {std::regex("^/nodes/[^/]+/network|^/cluster/sdn"), "network"},
      {std::regex("^/(cluster|nodes/[^/]+)/firewall"), "firewall"},
      {std::regex("^/access"), "access"},
      {std::regex("^/pools"), "pool"},
      {std::regex("^/cluster/backup"), "backup"},
      {std::regex("^/cluster/ha"), "ha"},
      {std::regex("^/cluster"), "cluster"},
      {std::regex("^/nodes"), "node"},
  };
  for (const auto& [pattern, kind] : kinds) {
    if (std::regex_search(path, pattern)) return kind;
  }
  return "unknown";
}

bool is_of_guest(const std::string& path) {
  static const std::regex of_guest("^/nodes/[^/]+/(qemu|lxc)/[0-9]+");
  return std::regex_search(path, of_guest);
}

/// The guest that a creation or a clone makes, with what the request says of it.
std::optional<std::pair<std::int64_t, Guest>> made(const Arrived& request) {
  static const std::regex creates("^/nodes/([^/]+)/(qemu|lxc)(/([0-9]+)/clone)?$");
  std::smatch match;
  if (request.method != Method::Post || !std::regex_match(request.path, match, creates)) return std::nullopt;
  const auto value = [&](const char* name) {
    const auto found = request.parameters.find(name);
    return found == request.parameters.end() ? std::string() : found->second;
  };
  const bool clones = match[4].matched;
  Guest guest{clones && !value("target").empty() ? value("target") : match[1].str(), value("pool"), {}};
  const auto tags = value("tags");
  for (const auto tag : base::list_items(tags)) guest.tags.emplace(tag);
  if (clones) guest.tags = guests().at(std::stoll(match[4].str())).tags;
  return std::pair(std::stoll(value(clones ? "newid" : "vmid")), guest);
}

/// True if the request leaves the guest as it is: a clone of it, a backup while it runs, the end of a task.
bool only_reads(const Arrived& request) {
  return request.path.ends_with("/clone") || request.path.find("/tasks/") != std::string::npos ||
         (request.path.ends_with("/vzdump") &&
          (!request.parameters.contains("mode") || request.parameters.at("mode") == "snapshot"));
}

/// A guest that the example's steps have made: the request says where it is.
Guest unlisted(const Arrived& request) {
  static const std::regex on_node("^/nodes/([^/]+)/");
  std::smatch match;
  return {std::regex_search(request.path, match, on_node) ? match[1].str() : "", "", {}};
}

/// True if the guests of the object stand in the object, and not in the request.
bool hides_guests(const Arrived& request) {
  return request.path.starts_with("/cluster/backup/") || request.path.starts_with("/cluster/ha/rules/");
}

/// Why the change must not have arrived; "": it may.
std::string breach(const Arrived& request, const Scope& scope, const Protection& protection) {
  const auto created = made(request);
  for (const auto vmid : request.numbers) {
    const bool is_new = created && created->first == vmid;
    const auto known = guests().find(vmid);
    const auto guest = is_new ? created->second : known == guests().end() ? unlisted(request) : known->second;
    if (scope.holds != nullptr && !scope.holds(vmid, guest)) return fmt::format("{} is out of scope", vmid);
    if (protection.holds != nullptr && !is_new && !only_reads(request) && protection.holds(vmid, guest))
      return fmt::format("{} is protected", vmid);
  }
  if (!protection.storage.empty() &&
      std::regex_search(request.path, std::regex("/storage/" + protection.storage + "(/|$)")))
    return "the storage is protected";
  if (!protection.user.empty() && request.path.starts_with("/access/users/" + protection.user))
    return "the user is protected";
  if (scope.holds == nullptr || is_of_guest(request.path)) return "";
  const auto kind = kind_of(request.path);
  const bool of_guests = kind.empty() || (kind == "storage" && !request.numbers.empty());
  if (of_guests) return request.numbers.empty() ? "it names no guest" : "";
  return scope.kinds.contains(kind) ? "" : "the scope does not allow " + kind;
}

struct Totals {
  std::size_t calls = 0, arrived = 0, by_tier = 0, by_category = 0, by_scope = 0, by_protection = 0;
};

class PermissionMatrix : public testing::TestWithParam<std::string> {
 protected:
  struct Told {
    std::vector<Arrived> changes{}, reads{};
    std::string text{};
  };

  /// A fresh world, with the steps that the call needs.
  void begin(const Example& example) {
    world_.emplace();
    for (auto& step : example.before()) sessions::perform(*world_, step);
  }

  Told call(const Example& example) {
    world_->asked().clear_asked();
    Told told{.text = world_->call(example.tool->name, example.arguments()).text};
    for (const auto& each : world_->asked().requests()) {
      auto seen = arrived(each.request);
      (seen.method == Method::Get ? told.reads : told.changes).push_back(std::move(seen));
    }
    return told;
  }

  std::optional<sessions::World> world_;
};

constexpr std::array kTiers = {tool::Tier::ReadOnly, tool::Tier::ReadExecute, tool::Tier::Full};

TEST_P(PermissionMatrix, NothingOutsideArrives) {
  Totals totals;
  std::vector<std::string> others;
  for (const auto& category : catalog::categories()) {
    if (category.name != GetParam()) others.emplace_back(category.name);
  }
  for (const auto& example : sessions::examples()) {
    if (example.category != GetParam()) continue;
    const bool changes = example.tool->effect != tool::Effect::None;
    begin(example);
    const auto baseline = call(example).changes;
    EXPECT_EQ(baseline.empty(), !changes) << example.tool->name << " is the example of a change";
    begin(example);
    for (const auto tier : kTiers) {
      for (const bool has_category : {true, false}) {
        const auto limit = [&] {
          world_->tier(std::string(tool::name(tier)));
          world_->categories(has_category ? std::vector<std::string>{GetParam()} : others);
        };
        limit();
        for (const auto& scope : scopes()) {
          world_->scope(scope.terms);
          const bool offered = has_category && example.tool->tier <= tier;
          for (const auto& protection : protections()) {
            // A tool that is not offered asks nothing, so that a protection cannot matter.
            if (!offered && &protection != &protections().front()) continue;
            SCOPED_TRACE(fmt::format("{} as {}, {} the category, scope {}, protection {}", example.tool->name,
                                     tool::name(tier), has_category ? "with" : "without", scope.terms,
                                     protection.terms));
            world_->protect(protection.terms);
            const auto told = call(example);
            ++totals.calls;
            if (!offered) {
              ++(has_category ? totals.by_tier : totals.by_category);
              EXPECT_TRUE(told.changes.empty() && told.reads.empty())
                  << "a tool that is not offered asks PVE";
              continue;
            }
            for (const auto& change : told.changes)
              EXPECT_EQ(breach(change, scope, protection), "")
                  << base::name(change.method) << " " << change.path;
            for (const auto& read : told.reads) {
              if (scope.holds == nullptr || read.path.ends_with("/config")) continue;
              EXPECT_EQ(breach(read, {scope.terms, scope.holds, {}}, {}).find("out of scope"),
                        std::string::npos)
                  << "GET " << read.path;
            }
            if (!changes) continue;
            std::string why;
            for (const auto& change : baseline) {
              if (why.empty()) why = breach(change, scope, protection);
            }
            if (why.empty() && scope.holds != nullptr && std::ranges::any_of(baseline, hides_guests)) {
              ++totals.by_scope;
            } else if (why.empty()) {
              EXPECT_FALSE(told.changes.empty()) << "this change is allowed: " << told.text;
            } else {
              ++(why.find("protected") == std::string::npos ? totals.by_scope : totals.by_protection);
            }
            if (!told.changes.empty()) {
              ++totals.arrived;
              begin(example);
              limit();
              world_->scope(scope.terms);
            }
          }
        }
      }
    }
  }
  std::cout << fmt::format(
      "{}: {} calls; {} changes arrived; refused: {} by tier, {} by category, {} by scope, {} by "
      "protection\n",
      GetParam(), totals.calls, totals.arrived, totals.by_tier, totals.by_category, totals.by_scope,
      totals.by_protection);
}

std::vector<std::string> categories() {
  std::vector<std::string> names;
  for (const auto& category : catalog::categories()) names.emplace_back(category.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Of, PermissionMatrix, testing::ValuesIn(categories()), [](const auto& test) {
  auto name = test.param;
  std::ranges::replace(name, '-', '_');
  return name;
});

}  // namespace
