// The token's secret, from a value, a file or a command.
#pragma once

#include <expected>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "pve/client.h"

namespace pve {

/// Safe from many threads. Reads the file, or runs the command, at the first use, not before.
class Secret {
 public:
  explicit Secret(const Credentials& credentials);

  /// The error is one sentence that names the file or the setting.
  std::expected<std::string, std::string> get();
  /// PVE rejected `used`. True when there is another one by now: read anew from its source, or by
  /// another thread.
  bool renew(const std::string& used);
  /// `text` without the secret, should it occur.
  std::string redact(std::string_view text);

 private:
  bool is_fixed() const { return file_.empty() && !command_; }
  std::expected<std::string, std::string> read() const { return command_ ? command_() : read_file(); }
  std::expected<std::string, std::string> read_file() const;

  std::mutex mutex_;
  std::string secret_;
  const std::string file_;
  const std::string source_;
  const std::function<std::expected<std::string, std::string>()> command_;
};

}  // namespace pve
