// Finds the guest that a text means, by number or name. Two sources have names. The list of the cluster (GET
// /cluster/resources) takes one request, but its names are up to ten seconds old, so that it can give a name
// to the wrong guest after two were renamed. The lists of the nodes (GET /nodes/{node}/qemu and /lxc) have
// the names of the configurations, and take one request for each node and kind.
#pragma once

#include <expected>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "engine/cluster/cluster.h"
#include "engine/cluster/guest_kinds.h"
#include "tool/subject.h"

namespace engine {

/// The guests that a text may mean, and those that a sentence may tell the caller about.
struct GuestScope {
  GuestKinds meant{};
  GuestKinds listed{};
  /// For a read: a guest whose node does not answer is found by its last known name.
  bool reads = false;
};

struct FoundGuest {
  pve::Guest guest;
  /// The text contained a name, so the answer says which guest it is.
  bool by_name = false;
  /// The guest has this name now, or the text contained no name.
  bool sure = true;
  /// A sentence that names the nodes that did not answer; empty if all did.
  std::string note{};
  pve::InventoryPtr list{};  ///< the list that showed its node
};

struct LookupError {
  std::string sentence;  ///< begins in lower case and ends with a full stop
  std::optional<pve::Error>
      list_error{};  ///< why the list could not be read, so that it is not known whether the guest exists
  bool not_found = false;  ///< the guest does not exist; false if several match, or if a node did not answer
};

using LookupResult = std::expected<FoundGuest, LookupError>;

/// The guests under the names that their configurations have now. For one thread.
class GuestsNow {
 public:
  /// The maximum time for all nodes together. Nodes that do not answer are left out.
  static constexpr std::chrono::seconds kLongest{10};

  /// Reads the list of the cluster, and then at the same time the lists of all nodes that have guests of
  /// these kinds. Repeats this once if a guest has left its node meanwhile. The error says why the list of
  /// the cluster could not be read.
  static std::expected<GuestsNow, pve::Error> read(Cluster& cluster, const GuestScope& scope,
                                                   const std::stop_token& stop);

  /// Finds a number, a name, or "100 (web01)". Refuses a name that two guests have. Also refuses a name that
  /// a guest of a node that did not answer may have: one that the list of the cluster shows under this name
  /// or under none. A read gets that guest if no other had the name.
  LookupResult find(std::string_view text) const;

 private:
  explicit GuestsNow(const GuestScope& scope) : scope_(scope) {}
  bool read_once(Cluster& cluster, const std::stop_token& stop, pve::Error& why);
  LookupResult find_number(std::int64_t vmid, std::string_view name) const;
  LookupResult chosen(std::string_view name, const pve::Guest& guest) const;
  std::string open(std::string_view name) const;
  std::optional<FoundGuest> last_known(std::string_view name) const;
  std::vector<std::string_view> names() const;

  GuestScope scope_;
  pve::InventoryPtr list_;
  std::vector<pve::Guest> guests_;             ///< as the nodes list them
  std::vector<const pve::Guest*> unanswered_;  ///< guests of the list that no node has listed
};

/// Finds the guest by the names in the list, which may be old. A guest found by name is not `sure`.
LookupResult guest_in(const pve::InventoryPtr& list, std::string_view text, const GuestScope& scope);

/// For a change: finds the guest by the names that the configurations have now. A number alone takes at most
/// one request, for the list.
LookupResult guest_now(std::string_view text, const GuestScope& scope, Cluster& cluster,
                       const std::stop_token& stop);

/// For a read: finds the guest in the remembered list, or like guest_now() if that list does not have it. A
/// guest found by name is not `sure`: the caller must compare the name with the one in the answer (name_in(),
/// name_now()), and call guest_now() if they differ.
LookupResult guest_listed(std::string_view text, const GuestScope& scope, Cluster& cluster,
                          const std::stop_token& stop);

/// True if the answer of the read contains the guest's name: its configuration and its current status do. A
/// snapshot's configuration has the name that the guest had then.
bool names_guest(const tool::About& about, const base::JsonObject& arguments);

/// The encoded path of `what` below the guest, such as "config" or "snapshot".
std::string guest_path(const pve::Guest& guest, std::string_view what);

/// The guest's name in such an answer, as PVE's lists have it; empty if the answer is not an object.
std::string name_in(const base::Json& data, const pve::Guest& guest);

/// The guest's name in its configuration, for answers without the name. Takes one request, where guest_now()
/// takes one for each node. Empty if the configuration cannot be read.
std::string name_now(const pve::Guest& guest, Cluster& cluster, const std::stop_token& stop);

}  // namespace engine
