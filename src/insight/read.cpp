#include "insight/read.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.h"
#include "base/json_read.h"
#include "base/text.h"

namespace insight {
namespace {

constexpr std::size_t kCell = 240;
constexpr std::size_t kItem = 160;

using ByReason = std::map<std::string, std::vector<std::string>>;

void add_new(std::vector<std::string>& list, const std::vector<std::string>& items) {
  for (const auto& item : items) {
    if (std::ranges::find(list, item) == list.end()) list.push_back(item);
  }
}

void note(ByReason& gaps, std::string what, std::string_view reason) {
  add_new(gaps[base::printable(reason, kItem)], {std::move(what)});
}

std::string text_for(const ByReason& gaps) {
  constexpr std::size_t kEntry = 300;
  std::string text;
  for (const auto& [reason, what] : gaps)
    text +=
        (text.empty() ? "" : "; ") +
        base::printable(fmt::format("{} ({})", listed(what), reason.empty() ? "no answer" : reason), kEntry);
  return text;
}

}  // namespace

std::string size_text(double bytes) {
  constexpr std::array<std::string_view, 6> kUnits = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  std::size_t unit = 0;
  for (; bytes >= 1024 && unit + 1 < kUnits.size(); ++unit) bytes /= 1024;
  return fmt::format("{:.{}f} {}", bytes, unit > 0 && bytes < 9.95 ? 1 : 0, kUnits[unit]);
}

std::string share_text(double part, double whole) {
  if (whole <= 0) return "?";
  return fmt::format("{:.0f}%", part / whole * 100);
}

std::string listed(const std::vector<std::string>& items, std::size_t most) {
  std::string text;
  for (std::size_t i = 0; i < std::min(items.size(), most); ++i)
    text += (i == 0 ? "" : ", ") + base::printable(items[i], kItem);
  if (items.size() > most) text += fmt::format(" and {} more", items.size() - most);
  return text;
}

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::vector<std::string> words(std::string_view text) {
  const auto items = base::list_items(text);
  return {items.begin(), items.end()};
}

std::string user_of(const base::JsonObject& task) {
  const auto token = base::text(task, "tokenid");
  auto user = base::text(task, "user");
  return token.empty() || user.find('!') != std::string::npos ? user : user + "!" + token;
}

bool failed(std::string_view status) {
  return !status.empty() && status != "OK" && !status.starts_with("WARNINGS");
}

std::string sid(const Guest& guest) {
  return fmt::format("{}:{}", guest.container ? "ct" : "vm", guest.vmid);
}

tool::Read of_guest(const Guest& guest, std::string_view what, base::JsonObject arguments) {
  struct Path {
    std::string_view what, qemu, lxc;
  };
  constexpr auto kPaths = std::to_array<Path>({
      {"config", "/nodes/{node}/qemu/{vmid}/config", "/nodes/{node}/lxc/{vmid}/config"},
      {"current", "/nodes/{node}/qemu/{vmid}/status/current", "/nodes/{node}/lxc/{vmid}/status/current"},
      {"pending", "/nodes/{node}/qemu/{vmid}/pending", "/nodes/{node}/lxc/{vmid}/pending"},
      {"snapshot", "/nodes/{node}/qemu/{vmid}/snapshot", "/nodes/{node}/lxc/{vmid}/snapshot"},
      {"snapshot config", "/nodes/{node}/qemu/{vmid}/snapshot/{snapname}/config",
       "/nodes/{node}/lxc/{vmid}/snapshot/{snapname}/config"},
      {"firewall", "/nodes/{node}/qemu/{vmid}/firewall/options", "/nodes/{node}/lxc/{vmid}/firewall/options"},
      {"interfaces", "/nodes/{node}/qemu/{vmid}/agent/network-get-interfaces",
       "/nodes/{node}/lxc/{vmid}/interfaces"},
      {"rrddata", "/nodes/{node}/qemu/{vmid}/rrddata", "/nodes/{node}/lxc/{vmid}/rrddata"},
  });
  const auto* path = std::ranges::find(kPaths, what, &Path::what);
  arguments["node"] = guest.node;
  arguments["vmid"] = guest.vmid;
  if (path == kPaths.end()) return {};
  return {guest.container ? path->lxc : path->qemu, std::move(arguments)};
}

std::expected<pve::InventoryPtr, std::string> read_inventory(tool::Sources& sources) {
  auto list = sources.inventory();
  if (list) return *std::move(list);
  const auto& why = list.error();
  const auto status = why.status == 0 ? std::string{} : fmt::format(" (status {})", why.status);
  return std::unexpected(fmt::format("The list of nodes and guests could not be read: {}{}",
                                     base::printable(why.sentence, 600), status));
}

std::expected<Guest, std::string> the_guest(tool::Sources& sources, const Inventory& inventory,
                                            std::string_view given) {
  auto found = sources.guest(given);
  if (!found)
    return std::unexpected(
        fmt::format("guest: {} Search for guests by a part of the name first.", found.error()));
  const auto* row = inventory.guest(found->vmid);
  if (row == nullptr) return *std::move(found);
  Guest guest = *row;
  guest.name = std::move(found->name);
  return guest;
}

void Gaps::add(std::string what, const tool::ReadFailure& why) {
  note(why.forbidden ? forbidden_ : unanswered_, std::move(what), why.sentence);
}

bool Gaps::note_if_incomplete(tool::Sources& sources, std::string what, const tool::ListRights& rights) {
  const auto why = sources.why_incomplete(rights);
  if (!why) return false;
  note(why->forbidden ? incomplete_lists_ : unanswered_, std::move(what), why->sentence);
  add_new(grants_, why->grants);
  for (const auto line : base::split(why->caution, '\n')) {
    if (!line.empty()) add_new(cautions_, {std::string(line)});
  }
  return true;
}

void Gaps::offline(const Inventory& inventory) {
  for (const auto& node : inventory.nodes) {
    if (!node.online()) unanswered_[base::printable(node.status, kItem)].push_back(node.name);
  }
}

void Gaps::put(base::JsonObject& report) const {
  constexpr std::size_t kText = 600;
  constexpr std::size_t kRemedy = 1200;
  if (!unanswered_.empty()) report["unanswered"] = base::printable(text_for(unanswered_), kText);
  // Refusals repeat for each node and may be cut. Lists that PVE shortened silently come first, so that they
  // are kept.
  const auto refused = text_for(forbidden_);
  auto denied = text_for(incomplete_lists_);
  denied += (denied.empty() || refused.empty() ? "" : "; ") + base::printable(refused, kText);
  if (!denied.empty()) report["not_permitted"] = base::printable(denied, 2 * kText);
  if (grants_.empty()) return;
  auto remedy = tool::to_grant(grants_);
  for (const auto& caution : cautions_) remedy += " " + caution;
  report["remedy"] = base::printable(remedy, kRemedy);
}

void put_rows(base::JsonObject& report, std::string_view key, const base::JsonArray& rows,
              std::size_t bytes) {
  constexpr std::size_t kNumber = 16;
  base::JsonArray kept;
  std::size_t used = 0;
  for (const auto& item : rows) {
    const auto* row = item.if_object();
    if (row == nullptr) continue;
    base::JsonObject clipped;
    std::size_t size = 3;
    for (const auto& cell : *row) {
      const auto* text = cell.value().if_string();
      auto shown = text == nullptr ? std::string{} : base::printable(std::string_view(*text), kCell);
      // The table escapes each "|" with one more character.
      size += 1 + (text == nullptr ? kNumber
                                   : shown.size() + static_cast<std::size_t>(std::ranges::count(shown, '|')));
      clipped[cell.key()] = text == nullptr ? cell.value() : base::Json(shown);
    }
    if (used + size > bytes) break;
    used += size;
    kept.emplace_back(std::move(clipped));
  }
  const auto left = rows.size() - std::min(rows.size(), kept.size());
  if (!kept.empty()) report[key] = std::move(kept);
  if (left > 0) report[std::string(key) + "_left_out"] = left;
}

}  // namespace insight
