// PVE's fixed sentences, told from what it repeats of a call's values.
#pragma once

#include <optional>
#include <string_view>

#include "base/json.h"

namespace engine {

/// One of PVE's sentences about a name, which stands between `before` and `after`.
struct Sentence {
  std::string_view before;  ///< ends in the quote that opens the name
  std::string_view after;   ///< begins with the quote that closes it
  bool goes_on = false;     ///< after it PVE may say anything; else that is the end
};

/// The name, when `text` as a whole is that sentence, perhaps behind PVE's "delete storage failed: " and
/// the like. A name is one line without quotes, at most 200 bytes.
std::optional<std::string_view> name_in(std::string_view text, const Sentence& sentence);

struct Lock {
  std::string_view kind;  ///< PVE's word for it
  bool container = false;
};

/// Of "VM is locked (backup)".
std::optional<Lock> lock_in(std::string_view text);

struct Denial {
  std::string_view path;
  std::string_view privilege;  ///< of several that would do the first
  bool one_of_several = false;
};

/// Of "Permission check failed (/vms/100, VM.PowerMgmt|VM.Audit)". Path and privilege are fit to stand in a
/// command line.
std::optional<Denial> denial_in(std::string_view text);

/// Whether a text among the values, at any depth, has `words` in it: PVE may then only repeat them.
bool repeats(const base::Json& values, std::string_view words);

}  // namespace engine
