// Finds the guests in values of PVE's: in lists of guests and in the names of volumes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "facts/facts.h"

namespace engine {

/// A guest's number in a text, and where its digits are.
struct Owner {
  std::int64_t vmid = 0;
  std::size_t at = 0;
  std::size_t length = 0;
  /// False if only a colon is before the number and a slash behind it, as in "nas:100/", but also in
  /// "host:8006/".
  bool sure = true;
};

/// The owners of the volumes in a value, in their order there: "vm-100-disk-0", "base-100-disk-0",
/// "subvol-200-disk-1", "100/…" of a directory, "vzdump-qemu-100-…", and "backup/ct/200/…" of a backup
/// server.
std::vector<Owner> volume_owners(std::string_view value);

/// The numbers in a list of guests: "100", "vm:100", "ct:200", "qemu/100", and "100-0" of a replication job.
std::vector<std::int64_t> guests_in_list(std::string_view list);

/// The guest in PVE's typed names of guests: "qemu/100", "lxc/100", "vm:100", "ct:100", "service:vm:100", and
/// in the path "/vms/100". Returns nullopt for other texts.
std::optional<std::int64_t> typed_guest(std::string_view text);

/// The guests in PVE's sentences: "VM 100 already exists on node 'pve1'", "VM/CT 100", "guest 100".
std::vector<std::int64_t> guests_in_words(std::string_view sentence);

/// The guests in the id of a task: "100", "100@local", "100-scsi0>101-scsi1".
std::vector<std::int64_t> guests_of_task(std::string_view id);

/// True if PVE's schema says that the values of this parameter name guests.
bool lists_guests(const facts::Parameter& parameter);

}  // namespace engine
