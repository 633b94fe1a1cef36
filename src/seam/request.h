// What every request of the seam has in common: who asks, what the client can do, what it may be told
// meanwhile, and what it can be asked. Names nothing of PVE and nothing of JSON-RPC.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace mcp {

enum class Era : std::uint8_t { Legacy, Modern };

/// The caller. A tool may run only if both the server's limits and the caller's allow it; every list and
/// every call checks that.
struct Caller {
  /// A name for logs, and what states and tasks are bound to; empty for the one caller of a stdio process.
  std::string identity{};
  /// Absent: no limit beyond the server's. The words are the implementation's (tier, category, scope).
  std::optional<std::string> tier{};
  std::optional<std::vector<std::string>> categories{};
  /// Granted by an authorization server; empty where there is none. Only such a caller can be told which
  /// scope is missing (InsufficientScope).
  std::vector<std::string> scopes{};
};

/// Receives progress of the request in flight. Safe from the thread of the request; silent once it has
/// returned.
class Progress {
 public:
  Progress() = default;
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  virtual ~Progress() = default;
  /// `progress` must grow from one report to the next; `total` when it is known.
  virtual void report(double progress, std::optional<double> total, std::string_view message) = 0;
  /// The request continues without new progress: reports the smallest step that a client accepts.
  virtual void linger(std::string_view /*message*/) {}
  /// False: the client did not ask for progress, so it need not be computed.
  virtual bool wanted() const { return true; }
  /// The rest takes long: a client that can come back for it may be sent away meanwhile (SSE polling of
  /// revision 2025-11-25). Elsewhere nothing happens.
  virtual void pause() {}
};

/// The levels of RFC 5424, the least urgent first.
enum class LogLevel : std::uint8_t { Debug, Info, Notice, Warning, Error, Critical, Alert, Emergency };

/// Log messages to the client (notifications/message), for clients that ask for them. No secrets.
class Log {
 public:
  Log() = default;
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  virtual ~Log() = default;
  virtual bool wants(LogLevel level) const = 0;
  /// Nothing when the level is not wanted.
  virtual void write(LogLevel level, std::string_view text) = 0;
};

/// Drops progress and logs.
class Unheard final : public Progress, public Log {
 public:
  void report(double /*progress*/, std::optional<double> /*total*/, std::string_view /*message*/) override {}
  bool wanted() const override { return false; }
  bool wants(LogLevel /*level*/) const override { return false; }
  void write(LogLevel /*level*/, std::string_view /*text*/) override {}
};

/// One question to the client or its user.
struct InputRequest {
  /// Confirmation is a form where every answer except an explicit yes means no.
  enum class Kind : std::uint8_t { Form, Confirmation, Sampling, Roots };
  /// Unique within the request; the answer comes under it.
  std::string key;
  Kind kind = Kind::Form;
  /// Forms: "message" and "requestedSchema", a flat JSON Schema of primitive members. Sampling: the params of
  /// sampling/createMessage. Roots: empty.
  base::JsonObject params{};
};

/// The request needs answers first; nothing was changed yet. The method is called again with all answers so
/// far in Request::inputs, so it must be re-entrant.
struct NeedInput {
  std::vector<InputRequest> requests;
};

/// One question with a form.
NeedInput ask_form(std::string key, std::string_view message, base::JsonObject requested_schema);
/// One question that is answered by yes or no: a form with the boolean "confirm".
NeedInput ask_confirmation(std::string key, std::string_view message);
/// Whether the answer under `key` is an explicit yes. Declined, cancelled, empty, malformed and absent are
/// no.
bool confirmed(const base::JsonObject& inputs, std::string_view key);

/// The request itself was wrong: an unknown tool, arguments of the wrong shape. `code` is a JSON-RPC code.
struct ProtocolError {
  int code;
  std::string message;
  base::Json data;
};

/// The caller's token does not grant the request: over HTTP a 403 with a challenge that names the scopes in
/// `data.scopes`. Outside of the codes that JSON-RPC and MCP reserve.
inline constexpr int kInsufficientScope = 403;

/// The server allows the request, but the caller's token does not; these scopes would suffice.
struct InsufficientScope {
  std::vector<std::string> scopes;
  std::string message;
};

/// Valid for the duration of the method it is given to.
struct Request {
  const Caller& caller;
  Era era;
  const base::JsonObject& client_capabilities;
  /// The results the client gave so far, by the key of their InputRequest: for a form an ElicitResult
  /// whose action is accept, decline or cancel, and whose content, if accepted, has what the schema requires.
  const base::JsonObject& inputs;
  Progress& progress;
  Log& log;
  std::stop_token stop;
  /// The client can ask its user for a confirmation.
  bool can_confirm = false;
};

}  // namespace mcp
