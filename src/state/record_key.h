// The key of what the database holds: audit records are authenticated with it, plans hashed.
#pragma once

#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "state/folder.h"

namespace state {

/// Derives keys from PVE_STATE_KEY, or else from the file audit.key of the folder, which other users cannot
/// read. Never the key of seals, nor one from which that could be computed. Safe from many threads.
class RecordKey {
 public:
  /// `state_key` is PVE_STATE_KEY, or empty.
  RecordKey(std::string state_key, std::function<std::optional<Folder>()> folder)
      : state_key_(std::move(state_key)), folder_(std::move(folder)) {}

  /// Another key for each label. With `make`, makes a missing file; root gives it to the owner of the folder.
  /// The error is a clause with a full stop and a remedy.
  std::expected<base::Digest, std::string> derive(std::string_view label, bool make) const;

 private:
  const std::string state_key_;
  const std::function<std::optional<Folder>()> folder_;
};

}  // namespace state
