#include "engine/cluster/target_words.h"

#include <fmt/format.h>

#include "base/number.h"
#include "base/text.h"
#include "engine/words/remedies.h"
#include "facts/rights.h"

namespace engine {
namespace {

std::string kind(const pve::Guest& guest) { return guest.container ? "container" : "VM"; }

constexpr std::string_view kShows = "VM.Audit";

/// The privileges that the call needs on the guest itself, such as "VM.Clone"; "A or B" if one of them is
/// enough.
std::string privileges_for(const Row& row, std::int64_t vmid) {
  if (row.endpoint() == nullptr) return {};
  const auto ways = facts::ways_to_call(*row.endpoint(), [&](std::string_view name) {
    return name == "vmid" ? std::to_string(vmid) : std::string{};
  });
  std::string text;
  if (ways.empty()) return text;
  for (const auto& right : ways.front()) {
    if (right.path != fmt::format("/vms/{}", vmid)) continue;
    for (const auto& privilege : right.privileges) {
      text += (text.empty() ? "" : right.any ? " or " : " and ") + privilege;
      if (right.any && text.size() > 60) break;
    }
  }
  return text;
}

std::string kind_of(const Row& row) { return std::string(tool::noun(row.about().guest)); }

}  // namespace

std::optional<std::int64_t> whole_number(std::string_view text) {
  return base::parse_number<std::int64_t>(text);
}

std::string shown_place(const pve::Guest& guest) {
  return fmt::format("{} ({} on {})", guest.vmid, kind(guest), guest.node);
}

bool is_about_guest(const Row& row) { return row.about().guest != tool::GuestKind::None; }

bool wants_container(const Row& row) { return row.about().guest == tool::GuestKind::Container; }

std::string wrong_kind(const Row& row, const pve::Guest& guest, const guard::MayUse& may) {
  auto text = fmt::format("{} was not called: {}{} is a {} on {}", row.tool().name, guest.vmid,
                          guest.name.empty() ? "" : " (" + guest.name + ")", kind(guest), guest.node);
  const auto other = row.sibling() == nullptr ? std::string_view{} : may.tool(row.sibling()->call);
  if (!other.empty()) return fmt::format("{}; use {}.", text, other);
  return fmt::format("{}, and this tool is for {}s.", text, guest.container ? "VM" : "container");
}

std::string not_of_kind(const Row& row, std::int64_t vmid) {
  return fmt::format("{} was not called. vmid: {} is not a {} that this API token may see.", row.tool().name,
                     vmid, kind_of(row));
}

GuestKinds meant_kinds(const Row& row) {
  if (!is_about_guest(row)) return {};
  return {!wants_container(row), wants_container(row)};
}

std::string not_called(const Row& row, std::string_view why) {
  return fmt::format("{} was not called. vmid: {}", row.tool().name, why);
}

std::string joined_notes(const std::string& note, const std::string& more) {
  return note + (note.empty() || more.empty() ? "" : "\n") + more;
}

std::string guest_not_visible(const Row& row, std::int64_t vmid, std::size_t visible,
                              const pve::Inventory& list, const guard::MayUse& may) {
  if (!list.limit.empty())
    return fmt::format(
        "{} was not called. vmid: no guest {} among the {} in {}; {}. If you need this guest, ask an "
        "administrator to add it to {}.{}{}",
        row.tool().name, vmid, visible, list.limit, advise(Advice::FindGuest, may), list.limit,
        list.gaps.empty() ? "" : " ", list.gaps);
  const auto needed = privileges_for(row, vmid);
  auto text = fmt::format("{} was not called. vmid: no guest {} among the {} visible to this API token; {}.",
                          row.tool().name, vmid, visible, advise(Advice::FindGuest, may));
  if (needed.empty() || needed == kShows)
    return text + fmt::format(" If guest {1} exists, grant the API token {0} on /vms/{1}.", kShows, vmid);
  return text +
         fmt::format(
             " If guest {1} exists, grant the API token {0} on /vms/{1}, and {2} there. Without {2}, pass "
             "the guest's node as well.",
             needed, vmid, kShows);
}

std::string lookup_failed(const Row& row, const pve::Error& error, const Cluster& cluster,
                          const guard::MayUse& may) {
  return fmt::format(
      "{} was not called, because its guest could not be looked up: {} To skip the look-up, pass node and "
      "the numeric vmid.",
      row.tool().name, explanation(error, "GET /cluster/resources", cluster.client.base_url(), may));
}

}  // namespace engine
