// The token's secret, from a value or from a file.
#pragma once

#include <expected>
#include <mutex>
#include <string>
#include <string_view>

#include "pve/client.h"

namespace pve {

/// Safe from many threads. Reads the file at the first use, not before.
class Secret {
 public:
  explicit Secret(const Credentials& credentials);

  /// The error is one sentence that names the file.
  std::expected<std::string, std::string> get();
  /// PVE rejected `used`. True when there is another one by now: read anew from the file, or by another
  /// thread.
  bool renew(const std::string& used);
  /// `text` without the secret, should it occur.
  std::string redact(std::string_view text);

 private:
  std::expected<std::string, std::string> read_file() const;

  std::mutex mutex_;
  std::string secret_;
  const std::string file_;
  const std::string source_;
};

}  // namespace pve
