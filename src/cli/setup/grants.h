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
  std::set<std::string, std::less<>> tokens;  ///< of kTokenUser, by name
  std::vector<Entry> acl;
};

/// The error is a sentence.
std::expected<AccessState, std::string> read_access(AccessControl& access);

struct Grant {
  struct Part {
    AccessChange change;
    std::optional<AccessChange> undo;  ///< takes it back; nothing: that goes with another part
  };
  std::vector<Part> parts;         ///< in this order
  std::string token_id;            ///< "mcp@pve!pve"
  std::string token_path;          ///< the path of the change whose answer has the secret
  std::vector<std::string> notes;  ///< sentences for the person
};

/// Makes the user, a role "MCP-NAME" (or takes a role of PVE's own with just these privileges), the API token
/// with privilege separation, and the permissions of both on /. What is there already is used again. Nothing
/// in `state` that PVE does not know is asked of it. The error is a sentence: an API token of that name
/// exists.
std::expected<Grant, std::string> grant_for(std::string_view token_name, const PrivilegeNames& needed,
                                            const AccessState& state);

/// Removes what grant_for() made for the token, and the user when it has no other; nothing for a token of
/// another user.
std::vector<AccessChange> removal_of(std::string_view token_id, const AccessState& state);

/// The line that gives the role of such a token these privileges instead; nothing for a token of another
/// user.
std::optional<std::string> role_line(std::string_view token_id, const PrivilegeNames& needed);

/// What removal_of() does, without knowing what is there: the lines that a person can run.
std::vector<std::string> removal_lines(std::string_view token_id);

}  // namespace cli
