#include "state/freeze.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include "base/file.h"
#include "base/json.h"
#include "base/json_read.h"
#include "base/text.h"
#include "base/when.h"
#include "state/descriptor.h"

namespace state {
namespace {

constexpr auto kName = "frozen";
constexpr std::size_t kMostBytes = 8192;
constexpr std::size_t kReason = 300;
constexpr std::size_t kUser = 60;

std::string words(int code) { return std::generic_category().message(code); }

std::string file_text(const Folder& folder) { return base::printable(freeze_file(folder).string()); }

Freeze unreadable(std::string why) { return {{}, 0, {}, std::move(why)}; }

/// A file that this server did not write also freezes changes, since its last modification.
Freeze read(const std::string& text, std::int64_t changed) {
  Freeze freeze{{}, changed};
  const auto parsed = base::parse_json(text);
  const auto* said = parsed ? parsed->if_object() : nullptr;
  if (said == nullptr) return freeze;
  freeze.by = base::printable(base::raw_text(*said, "by"), kUser);
  freeze.reason = base::printable(base::raw_text(*said, "reason"), kReason);
  freeze.at = base::number(*said, "at", changed);
  return freeze;
}

std::string written(const Freeze& freeze) {
  return base::write_json(base::JsonObject{{"at", freeze.at}, {"by", freeze.by}, {"reason", freeze.reason}}) +
         "\n";
}

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const auto count = ::write(descriptor, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return ::fsync(descriptor) == 0 || errno == EINVAL;
}

/// A full disk must not keep changes from being frozen: an empty file does it too.
bool fill(int file, std::string_view text) {
  if (write_all(file, text)) return true;
  return (errno == ENOSPC || errno == EDQUOT) && ::ftruncate(file, 0) == 0;
}

/// The servers of the folder's owner must be able to read the file, also where root writes it.
bool give_to_owner_of(int folder, int file) {
  struct stat about{};
  if (::fstat(folder, &about) != 0) return false;
  if (::geteuid() == 0 && ::fchown(file, about.st_uid, about.st_gid) != 0) return false;
  const bool group_reads = (about.st_mode & (S_IRGRP | S_IXGRP)) == (S_IRGRP | S_IXGRP);
  return ::fchmod(file, group_reads ? 0640 : 0600) == 0;
}

/// Gives the draft its name, unless another file has it: 0, EEXIST or another errno.
int publish(int folder, const std::string& draft) {
  if (::renameat2(folder, draft.c_str(), folder, kName, RENAME_NOREPLACE) == 0) return 0;
  // Not every file system has that; all that have links refuse a second one of the same name.
  if (errno != EINVAL && errno != ENOSYS) return errno;
  const int code = ::linkat(folder, draft.c_str(), folder, kName, 0) == 0 ? 0 : errno;
  ::unlinkat(folder, draft.c_str(), 0);
  return code;
}

/// 0, EEXIST or another errno.
int put(int folder, const std::string& text) {
  const auto draft = fmt::format("{}.{}", kName, ::getpid());
  ::unlinkat(folder, draft.c_str(), 0);
  const Descriptor file(
      ::openat(folder, draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (file.number() < 0) return errno;
  int code = fill(file.number(), text) && give_to_owner_of(folder, file.number()) ? 0 : errno;
  if (code == 0) code = publish(folder, draft);
  if (code != 0) ::unlinkat(folder, draft.c_str(), 0);
  // After a power loss changes must still be frozen.
  if (code == 0) ::fsync(folder);
  return code;
}

}  // namespace

std::filesystem::path freeze_file(const Folder& folder) { return folder.path / kName; }

std::optional<Freeze> frozen(const Folder& folder) {
  // A pipe in its place must not keep the reader waiting.
  const Descriptor file(::open(freeze_file(folder).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (file.number() < 0) return errno == ENOENT ? std::nullopt : std::optional(unreadable(words(errno)));
  struct stat about{};
  if (::fstat(file.number(), &about) != 0) return unreadable(words(errno));
  if (S_ISDIR(about.st_mode)) return unreadable(words(EISDIR));
  if (!S_ISREG(about.st_mode)) return unreadable("Not a regular file");
  const auto text = base::read_all(file.number(), kMostBytes);
  if (!text) return unreadable(words(text.error()));
  return read(*text, about.st_mtim.tv_sec);
}

std::string since(const Freeze& freeze) {
  auto text = fmt::format("since {} UTC", base::date_text(freeze.at));
  if (!freeze.by.empty()) text += " by " + freeze.by;
  if (!freeze.reason.empty()) text += ": " + freeze.reason;
  return text;
}

std::string describe(const Freeze& freeze, const Folder& folder) {
  if (!freeze.unreadable.empty())
    return fmt::format(
        "changes are refused, because {} cannot be read ({}) and may freeze them. Make it readable for the "
        "user "
        "of this server, or run `mcp-pve thaw` to allow changes again.",
        file_text(folder), freeze.unreadable);
  auto text = "changes are frozen " + since(freeze);
  if (std::string_view(".!?").find(text.back()) == std::string_view::npos) text += '.';
  return text + " Run `mcp-pve thaw` to allow them again.";
}

std::expected<Frozen, std::string> freeze(const Folder& folder, std::string_view by, std::int64_t at,
                                          std::string_view reason) {
  if (auto already = frozen(folder); already && already->unreadable.empty())
    return Frozen{*std::move(already), true};
  auto opened = open_for_writing(folder);
  if (!opened) return std::unexpected(std::move(opened.error()));
  Freeze now{base::printable(by, kUser), at, base::printable(base::trim(reason), kReason)};
  const int code = put(opened->descriptor(), written(now));
  if (code == 0) return Frozen{std::move(now)};
  if (code == EEXIST) {
    if (auto already = frozen(folder)) return Frozen{*std::move(already), true};
  }
  return std::unexpected(fmt::format("{} cannot be written: {}.", file_text(folder), words(code)));
}

std::expected<std::optional<Freeze>, std::string> thaw(const Folder& folder, const MayThaw& may_thaw) {
  auto was = frozen(folder);
  if (!was) return std::nullopt;
  auto opened = open_for_writing(folder);
  if (!opened) return std::unexpected(std::move(opened.error()));
  if (may_thaw) {
    if (auto allowed = may_thaw(*was); !allowed) return std::unexpected(std::move(allowed.error()));
  }
  if (::unlinkat(opened->descriptor(), kName, 0) != 0 && errno != ENOENT)
    return std::unexpected(
        fmt::format("{} cannot be removed: {}. Remove it by hand.", file_text(folder), words(errno)));
  ::fsync(opened->descriptor());
  return was;
}

}  // namespace state
