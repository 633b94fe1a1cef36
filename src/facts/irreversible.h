// The calls that cannot be undone: what they destroy for good, and by which parameter and value. Rows
// (risks.cpp, harmless.cpp) judge every endpoint of the facts that changes something. Sources: PVE's API
// modules, and what a PVE 9.2 did (detaching a disk keeps it as unusedN, `force` frees it at once).
//
// Lost is the content of guests, disks, volumes, backups and snapshots, and a key or secret of which PVE has
// the only copy. Not lost is what can be made anew from what PVE shows (an ACL entry, a pool, a firewall
// rule, a setting), a secret that somebody can enter again, and the memory of a guest that is stopped.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/method.h"
#include "facts/facts.h"

namespace facts {

/// The methods that a row is about; a set.
using Methods = std::uint8_t;
inline constexpr Methods kPost = 1;
inline constexpr Methods kPut = 2;
inline constexpr Methods kDelete = 4;

constexpr bool covers(Methods methods, base::Method method) {
  return (method == base::Method::Post && (methods & kPost) != 0) ||
         (method == base::Method::Put && (methods & kPut) != 0) ||
         (method == base::Method::Delete && (methods & kDelete) != 0);
}

/// When a call destroys something. "Given" is a flag that is true, or another parameter with a value; a flag
/// that is left out has the schema's default.
enum class When : std::uint8_t {
  Always,             ///< the call itself does
  Perhaps,            ///< it depends on what a command does, or on what is there; no argument tells
  Given,              ///< `parameter` is given
  Missing,            ///< the flag `parameter` is not given
  Equals,             ///< `parameter` is `value`
  Positive,           ///< the number `parameter` is above 0
  Lists,              ///< the keys in `parameter` name `value`
  ListsUnused,        ///< … name an unusedN
  ListsDisk,          ///< … name a disk
  ListsCloudInit,     ///< … name a drive that is a cloud-init drive now
  ReplacesCloudInit,  ///< a drive is set that is a cloud-init drive now
  Replaces,           ///< `parameter` is given, and has a value now
  Holds,              ///< the object has the setting `value` now
  Prunes,             ///< the retention in `parameter`, or the one that is set now, does not keep everything
  Vanished,           ///< `parameter`, or the default that is set now, says what a realm's sync removes
};

/// What a row needs beside its condition.
struct Beside {
  std::string_view with = {};        ///< only if this is given too
  std::string_view without = {};     ///< only if this is not given
  std::string_view value = {};       ///< what the condition compares with
  std::string_view decided_by = {};  ///< the GET that shows what is set now, where the condition asks for it
};

struct Risk {
  Methods methods;
  std::string_view path;  ///< template
  When when;
  std::string_view parameter;  ///< empty: the call itself
  std::string_view what;       ///< what is lost: "the VM with its disks and snapshots"
  Beside beside = {};
};

struct Harmless {
  Methods methods;
  std::string_view path;  ///< template; with a "*" at its end, of a family: all that begin so, no DELETE
  std::string_view why;

  constexpr bool is_family() const { return path.ends_with('*'); }
  constexpr bool holds(std::string_view endpoint) const {
    return is_family() ? endpoint.starts_with(path.substr(0, path.size() - 1)) : endpoint == path;
  }
};

/// Something that a call destroys.
struct Loss {
  std::string parameter;  ///< as it travels; empty: the call itself
  std::string value;      ///< the part of the value that does it: "unused0" of "onboot,unused0"; printable
  std::string_view what;
  bool certain = true;          ///< false: only perhaps
  std::string_view decided_by;  ///< of an uncertain one: the GET whose answer, as `present`, tells; or empty
};

/// The rows, by path.
std::span<const Risk> risks();
std::span<const Harmless> harmless();

/// The rows of one endpoint; several when it has several ways to destroy.
std::vector<Risk> risks(base::Method method, std::string_view path);
/// Why the endpoint destroys nothing; empty when it is not listed as harmless.
std::string_view harmless(base::Method method, std::string_view path);
/// The condition in words: "`force` with `archive`".
std::string condition(const Risk& risk);

/// What this call destroys; empty: nothing. `arguments` are the parameters as they travel: text, numbers,
/// true or false (also as 1 or "1"), lists as text or arrays. `present` is what is set now: the data of the
/// GET that the uncertain losses of the call without it name. An endpoint without a row may destroy anything.
std::vector<Loss> irreversible(const Endpoint& endpoint, const base::JsonObject& arguments,
                               const base::JsonObject* present = nullptr);

}  // namespace facts
