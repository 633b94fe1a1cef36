#include "facts/free_text.h"

#include <algorithm>
#include <array>

namespace facts {
namespace {

// What the guests on a node have as addresses is as good as their names.
constexpr std::array kFreeTexts = {
    FreeText{"/cluster/log", "cluster"},
    FreeText{"/nodes/{node}/ceph/log", "node"},
    FreeText{"/nodes/{node}/firewall/log", "firewall"},
    FreeText{"/nodes/{node}/journal", "node"},
    FreeText{"/nodes/{node}/report", "node"},
    FreeText{"/nodes/{node}/sdn/vnets/{vnet}/mac-vrf", "network"},
    FreeText{"/nodes/{node}/sdn/zones/{zone}/ip-vrf", "network"},
    FreeText{"/nodes/{node}/syslog", "node"},
};

}  // namespace

std::span<const FreeText> free_texts() { return kFreeTexts; }

std::string_view free_text_about(std::string_view path_template) {
  const auto found = std::ranges::find(kFreeTexts, path_template, &FreeText::path);
  return found == kFreeTexts.end() ? std::string_view{} : found->about;
}

}  // namespace facts
