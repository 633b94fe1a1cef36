// Sealed texts that the client keeps and returns: the state between the rounds of a request, and task ids. It
// can read them, but not make or change one.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace mcp {

/// HMAC-SHA-256 under one key. Safe from many threads.
class Seal {
 public:
  /// `key` gives the secret, at least 32 bytes; it is asked once, at the first use. Processes that share it
  /// accept each other's seals.
  explicit Seal(std::function<std::string()> key);
  /// With a key of this process alone.
  Seal();
  ~Seal();
  Seal(const Seal&) = delete;
  Seal& operator=(const Seal&) = delete;

  /// URL-safe text. What was sealed for one purpose does not open for another.
  std::string seal(std::string_view purpose, std::string_view payload) const;
  /// Nothing if the text was not sealed by this key for this purpose.
  std::optional<std::string> open(std::string_view purpose, std::string_view sealed) const;

 private:
  const std::string& key() const;
  std::string mac(std::string_view purpose, std::string_view payload) const;

  const std::function<std::string()> source_;
  mutable std::mutex mutex_;
  mutable std::string key_;
};

}  // namespace mcp
