// The switch that stops every change: a file in the state folder, which each server looks at before each
// change.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "state/folder.h"

namespace state {

/// Why changes are off. Its texts are one line each, and harmless to a terminal.
struct Freeze {
  std::string by;        ///< the user; empty: the file does not say
  std::int64_t at = 0;   ///< epoch seconds
  std::string reason{};  ///< as the user gave it; may be empty
  /// Not empty: something is there that cannot be read, and this is the reason. The rest is then empty.
  std::string unreadable{};
};

/// The file that freezes the servers of this folder while it exists.
std::filesystem::path freeze_file(const Folder& folder);

/// What freezes changes now; nothing if there is no such file. Anything that is there and cannot be read
/// counts: a folder in its place, a file of another user, text of another form.
std::optional<Freeze> frozen(const Folder& folder);

/// "changes are frozen since 2026-11-30 07:10:12 UTC by ann: REASON. Run `mcp-pve thaw` to allow them again."
std::string describe(const Freeze& freeze, const Folder& folder);

/// "since 2026-11-30 07:10:12 UTC by ann: REASON"
std::string since(const Freeze& freeze);

struct Frozen {
  Freeze freeze;
  bool was_already = false;  ///< `freeze` is the earlier one, which stays
};

/// Freezes changes, at once and for all servers of the folder. One that is frozen stays as it is. The file
/// belongs to the folder's owner, and its group may read it if it may read the folder. The error is a
/// sentence.
std::expected<Frozen, std::string> freeze(const Folder& folder, std::string_view by, std::int64_t at,
                                          std::string_view reason);

/// Whether this person may thaw what is frozen; the error is the sentence that refuses it. Empty: anybody who
/// can write to the folder.
using MayThaw = std::function<std::expected<void, std::string>(const Freeze& freeze)>;

/// Allows changes again. What was frozen; nothing if nothing was. The error is a sentence.
std::expected<std::optional<Freeze>, std::string> thaw(const Folder& folder, const MayThaw& may_thaw);

}  // namespace state
