#include "cli/setup/apply.h"

#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>

#include <optional>
#include <utility>

#include "base/json_read.h"
#include "base/text.h"
#include "cli/output.h"
#include "config/token.h"
#include "setup/clients.h"

namespace cli {
namespace {

/// While it lives, the signals that end a process wait.
class Undisturbed {
 public:
  Undisturbed() {
    sigset_t waiting;
    ::sigemptyset(&waiting);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) ::sigaddset(&waiting, signal);
    ::pthread_sigmask(SIG_BLOCK, &waiting, &before_);
  }
  Undisturbed(const Undisturbed&) = delete;
  Undisturbed& operator=(const Undisturbed&) = delete;
  ~Undisturbed() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

/// Sends the changes in PVE. On a failure it takes them back, and the error says so.
class PveChanges {
 public:
  explicit PveChanges(const Draft& draft) : draft_(draft) {}

  /// The secret of the new token; "" if none is made. The error is a sentence.
  std::expected<std::string, std::string> make() {
    std::string secret;
    for (const auto& part : draft_.grant.parts) {
      const auto& change = part.change;
      const auto answer = draft_.access->change(change);
      if (!answer && answer.error().unanswered) {
        ++done_;
        return std::unexpected(answer.error().sentence + " This may have been made all the same: " +
                               command_line(change) + "." + take_back());
      }
      if (!answer) return std::unexpected(answer.error().sentence + take_back());
      ++done_;
      if (change.path == draft_.grant.token_path && change.method == base::Method::Post)
        secret = base::raw_text(*answer, "value");
    }
    if (!config::is_token_secret(secret) && !draft_.grant.parts.empty())
      return std::unexpected("PVE's answer to the new API token has no secret." + take_back());
    return secret;
  }

  /// A sentence, with a blank before it, about what became of it.
  std::string take_back() {
    if (done_ == 0) return " Nothing was changed in PVE.";
    std::string left;
    while (done_ > 0) {
      const auto& undo = draft_.grant.parts.at(--done_).undo;
      if (undo && !draft_.access->change(*undo)) left += "\n  " + command_line(*undo);
    }
    return left.empty() ? " What had been changed in PVE was taken back."
                        : " These commands take back what was, or may have been, changed in PVE:" + left;
  }

 private:
  const Draft& draft_;
  std::size_t done_ = 0;
};

/// What setup has made when all is done.
Record record_of(const Draft& draft, const std::string& before) {
  auto record = draft.record;
  if (!draft.grant.parts.empty()) {
    record.pve = draft.grant.made;
    // What an earlier run made for the same role is used again.
    if (draft.record.pve.role == draft.grant.role) record.pve.role = draft.grant.role;
    if (draft.record.pve.permission == draft.grant.role) record.pve.permission = draft.grant.role;
  }
  std::error_code error;
  if ((draft.token_secret || !draft.grant.parts.empty()) &&
      !std::filesystem::exists(draft.secret_file, error))
    record.file = draft.secret_file;
  record.service.insert(draft.service_files.begin(), draft.service_files.end());
  for (const auto& [key, value] : draft.values) {
    if (!value) {
      record.keys.erase(key);
    } else if (!setting_in(before, key)) {
      record.keys.insert(key);
    }
  }
  return record;
}

/// The new text of the settings file; the error is a clause.
std::expected<std::string, std::string> edited_settings(const Draft& draft) {
  const auto before =
      draft.has_settings ? with_record(draft.settings, {}) : std::string(kFirstComment) + "\n";
  if (!before) return before;
  const auto edited = with_settings(*before, draft.values);
  if (!edited) return edited;
  return with_record(*edited, record_of(draft, *before));
}

}  // namespace

Answer<std::vector<FileChange>> files_of(const Draft& draft) {
  std::vector<FileChange> files;
  FileChange settings{draft.settings_file,
                      draft.has_settings ? std::optional(draft.settings) : std::nullopt,
                      {},
                      draft.service ? 0644U : 0600U,
                      false,
                      draft.service ? 0755U : 0700U};
  auto edited = edited_settings(draft);
  if (!edited) {
    std::string lines;
    for (const auto& [key, value] : draft.values)
      lines += fmt::format("\n  {} = {}", key, value ? "\"" + base::printable(*value) + "\"" : "(remove)");
    return std::unexpected(
        Stop{kFailed, fmt::format("{} was not changed, because {}. Write these values into it by hand, and "
                                  "run setup again:{}",
                                  base::printable(draft.settings_file.string()), edited.error(), lines)});
  }
  settings.after = *std::move(edited);
  if (draft.token_secret) {
    auto before = content_of_file(draft.secret_file);
    if (!before) return std::unexpected(Stop{kFailed, before.error()});
    files.push_back({draft.secret_file, *std::move(before), *draft.token_secret + "\n", 0600, true,
                     draft.service ? 0755U : 0700U});
  }
  files.push_back(std::move(settings));
  for (const auto& edit : draft.clients) {
    if (edit.by_hand.empty()) files.push_back(edit.file);
  }
  std::erase_if(files, [](const FileChange& file) { return !file.changes(); });
  return files;
}

void show_files(const Interview& interview, const std::vector<FileChange>& files) {
  for (const auto& file : files) {
    const auto path = file.path.string();
    if (file.secret) {
      interview.show(fmt::format("{}: {} (its content is not shown)", base::printable(path),
                                 !file.after   ? "removed"
                                 : file.before ? "a new secret"
                                               : "a secret that this user alone can read"));
    } else if (!file.after) {
      interview.show(base::printable(path) + ": removed");
    } else {
      interview.show(::setup::difference(path, file.before.value_or(""), *file.after));
    }
  }
}

void show_files(const Interview& interview, const Draft& draft, const std::vector<FileChange>& files) {
  if (!draft.grant.parts.empty())
    interview.show(base::printable(draft.secret_file.string()) + ": a new secret (its content is not shown)");
  show_files(interview, files);
}

void show_backups(const Interview& interview, const std::vector<std::filesystem::path>& backups) {
  for (const auto& backup : backups)
    interview.show("The old file is kept as " + base::printable(backup.string()));
}

Answer<std::vector<std::filesystem::path>> carry_out(const Draft& draft, std::vector<FileChange> files) {
  const Undisturbed undisturbed;
  PveChanges pve(draft);
  const auto secret = pve.make();
  if (!secret) return std::unexpected(Stop{kFailed, secret.error() + " No file was written."});
  if (!secret->empty()) {
    auto before = content_of_file(draft.secret_file);
    if (!before) return std::unexpected(Stop{kFailed, before.error() + pve.take_back()});
    files.insert(files.begin(), {draft.secret_file, *std::move(before), *secret + "\n", 0600, true,
                                 draft.service ? 0755U : 0700U});
  }
  auto backups = write_files(files);
  if (!backups)
    return std::unexpected(Stop{kFailed, backups.error() + " All files are as they were." +
                                             (secret->empty() ? "" : pve.take_back())});
  return *std::move(backups);
}

}  // namespace cli
