// The server's own token and its user in PVE's access control: what grants must know so that they take no
// right away.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "pve/client.h"

namespace pve {

/// One row of the access control list.
struct AclEntry {
  std::string path;
  std::string type;  ///< "user", "group", "token"
  std::string who;
  std::string role;
  bool propagates = true;
};

using PrivilegeSet = std::set<std::string, std::less<>>;

/// What PVE told.
struct OwnAccess {
  std::string token;  ///< user@realm!name
  std::string user;
  std::map<std::string, PrivilegeSet, std::less<>> roles;  ///< all of the cluster; empty: not readable
  /// The whole list; nothing if the API token may see only a part of it.
  std::optional<std::vector<AclEntry>> acl;
  std::set<std::string, std::less<>> groups;  ///< of the user
  /// Of the token: it has only those rights of its user that it has itself. Nothing: PVE does not tell.
  std::optional<bool> separated;
};

/// The user itself, or its token as far as that has entries of its own.
enum class Holder : std::uint8_t { User, Token };

/// The roles that the list gives the holder on a path, as PVE finds them: of the deepest path that has
/// entries for it, there its own before those of its groups. Needs `acl`.
std::set<std::string> roles_on(const OwnAccess& access, Holder holder, std::string_view path);

/// The roles of entries for the holder itself on exactly this path. Needs `acl`.
std::set<std::string> own_roles_at(const OwnAccess& access, Holder holder, std::string_view path);

/// Safe from many threads; owns nothing it is given.
class OwnAccessCache {
 public:
  OwnAccessCache(Client& client, base::Clock& clock) : client_(client), clock_(clock) {}
  OwnAccessCache(const OwnAccessCache&) = delete;
  OwnAccessCache& operator=(const OwnAccessCache&) = delete;

  /// What was read within the last minute, else now().
  std::shared_ptr<const OwnAccess> get(const std::stop_token& stop);
  /// Reads up to five lists.
  std::shared_ptr<const OwnAccess> now(const std::stop_token& stop);

 private:
  Client& client_;
  base::Clock& clock_;
  std::mutex mutex_;
  std::shared_ptr<const OwnAccess> known_;
  base::Clock::Steady taken_{};
};

/// What the user of `holder` may do on a path: privileges, whether or not they are passed on. Nothing when
/// PVE does not say. The token's are its effective ones.
std::optional<PrivilegeSet> privileges_on(Client& client, Holder holder, std::string_view path,
                                          const std::stop_token& stop);

}  // namespace pve
