#include "engine/title.h"

#include <fmt/format.h>

#include "engine/cluster/request.h"

namespace engine {

std::string title(const Row& row, const Target& target, Cluster& cluster) {
  if (row.tool().view.kind != tool::View::Kind::Statistics) return {};
  const auto text = [&](std::string_view name) { return argument_text(target.arguments, name); };
  const auto& about = row.about();
  if (about.subject == tool::Subject::Storage)
    return fmt::format("Storage {} on {}", text("storage"), text("node"));
  if (about.guest == tool::GuestKind::None) return "Node " + text("node");
  const auto* vmid = target.arguments.if_contains("vmid");
  const auto list = target.list ? target.list : cluster.inventory.remembered();
  const auto* guest = target.guest               ? &target.guest->guest
                      : list && vmid->is_int64() ? list->guest(vmid->get_int64())
                                                 : nullptr;
  const auto kind = tool::noun(about.guest);
  if (guest == nullptr || guest->name.empty()) return fmt::format("{} {}", kind, text("vmid"));
  return fmt::format("{} ({} {})", guest->name, kind, guest->vmid);
}

}  // namespace engine
