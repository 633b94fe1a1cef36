#include "insight/volume.h"

#include "base/text.h"

namespace insight {

std::vector<VolumeId> volume_of(std::string_view key, std::string_view volid) {
  const auto colon = volid.find(':');
  if (colon == 0 || colon == std::string_view::npos || colon + 1 == volid.size()) return {};
  const auto name = volid.substr(volid.find_last_of(":/") + 1);
  return {{std::string(key), std::string(volid.substr(0, colon)), std::string(name), std::string(volid)}};
}

std::vector<VolumeId> volumes_in(const base::JsonObject& config) {
  std::vector<VolumeId> volumes;
  for (const auto& member : config) {
    const auto* text = member.value().if_string();
    // Free text may look like a volume. That is harmless: an additional volume only makes the reports more
    // careful.
    if (text == nullptr) continue;
    for (auto part : base::split(std::string_view(*text), ',')) {
      for (const std::string_view key : {"file=", "volume=", "import-from="}) {
        if (part.starts_with(key)) part.remove_prefix(key.size());
      }
      if (part.find('=') != std::string_view::npos || part.find(' ') != std::string_view::npos) continue;
      auto found = volume_of(member.key(), part);
      volumes.insert(volumes.end(), found.begin(), found.end());
    }
  }
  return volumes;
}

}  // namespace insight
