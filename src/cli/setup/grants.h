// What has to change in PVE so that a new API token may do what the tools of a tier need, and no more.
#pragma once

#include <expected>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cli/setup/access_control.h"
#include "facts/facts.h"
#include "guard/policy.h"

namespace cli {

using PrivilegeNames = std::set<std::string, std::less<>>;

/// The user of all API tokens that setup makes.
inline constexpr std::string_view kTokenUser = "mcp@pve";

/// What PVE has already, as far as it concerns kTokenUser.
struct AccessState {
  struct Role {
    PrivilegeNames privileges;
    bool built_in = false;
  };
  struct Entry {
    std::string path, type, who, role;
  };
  std::map<std::string, Role, std::less<>> roles;
  bool has_user = false;
  std::string user_comment;
  std::set<std::string, std::less<>> tokens;  ///< of kTokenUser, by name
  std::vector<Entry> acl;
};

/// The error is a sentence.
std::expected<AccessState, std::string> read_access(AccessControl& access);

/// What setup has made in PVE for one server. Empty: that was there before.
struct Made {
  std::string token_id;    ///< "mcp@pve!pve"
  std::string role;        ///< "MCP-pve"
  std::string permission;  ///< the role that kTokenUser got on /

  bool operator==(const Made&) const = default;
};

struct Grant {
  struct Part {
    AccessChange change;
    std::optional<AccessChange> undo;  ///< takes it back; nothing: that goes with another part
  };
  std::vector<Part> parts;         ///< in this order
  std::string token_id;            ///< "mcp@pve!pve"
  std::string role;                ///< that it gets
  Made made;                       ///< by these parts
  std::string token_path;          ///< the path of the change whose answer has the secret
  std::vector<std::string> notes;  ///< sentences for the person
};

/// Makes the user, a role "MCP-NAME" (or takes a role of PVE's own with just these privileges), the API token
/// with privilege separation, and the permissions of both on /. What is there already is used again. Nothing
/// in `state` that PVE does not know is asked of it. The error is a sentence: an API token of that name
/// exists.
std::expected<Grant, std::string> grant_for(std::string_view token_name, const PrivilegeNames& needed,
                                            const AccessState& state);

/// Removes what setup made. A role that others have stays. The user goes if it has the comment of setup, no
/// other API token and no other permission; else it loses the permission that setup gave it, unless another
/// API token needs that.
std::vector<AccessChange> removal_of(const Made& made, const AccessState& state);

/// The line that gives the role of such a token these privileges instead; nothing for a token of another
/// user.
std::optional<std::string> role_line(std::string_view token_id, const PrivilegeNames& needed);

/// The lines that a person can run to remove an API token of kTokenUser, its role and the user; nothing for a
/// token of another user.
std::vector<std::string> removal_lines(std::string_view token_id);

}  // namespace cli
