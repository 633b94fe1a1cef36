// What may arrive at PVE under a scope and a protection, judged from requests and from the world's file
// alone: without a line of the engine or the guard.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/method.h"
#include "net/http.h"

namespace sessions {

/// A guest of the world's file.
struct WorldGuest {
  std::string node{}, pool{}, storage{};
  std::set<std::string> tags{};
};

/// What arrived at PVE, as far as it matters here.
struct Arrived {
  base::Method method;
  std::string path;  ///< decoded, without /api2/json
  std::map<std::string, std::string> parameters;
  std::set<std::int64_t> numbers;  ///< of guests, wherever they stand
};

struct ScopeOfTest {
  std::string terms;
  bool (*holds)(std::int64_t vmid, const WorldGuest& guest);
  std::set<std::string> kinds{};
};

struct ProtectionOfTest {
  std::string terms;
  bool (*holds)(std::int64_t vmid, const WorldGuest& guest);
  std::string storage{}, user{};
};

/// The first one is none.
const std::vector<ScopeOfTest>& scopes();
const std::vector<ProtectionOfTest>& protections();

Arrived arrived(const net::Request& request);

/// Why the change must not have arrived; "": it may.
std::string breach(const Arrived& request, const ScopeOfTest& scope, const ProtectionOfTest& protection);

}  // namespace sessions
