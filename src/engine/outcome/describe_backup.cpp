// Describes a backup by the log of its task, because PVE's answer does not name the archive or the storage.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "base/text.h"
#include "engine/outcome/describe_parts.h"

namespace engine {
namespace {

constexpr std::size_t kMostGuests = 5;

struct Archive {
  std::string guest{};  ///< "VM 104"
  std::string name{};   ///< the guest's name
  std::string file{};   ///< with its path, or its name in a Proxmox Backup Server
  std::string size{};
  std::size_t pruned = 0;
  std::string why{};  ///< why it failed; empty: it did not
  bool finished = false;
};

/// The text between `before` and `after`. Returns nullopt if the line does not have them.
std::optional<std::string> between(std::string_view line, std::string_view before, std::string_view after) {
  const auto begin = line.find(before);
  if (begin == std::string_view::npos) return std::nullopt;
  line.remove_prefix(begin + before.size());
  const auto end = after.empty() ? line.size() : line.find(after);
  if (end == std::string_view::npos) return std::nullopt;
  return base::printable(line.substr(0, end), 120);
}

/// "VM 104" or "container 201". PVE writes VM for both, and the kind at the end of the line.
std::optional<std::string> guest_in(std::string_view line) {
  const auto vmid = between(line, "Starting Backup of VM ", " (");
  if (!vmid) return std::nullopt;
  return (line.ends_with("(lxc)") ? "container " : "VM ") + *vmid;
}

void note(Archive& archive, std::string_view line) {
  if (auto name = between(line, "INFO: VM Name: ", "")) archive.name = *std::move(name);
  if (auto name = between(line, "INFO: CT Name: ", "")) archive.name = *std::move(name);
  if (auto path = between(line, " archive '", "'")) archive.file = *std::move(path);
  if (auto path = between(line, "creating Proxmox Backup Server archive '", "'"))
    archive.file = *std::move(path);
  if (auto size = between(line, "archive file size: ", "")) archive.size = *std::move(size);
  if (line.find("removing backup '") != std::string_view::npos) ++archive.pruned;
  if (line.starts_with("INFO: Finished Backup of VM ")) archive.finished = true;
  if (auto why = between(line, " failed - ", ""); why && line.starts_with("ERROR: Backup of VM "))
    archive.why = *std::move(why);
}

std::vector<Archive> archives(const std::vector<std::string>& log) {
  std::vector<Archive> found;
  for (const auto& line : log) {
    if (auto guest = guest_in(line)) found.push_back({.guest = *std::move(guest)});
    if (!found.empty()) note(found.back(), line);
  }
  return found;
}

/// The storage with this directory, by the default paths of PVE's storages. Empty if it is not one of them.
std::string storage_at(std::string_view file) {
  constexpr std::string_view kMounted = "/mnt/pve/";
  if (file.starts_with("/var/lib/vz/dump/")) return "local";
  if (!file.starts_with(kMounted)) return {};
  file.remove_prefix(kMounted.size());
  return std::string(file.substr(0, file.find('/')));
}

std::string volume_of(const Archive& archive, const std::string& named) {
  const auto storage = named.empty() ? storage_at(archive.file) : named;
  if (storage.empty()) return archive.file;
  const auto path = archive.file.starts_with('/') ? archive.file.rfind('/') + 1 : 0;
  return fmt::format("{}:backup/{}", storage, archive.file.substr(path));
}

std::string line_of(const Archive& archive, const std::string& storage, bool asked) {
  const auto who = archive.guest + (archive.name.empty() ? "" : " (" + archive.name + ")");
  if (!archive.finished)
    return fmt::format("{}: not backed up{}{}", who, archive.why.empty() ? "" : ": ", archive.why);
  auto text = fmt::format("{}: {}", who, volume_of(archive, storage));
  if (!archive.size.empty()) text += ", " + archive.size;
  if (archive.file.ends_with(".vma") || archive.file.ends_with(".tar"))
    text += asked ? ", not compressed" : ", not compressed (PVE's default)";
  if (archive.pruned > 0)
    text += fmt::format(", {} older one{} pruned", archive.pruned, archive.pruned == 1 ? "" : "s");
  return text;
}

std::string storage_of(const ChangeContext& context) {
  auto storage = said(context, "storage");
  if (!storage.empty() || context.report == nullptr) return storage;
  for (const auto& line : context.report->log) {
    if (auto named = between(line + " ", " --storage ", " ")) return *std::move(named);
  }
  return storage;
}

}  // namespace

std::optional<ChangeText> describe_backup(const ChangeContext& context) {
  if (context.row.about().subject != tool::Subject::Backup || context.report == nullptr) return std::nullopt;
  const auto made = archives(context.report->log);
  if (made.empty()) return std::nullopt;
  const auto named = storage_of(context);
  const bool asked = !said(context, "compress").empty();
  auto text = context.words.done + took(context) +
              (made.size() > 1 ? fmt::format(", {} guests", made.size()) : "") + ".";
  for (std::size_t i = 0; i < std::min(made.size(), kMostGuests); ++i)
    text += "\n" + line_of(made[i], named, asked);
  if (made.size() > kMostGuests) text += fmt::format("\nand {} more", made.size() - kMostGuests);
  if (named.empty()) text += ". PVE chose the storage, as the call named none";
  return ChangeText{text + "."};
}

}  // namespace engine
