#include "simulator/shape.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>

#include "base/text.h"

namespace simulator {
namespace {

std::string_view kind_of(const base::Json& value) {
  switch (value.kind()) {
    case boost::json::kind::null:
      return "null";
    case boost::json::kind::bool_:
      return "boolean";
    case boost::json::kind::string:
      return "string";
    case boost::json::kind::array:
      return "array";
    case boost::json::kind::object:
      return "object";
    default:
      return "number";
  }
}

/// One member: the number of objects that have it, and its types.
struct Member {
  std::size_t seen = 0;
  std::set<std::string, std::less<>> kinds;
};

struct Place {
  std::size_t objects = 0;
  std::map<std::string, Member, std::less<>> members;
};

using Shape = std::map<std::string, Place, std::less<>>;

void collect(const base::Json& value, const std::string& at, std::string_view row_kind, Shape& shape) {
  if (value.is_array()) {
    for (const auto& item : value.get_array()) {
      auto place = at + "[]";
      if (!row_kind.empty() && item.is_object() && item.get_object().contains(row_kind)) {
        const auto& kind = item.get_object().at(row_kind);
        if (kind.is_string()) place += "(" + std::string(kind.get_string()) + ")";
      }
      collect(item, place, {}, shape);
    }
    return;
  }
  if (!value.is_object()) return;
  ++shape[at].objects;
  for (const auto& [key, member] : value.get_object()) {
    auto& seen = shape[at].members[std::string(key)];
    ++seen.seen;
    seen.kinds.emplace(kind_of(member));
    collect(member, at.empty() ? std::string(key) : at + "." + std::string(key), {}, shape);
  }
}

bool listed(const std::vector<std::string>& list, std::string_view place) {
  return std::ranges::find(list, place) != list.end();
}

bool matches(std::string_view pattern, std::string_view path) {
  const auto wanted = base::split(pattern, '/');
  const auto parts = base::split(path.substr(0, path.find('?')), '/');
  if (wanted.size() != parts.size()) return false;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] != "*" && wanted[i] != parts[i]) return false;
  }
  return true;
}

std::string text_at(const base::JsonObject& object, std::string_view key) {
  const auto* const found = object.if_contains(key);
  return found == nullptr || !found->is_string() ? std::string() : std::string(found->get_string());
}

void compare(const std::string& at, const Place& ours, const Place& theirs, const Allowed& allowed) {
  const auto place_of = [&](const std::string& name) { return at.empty() ? name : at + "." + name; };
  for (const auto& [name, member] : theirs.members) {
    if (member.seen != theirs.objects || listed(allowed.missing, place_of(name))) continue;
    const auto found = ours.members.find(name);
    if (found == ours.members.end() || found->second.seen != ours.objects) {
      ADD_FAILURE() << place_of(name) << " is missing; PVE always has it";
    }
  }
  for (const auto& [name, member] : ours.members) {
    const auto place = place_of(name);
    const auto found = theirs.members.find(name);
    if (found == theirs.members.end()) {
      if (!listed(allowed.extra, place)) ADD_FAILURE() << place << " is not in any recorded answer";
      continue;
    }
    for (const auto& kind : member.kinds) {
      if (!found->second.kinds.contains(kind) && !listed(allowed.type, place)) {
        ADD_FAILURE() << place << " is a " << kind << "; PVE gives a " << *found->second.kinds.begin();
      }
    }
  }
}

}  // namespace

std::vector<Recorded> recorded(std::string_view file, std::string_view method, std::string_view path) {
  std::vector<Recorded> found;
  std::ifstream lines(std::string(TEST_SOURCE_DIR) + "/simulator/recorded/" + std::string(file));
  EXPECT_TRUE(lines) << "no file " << file;
  for (std::string line; std::getline(lines, line);) {
    const auto parsed = base::parse_json(line);
    if (!parsed || !parsed->is_object()) {
      ADD_FAILURE() << file << ": not JSON: " << line.substr(0, 80);
      continue;
    }
    const auto& object = parsed->get_object();
    if (text_at(object, "method") != method || !matches(path, text_at(object, "path"))) continue;
    Recorded call;
    call.label = text_at(object, "label");
    call.method = method;
    call.path = text_at(object, "path");
    if (const auto* params = object.if_contains("params")) call.params = *params;
    call.status = object.at("status").to_number<unsigned>();
    call.reason = text_at(object, "reason");
    call.body = object.at("body");
    found.push_back(std::move(call));
  }
  EXPECT_FALSE(found.empty()) << file << " has no " << method << " " << path;
  return found;
}

void expect_same_shape(const base::Json& simulated, const std::vector<Recorded>& answers,
                       const Allowed& allowed, std::string_view row_kind) {
  Shape ours;
  Shape theirs;
  collect(simulated, {}, row_kind, ours);
  std::set<std::string_view> kinds;
  for (const auto& answer : answers) {
    const auto* const body = answer.body.if_object();
    const auto* const data = body == nullptr ? nullptr : body->if_contains("data");
    if (answer.status != 200 || data == nullptr) continue;
    kinds.insert(kind_of(*data));
    collect(*data, {}, row_kind, theirs);
  }
  EXPECT_TRUE(kinds.contains(kind_of(simulated))) << "data is a " << kind_of(simulated);
  for (const auto& [at, place] : ours) {
    // An empty recorded list does not show which members its rows have.
    const auto found = theirs.find(at);
    if (found != theirs.end()) compare(at, place, found->second, allowed);
  }
  for (const auto& [at, place] : theirs) {
    EXPECT_TRUE(ours.contains(at) || listed(allowed.missing, at))
        << "the simulated answer has nothing at " << at;
  }
}

}  // namespace simulator
