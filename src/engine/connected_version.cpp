#include "engine/connected_version.h"

#include "pve/version.h"

namespace engine {

std::optional<std::string> ConnectedVersion::get(const std::stop_token& stop) {
  {
    const std::scoped_lock lock(mutex_);
    if (version_) return version_;
  }
  auto version = pve::version(client_, stop);
  if (!version) return std::nullopt;
  const std::scoped_lock lock(mutex_);
  version_ = *std::move(version);
  return version_;
}

}  // namespace engine
