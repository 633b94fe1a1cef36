#include "pve/secret.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>
#include <vector>

#include "base/text.h"

namespace pve {
namespace {

constexpr std::size_t kLongest = 4096;
// Redacting a shorter secret would remove ordinary words.
constexpr std::size_t kShortestRedacted = 6;

}  // namespace

Secret::Secret(const Credentials& credentials)
    : secret_(credentials.secret), file_(credentials.secret.empty() ? credentials.secret_file : "") {}

std::expected<std::string, std::string> Secret::read_file() const {
  const std::string name = "the secret file '" + base::printable(file_) + "'";
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(file_.c_str(), "re"), &std::fclose);
  if (!file)
    return std::unexpected(name + " cannot be read: " + std::generic_category().message(errno) +
                           " (PVE_TOKEN_SECRET_FILE)");
  std::array<char, kLongest + 1> buffer{};
  const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), file.get());
  const auto text = base::trim({buffer.data(), size});
  if (text.empty()) return std::unexpected(name + " is empty (PVE_TOKEN_SECRET_FILE)");
  if (size > kLongest || base::has_control(text) || text.find(' ') != std::string_view::npos)
    return std::unexpected(name + " must hold the secret alone, on one line (PVE_TOKEN_SECRET_FILE)");
  return std::string(text);
}

std::expected<std::string, std::string> Secret::get() {
  const std::scoped_lock lock(mutex_);
  if (secret_.empty() && !file_.empty()) {
    auto read = read_file();
    if (!read) return read;
    secret_ = std::move(*read);
  }
  return secret_;
}

bool Secret::renew(const std::string& used) {
  const std::scoped_lock lock(mutex_);
  if (secret_ != used) return true;
  if (file_.empty()) return false;
  auto read = read_file();
  if (!read || *read == used) return false;
  secret_ = std::move(*read);
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
