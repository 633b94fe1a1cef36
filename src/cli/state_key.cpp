#include "cli/state_key.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>

#include "base/base64.h"
#include "base/log.h"
#include "base/random.h"
#include "cli/output.h"
#include "cli/state_folder.h"
#include "config/http.h"

namespace cli {
namespace {

std::string random_key() { return base::base64url(base::random_bytes(32)); }

/// The content of the file, if only its owner could have written and read it.
std::optional<std::string> read_key(const std::string& file) {
  const int in = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (in < 0) return std::nullopt;
  struct stat about{};
  std::array<char, 300> buffer{};
  const bool own = ::fstat(in, &about) == 0 && S_ISREG(about.st_mode) && (about.st_mode & 077U) == 0 &&
                   about.st_uid == ::geteuid();
  const auto count = own ? ::read(in, buffer.data(), buffer.size()) : -1;
  ::close(in);
  if (count < 0) return std::nullopt;
  std::string key(buffer.data(), static_cast<std::size_t>(count));
  if (config::state_key_misfit(key)) return std::nullopt;
  return key;
}

/// Creates the file atomically: if several processes start at the same time, the first one's key counts.
std::optional<std::string> make_key(const state::Folder& folder, const std::filesystem::path& path) {
  if (!state::open_for_writing(folder)) return std::nullopt;
  std::error_code error;
  const auto draft = path.string() + "." + std::to_string(::getpid());
  const int out = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (out < 0) return std::nullopt;
  const bool written = print(out, random_key());
  ::close(out);
  if (written) std::filesystem::create_hard_link(draft, path, error);
  std::filesystem::remove(draft, error);
  return read_key(path.string());
}

}  // namespace

std::string state_key(const config::Settings& settings, const Variables& variables) {
  if (!settings.state_key.empty()) return settings.state_key;
  auto surroundings = surroundings_of(settings, variables);
  // Root does not share a key with the service: the file belongs to one user.
  surroundings.of_service.clear();
  if (const auto place = state::folder(surroundings)) {
    const auto path = place->path / "key";
    if (auto key = read_key(path.string())) return *std::move(key);
    if (auto key = make_key(*place, path)) return *std::move(key);
    base::log(base::LogLevel::Warning,
              "cannot keep a key in " + path.string() +
                  " (only this user may have access to the file), so task ids become invalid when this "
                  "process ends. Set PVE_STATE_KEY to keep them valid.");
  }
  return random_key();
}

}  // namespace cli
