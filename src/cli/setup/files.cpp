#include "cli/setup/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include "base/file.h"
#include "base/text.h"

namespace cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMost = std::size_t{64} << 20U;

std::string about(const fs::path& path, std::string_view what, int code) {
  return fmt::format("{} {}: {}.", base::printable(path.string()), what,
                     std::generic_category().message(code));
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const auto count = ::write(file, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return ::fsync(file) == 0;
}

void sync_folder(const fs::path& folder) {
  const int opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (opened < 0) return;
  ::fsync(opened);
  ::close(opened);
}

/// The file at the end of links; also of one that does not exist yet.
std::expected<fs::path, std::string> target_of(fs::path path) {
  constexpr int kMostLinks = 32;
  for (int i = 0; i < kMostLinks; ++i) {
    std::error_code error;
    if (!fs::is_symlink(fs::symlink_status(path, error))) return path;
    const auto next = fs::read_symlink(path, error);
    if (error) return std::unexpected(about(path, "cannot be followed", error.value()));
    path = next.is_absolute() ? next : path.parent_path() / next;
  }
  return std::unexpected(about(path, "cannot be followed", ELOOP));
}

/// Work on one file that can be taken back.
class Work {
 public:
  Work(const FileChange& change, fs::path target) : change_(&change), target_(std::move(target)) {}
  Work(Work&& other) noexcept = default;
  Work& operator=(Work&&) = delete;
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

  /// Writes the new text beside the file. The error is a sentence.
  std::optional<std::string> prepare() {
    const auto now = content_of_file(target_);
    if (!now) return now.error();
    if (*now != change_->before)
      return base::printable(target_.string()) +
             " was changed meanwhile by another program; run setup again.";
    if (!change_->after) return std::nullopt;
    if (auto error = make_folders()) return error;
    draft_ = target_.parent_path() / fmt::format(".{}.mcp-pve-{}", target_.filename().string(), ::getpid());
    return write_draft();
  }

  /// Keeps the old file and puts the new one in its place. The error is a sentence.
  std::optional<std::string> carry_out(std::vector<fs::path>& backups) {
    if (change_->before && !change_->secret) {
      if (auto error = keep(backups)) return error;
    }
    const bool done =
        change_->after ? ::rename(draft_.c_str(), target_.c_str()) == 0 : ::unlink(target_.c_str()) == 0;
    if (!done) return about(target_, "cannot be written", errno);
    done_ = true;
    sync_folder(target_.parent_path());
    return std::nullopt;
  }

  /// As before prepare().
  void take_back() {
    if (done_ && !change_->before) ::unlink(target_.c_str());
    if (done_ && change_->before) {
      if (!backup_.empty()) {
        ::rename(backup_.c_str(), target_.c_str());
        backup_.clear();
      } else {
        rewrite();
      }
    }
    if (!backup_.empty()) ::unlink(backup_.c_str());
    clean();
    for (auto folder = made_.rbegin(); folder != made_.rend(); ++folder) ::rmdir(folder->c_str());
  }

  void clean() const {
    if (!draft_.empty()) ::unlink(draft_.c_str());
  }

 private:
  std::optional<std::string> make_folders() {
    std::vector<fs::path> missing;
    for (auto folder = target_.parent_path(); !folder.empty() && ::access(folder.c_str(), F_OK) != 0;
         folder = folder.parent_path())
      missing.push_back(folder);
    for (auto folder = missing.rbegin(); folder != missing.rend(); ++folder) {
      if (::mkdir(folder->c_str(), change_->folder_mode) != 0) return about(*folder, "cannot be made", errno);
      made_.push_back(*folder);
    }
    return std::nullopt;
  }

  std::optional<std::string> write_draft() const {
    ::unlink(draft_.c_str());
    const int file = ::open(draft_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0) return about(draft_, "cannot be written", errno);
    struct stat old{};
    const bool was = change_->before && ::stat(target_.c_str(), &old) == 0;
    struct stat own{};
    bool good = ::fstat(file, &own) == 0;
    if (was && (own.st_uid != old.st_uid || own.st_gid != old.st_gid))
      good = good && ::fchown(file, old.st_uid, old.st_gid) == 0;
    good = good && ::fchmod(file, was && !change_->secret ? old.st_mode & 07777U : change_->mode) == 0;
    good = good && write_all(file, *change_->after);
    const int code = good ? 0 : errno;
    ::close(file);
    return good ? std::nullopt : std::optional(about(target_, "cannot be written", code));
  }

  /// A second name for the old file, so that mode and owner stay; a copy where there are no second names.
  std::optional<std::string> keep(std::vector<fs::path>& backups) {
    constexpr int kMostBackups = 1000;
    for (int i = 1; i < kMostBackups; ++i) {
      fs::path name = target_;
      name += i == 1 ? std::string(".bak-mcp-pve") : fmt::format(".bak-mcp-pve-{}", i);
      if (::link(target_.c_str(), name.c_str()) != 0) {
        if (errno == EEXIST) continue;
        std::error_code error;
        if (!fs::copy_file(target_, name, error)) return about(name, "cannot be written", error.value());
      }
      backup_ = name;
      backups.push_back(name);
      return std::nullopt;
    }
    return base::printable(target_.string()) + " has too many backups (.bak-mcp-pve); remove some.";
  }

  void rewrite() const {
    const int file = ::open(target_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) return;
    write_all(file, *change_->before);
    ::close(file);
  }

  const FileChange* change_;
  fs::path target_;
  fs::path draft_;
  fs::path backup_;
  std::vector<fs::path> made_;
  bool done_ = false;
};

}  // namespace

std::expected<std::optional<std::string>, std::string> content_of_file(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    return std::unexpected(about(path, "cannot be read", errno));
  }
  auto text = base::read_all(file, kMost);
  ::close(file);
  if (!text) return std::unexpected(about(path, "cannot be read", text.error()));
  return *std::move(text);
}

std::optional<std::string> exposure_of_secret(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return std::nullopt;
  const auto exposure = base::exposure(file, path.string());
  ::close(file);
  if (!exposure) return std::nullopt;
  return fmt::format("{} is for a secret, but {}.", base::printable(path.string()), *exposure);
}

std::optional<std::string> owned_by_another(fs::path folder, uid_t writer) {
  struct stat there{};
  while (!folder.empty() && ::stat(folder.c_str(), &there) != 0) {
    if (folder == folder.parent_path()) return std::nullopt;
    folder = folder.parent_path();
  }
  if (folder.empty() || writer != 0 || there.st_uid == writer) return std::nullopt;
  return fmt::format(
      "{} belongs to another user (id {}), and setup runs as root, so what it makes there would be root's. "
      "Run "
      "setup as that user, without sudo; or as root with root's own home: sudo -H mcp-pve setup.",
      base::printable(folder.string()), there.st_uid);
}

std::expected<std::vector<fs::path>, std::string> write_files(const std::vector<FileChange>& changes) {
  std::vector<Work> works;
  std::vector<fs::path> backups;
  std::optional<std::string> wrong;
  for (const auto& change : changes) {
    if (!change.changes()) continue;
    auto target = target_of(change.path);
    if (!target) return std::unexpected(target.error());
    works.emplace_back(change, *std::move(target));
  }
  for (auto& work : works) {
    if (!wrong) wrong = work.prepare();
  }
  for (auto& work : works) {
    if (!wrong) wrong = work.carry_out(backups);
  }
  if (!wrong) return backups;
  for (auto work = works.rbegin(); work != works.rend(); ++work) work->take_back();
  return std::unexpected(*std::move(wrong));
}

}  // namespace cli
