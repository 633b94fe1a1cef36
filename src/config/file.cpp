#include "config/file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <system_error>
#include <utility>

#include "base/file.h"

namespace config {
namespace {

constexpr std::size_t kLimit = 1 << 20U;

FileError failed(int code) {
  if (code == EFBIG) return {false, "the file is larger than 1 MiB"};
  const bool absent = code == ENOENT || code == ENOTDIR;
  return {absent, absent ? "there is no such file"
                         : "the file cannot be read: " + std::generic_category().message(code)};
}

}  // namespace

std::expected<FileText, FileError> read_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return std::unexpected(failed(errno));
  auto exposure = base::exposure(descriptor, path);
  auto text = base::read_all(descriptor, kLimit);
  ::close(descriptor);
  if (!text) return std::unexpected(failed(text.error()));
  return FileText{path, std::move(*text), std::move(exposure)};
}

std::string default_config_path(std::string_view xdg_config_home, std::string_view home) {
  constexpr std::string_view kFile = "/mcp-pve/config.toml";
  if (xdg_config_home.starts_with('/')) return std::string(xdg_config_home) + std::string(kFile);
  if (home.empty()) return {};
  return std::string(home) + "/.config" + std::string(kFile);
}

}  // namespace config
