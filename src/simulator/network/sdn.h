// What the files of SDN share: its objects have a staged and a running version, and a lock.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "simulator/core/store.h"

namespace simulator::sdn {

/// One kind of object.
struct Kind {
  std::string_view key;
  Named<Config> SdnConfig::* objects;
  /// Blank-separated options that are numbers, those that are lists, and those that are not options and so
  /// never wait.
  std::string_view numbers;
  std::string_view lists;
  std::string_view fixed;
  bool (*sees)(const Call&, const std::string& id, const Config&);
  /// Adds the members that PVE derives, and turns options into PVE's form; nullptr: none.
  void (*derive)(const std::string& id, const Config&, base::JsonObject& row);
};

/// The object as a list shows it, without digest.
base::JsonObject row_of(const Kind& kind, const std::string& id, const Config& object);
/// All objects, as `pending` or `running` of the call ask for them.
Answer list(const Kind& kind, Call& call);
/// The object as `pending` or `running` of the call ask for it; nullopt if there is none.
std::optional<base::JsonObject> find(const Kind& kind, Call& call, const std::string& id);

/// PVE's 500 if SDN is locked and the call does not give the token; `prefix` comes before its text.
std::optional<Answer> locked(const Call& call, std::string_view prefix = {});

/// Whether the caller may see the zone "ZONE", or the vnet "ZONE/VNET".
bool sees_zone(const Call& call, const std::string& path);

/// PVE's refusal of a parameter inside another error.
Answer wrong(std::string_view parameter, std::string_view text);

/// What PVE does before it looks an object up: a new one must have the options of its type (without a
/// prefix), and only then does the lock count.
std::optional<Answer> checked(Call& call, Step step, std::string_view key, std::string_view options,
                              std::string_view failed);

/// The refusal if the staged vnet of the call does not exist, or if the caller has none of the privileges,
/// "SDN.Allocate" or "SDN.Audit|SDN.Allocate".
std::optional<Answer> refuse_vnet(const Call& call, std::string_view privileges);

}  // namespace simulator::sdn
