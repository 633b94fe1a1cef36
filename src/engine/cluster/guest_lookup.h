// Which guest a text means: the one resolver of numbers and names. Names come from two places. The list of
// the cluster (GET /cluster/resources) is one read, but its names are up to ten seconds old: after two
// renames it says that a name is the other guest's. The lists of the nodes (GET /nodes/{node}/qemu and /lxc)
// read the configurations: one read for each node and kind.
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

/// Which guests a text may mean, and of which of them a sentence may tell the caller.
struct GuestScope {
  GuestKinds meant{};
  GuestKinds listed{};
  /// For a read: a guest whose node does not answer counts by the name that it had last.
  bool reads = false;
};

struct FoundGuest {
  pve::Guest guest;
  /// The text held a name, so that an answer says which guest it was.
  bool by_name = false;
  /// That name is the guest's own at this moment, or there was none to look at.
  bool sure = true;
  /// What could not be asked, a sentence; empty when nothing is left open.
  std::string note{};
  pve::InventoryPtr list{};  ///< that said where it is
};

struct LookupError {
  std::string sentence;                    ///< begins small, ends with a full stop
  std::optional<pve::Error> list_error{};  ///< the list could not be read: nobody knows whether there is one
  bool not_found = false;                  ///< there is none, rather than several or one that cannot be asked
};

using LookupResult = std::expected<FoundGuest, LookupError>;

/// The guests by the names that their configurations have now. For one thread.
class GuestsNow {
 public:
  /// How long the nodes may take together; those that do not answer are left out.
  static constexpr std::chrono::seconds kLongest{10};

  /// Asks for the list of the cluster, then at once all nodes on which it shows guests of the meant kinds; a
  /// second time where a guest has gone in between. The error is why the list could not be read.
  static std::expected<GuestsNow, pve::Error> read(Cluster& cluster, const GuestScope& scope,
                                                   const std::stop_token& stop);

  /// A number, a name, or "100 (web01)". A name is refused when two have it, and when it could be that of a
  /// guest whose node did not answer: the list of the cluster last showed it with this name, or with none.
  /// For a read it is taken when that guest alone had it.
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
  std::vector<pve::Guest> guests_;             ///< as the nodes say
  std::vector<const pve::Guest*> unanswered_;  ///< of the list, of which no node has said anything
};

/// By the list's own names, whatever they are now; not sure of a name.
LookupResult guest_in(const pve::InventoryPtr& list, std::string_view text, const GuestScope& scope);

/// For a change: by the names of this moment. A number alone needs none of them and costs the list at most.
LookupResult guest_now(std::string_view text, const GuestScope& scope, Cluster& cluster,
                       const std::stop_token& stop);

/// For a read: by the list that is remembered, as guest_now() where that one has no such guest. Of a name it
/// is not sure: whoever reads the guest compares (name_in(), name_now()), and asks guest_now() where that
/// fails.
LookupResult guest_listed(std::string_view text, const GuestScope& scope, Cluster& cluster,
                          const std::stop_token& stop);

/// Whether the answer to such a read names its guest: its configuration and its present status do,
/// while a snapshot's configuration has the name of then.
bool names_guest(const tool::About& about, const base::JsonObject& arguments);

/// The encoded path of `what` below the guest: "config", "snapshot".
std::string guest_path(const pve::Guest& guest, std::string_view what);

/// What the answer of such a read says the guest is called, as PVE's lists do; empty when it is no object.
std::string name_in(const base::Json& data, const pve::Guest& guest);

/// The same by a read of its configuration, for answers that name no guest: one read, where asking the nodes
/// would be one for each. Empty when it cannot be read.
std::string name_now(const pve::Guest& guest, Cluster& cluster, const std::stop_token& stop);

}  // namespace engine
