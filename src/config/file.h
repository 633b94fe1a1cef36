// Small files that the user names.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace config {

struct FileText {
  std::string path;
  std::string text;
  std::optional<std::string> exposure;  ///< that of base/file.h
};

struct FileError {
  bool absent = false;
  std::string requirement;  ///< continues the sentence "X is "path", but "
};

/// At most 1 MiB.
std::expected<FileText, FileError> read_file(const std::string& path);

/// $XDG_CONFIG_HOME/mcp-pve/config.toml, else ~/.config/…; empty when neither directory is known. A relative
/// $XDG_CONFIG_HOME is ignored, as the XDG specification asks.
std::string default_config_path(std::string_view xdg_config_home, std::string_view home);

}  // namespace config
