#include "pve/secret.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/file.h"
#include "base/text.h"

namespace pve {
namespace {

constexpr std::size_t kLongest = 4096;
// Redacting a shorter secret would remove ordinary words.
constexpr std::size_t kShortestRedacted = 6;

}  // namespace

Secret::Secret(const Credentials& credentials)
    : secret_(credentials.secret),
      file_(credentials.secret.empty() ? credentials.secret_file : ""),
      source_(credentials.secret_source),
      command_(secret_.empty() && file_.empty() ? credentials.secret_command : nullptr) {}

std::expected<std::string, std::string> Secret::read_file() const {
  const auto failed = [&](const std::string& why) {
    return std::unexpected("the secret file '" + base::printable(file_) + "' " + why + " (" +
                           base::printable(source_) + ")");
  };
  const int descriptor = ::open(file_.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return failed("cannot be read: " + std::generic_category().message(errno));
  const auto exposure = base::exposure(descriptor, file_);
  const auto read = base::read_all(descriptor, kLongest);
  ::close(descriptor);
  if (exposure) return failed("is refused: " + *exposure);
  if (!read && read.error() != EFBIG)
    return failed("cannot be read: " + std::generic_category().message(read.error()));
  const auto text = base::trim(read ? std::string_view(*read) : "");
  if (read && text.empty()) return failed("is empty");
  if (!read || base::has_control(text) || text.find(' ') != std::string_view::npos)
    return failed("must hold the secret alone, on one line");
  return std::string(text);
}

std::expected<std::string, std::string> Secret::get() {
  const std::scoped_lock lock(mutex_);
  if (secret_.empty() && !is_fixed()) {
    auto found = read();
    if (!found) return found;
    secret_ = std::move(*found);
  }
  return secret_;
}

bool Secret::renew(const std::string& used) {
  const std::scoped_lock lock(mutex_);
  if (secret_ != used) return true;
  if (is_fixed()) return false;
  auto found = read();
  if (!found || *found == used) return false;
  secret_ = std::move(*found);
  return true;
}

std::string Secret::redact(std::string_view text) {
  const std::scoped_lock lock(mutex_);
  std::string out(text);
  if (secret_.size() < kShortestRedacted) return out;
  for (auto at = out.find(secret_); at != std::string::npos; at = out.find(secret_, at))
    out.replace(at, secret_.size(), "***");
  return out;
}

}  // namespace pve
