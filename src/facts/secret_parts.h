// Secrets inside values that are not secret as a whole.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace facts {

/// Stands for a secret in everything that the server shows or records.
inline constexpr std::string_view kMask = "***";

/// The parts of a parameter's value that are secret: the credentials in a URL ("http://user:password@proxy"),
/// the values of a container's environment (`env`), and `password=…` in the mount options of a storage
/// (`options`). Views of `text`, in their order.
std::vector<std::string_view> secret_parts(std::string_view name, std::string_view text);

/// The text with kMask for each of these parts.
std::string without_secret_parts(std::string_view name, std::string_view text);

/// Whether such a part is kMask: a value that was read here, masked, and given back.
bool has_masked_part(std::string_view name, std::string_view text);

}  // namespace facts
