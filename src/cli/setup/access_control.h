// Reads and changes PVE's users, roles, API tokens and permissions: with one login, or by pveum on a node.
#pragma once

#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/method.h"
#include "net/http.h"
#include "pve/client.h"

namespace cli {

/// One change, as a call of PVE's API and as the arguments of pveum.
struct AccessChange {
  base::Method method = base::Method::Post;
  std::string path;  ///< "/access/users/mcp@pve": no percent signs
  pve::Parameters parameters;
  std::vector<std::string> pveum;
};

/// "pveum role add MCP-pve --privs VM.Audit": a line for a shell.
std::string command_line(const AccessChange& change);

/// Why a call failed.
struct AccessError {
  std::string sentence;     ///< without secrets
  bool unanswered = false;  ///< it was sent and no answer came, so PVE may have carried it out
};

class AccessControl {
 public:
  AccessControl() = default;
  AccessControl(const AccessControl&) = delete;
  AccessControl& operator=(const AccessControl&) = delete;
  virtual ~AccessControl() = default;

  /// The data of GET `path`. The error is a sentence.
  virtual std::expected<base::Json, std::string> get(const std::string& path) = 0;
  /// The data of the answer, which holds the secret of a new token: it must not be shown.
  virtual std::expected<base::Json, AccessError> change(const AccessChange& change) = 0;
};

/// Who logs in. The password is used once and kept nowhere.
struct Login {
  std::string user;  ///< "root@pam"
  std::string password;
  /// Gives the code of an authenticator app, or a recovery code, when PVE asks for a second factor; the error
  /// is passed on.
  std::function<std::expected<std::string, std::string>()> code;
};

/// Whether it is one of PVE's codes for those who lost their second factor: "01ab-23cd-45ef-6789".
bool is_recovery_code(std::string_view code);

/// Logs in once. After a refusal nothing is tried again. `http` leads to PVE. The error is a sentence.
std::expected<std::unique_ptr<AccessControl>, std::string> log_in(std::unique_ptr<net::HttpClient> http,
                                                                  const Login& login);

/// Runs the pvesh and pveum of the system below `root`, without a shell.
std::unique_ptr<AccessControl> on_this_node(const std::filesystem::path& root);

}  // namespace cli
