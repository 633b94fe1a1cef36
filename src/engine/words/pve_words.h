// Recognizes PVE's fixed sentences, and tells them from values of the call that PVE repeats.
#pragma once

#include <optional>
#include <string_view>

#include "base/json.h"

namespace engine {

/// A sentence of PVE about a name. The name stands between `before` and `after`.
struct Sentence {
  std::string_view before;  ///< ends in the quote that opens the name
  std::string_view after;   ///< begins with the quote that closes it
  bool goes_on = false;     ///< true: any text may follow; false: the sentence ends there
};

/// The name, if the whole `text` is that sentence, perhaps after a preface of PVE such as "delete storage
/// failed: ". A name is one line without quotes, at most 200 bytes.
std::optional<std::string_view> name_in(std::string_view text, const Sentence& sentence);

struct Lock {
  std::string_view kind;  ///< PVE's name for the lock
  bool container = false;
};

/// Reads "VM is locked (backup)".
std::optional<Lock> lock_in(std::string_view text);

struct Denial {
  std::string_view path;
  std::string_view privilege;  ///< the first one, if one of several is enough
  bool one_of_several = false;
};

/// Reads "Permission check failed (/vms/100, VM.PowerMgmt|VM.Audit)". Returns only a path and a privilege
/// that are safe in a command line.
std::optional<Denial> denial_in(std::string_view text);

/// True if a text in the values, at any depth, contains `words`. PVE may then only repeat the call.
bool repeats(const base::Json& values, std::string_view words);

}  // namespace engine
