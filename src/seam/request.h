// What all requests to the tools, resources and prompts share: the caller, the client's capabilities,
// progress, log messages, and questions to the client. Names nothing of PVE and nothing of JSON-RPC.
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
/// every call checks both.
struct Caller {
  /// The caller's name in logs; states and tasks are bound to it. Empty for the one caller of a stdio
  /// process.
  std::string identity{};
  /// Absent: the caller has no limit of its own. The values are the implementation's (tier, category, scope).
  std::optional<std::string> tier{};
  std::optional<std::vector<std::string>> categories{};
  /// The scopes that an authorization server granted; empty without one. Only a caller that has scopes can be
  /// told which scope is missing (InsufficientScope).
  std::vector<std::string> scopes{};
  /// The terms of the caller's own limits on objects, beside the server's; absent: none of its own.
  std::optional<std::vector<std::string>> terms{};
};

/// Receives the progress of a running request. Call it on the request's thread only; it drops reports after
/// the request has returned.
class Progress {
 public:
  Progress() = default;
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  virtual ~Progress() = default;
  /// `progress` must grow from one report to the next. Give `total` if it is known.
  virtual void report(double progress, std::optional<double> total, std::string_view message) = 0;
  /// Call this while the request continues without new progress: it reports the smallest step that a client
  /// accepts.
  virtual void linger(std::string_view /*message*/) {}
  /// Returns false if the client did not ask for progress, so that the caller need not compute it.
  virtual bool wanted() const { return true; }
  /// Call this when the rest takes long: a client that can resume may be disconnected meanwhile (SSE polling
  /// of revision 2025-11-25). Does nothing otherwise.
  virtual void pause() {}
};

/// The levels of RFC 5424, the least urgent first.
enum class LogLevel : std::uint8_t { Debug, Info, Notice, Warning, Error, Critical, Alert, Emergency };

/// Sends log messages to clients that ask for them (notifications/message). The text must not contain
/// secrets.
class Log {
 public:
  Log() = default;
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  virtual ~Log() = default;
  virtual bool wants(LogLevel level) const = 0;
  /// Does nothing if the client does not want the level.
  virtual void write(LogLevel level, std::string_view text) = 0;
};

/// Drops progress and logs.
class NullSink final : public Progress, public Log {
 public:
  void report(double /*progress*/, std::optional<double> /*total*/, std::string_view /*message*/) override {}
  bool wanted() const override { return false; }
  bool wants(LogLevel /*level*/) const override { return false; }
  void write(LogLevel /*level*/, std::string_view /*text*/) override {}
};

/// One question to the client or its user.
struct InputRequest {
  /// A Confirmation is a form for which every answer except an explicit yes means no.
  enum class Kind : std::uint8_t { Form, Confirmation, Sampling, Roots };
  /// Unique within the request; its answer has the same key.
  std::string key;
  Kind kind = Kind::Form;
  /// Forms: "message" and "requestedSchema", a flat JSON Schema of primitive members. Sampling: the params of
  /// sampling/createMessage. Roots: empty.
  base::JsonObject params{};
};

/// The request needs answers first and has changed nothing yet. The server calls the method again with all
/// answers so far in Request::inputs, so the method must be re-entrant.
struct NeedInput {
  std::vector<InputRequest> requests;
};

/// Returns one question with a form.
NeedInput ask_form(std::string key, std::string_view message, base::JsonObject requested_schema);
/// Returns one yes-or-no question: a form with the boolean "confirm".
NeedInput ask_confirmation(std::string key, std::string_view message);
/// Returns true only if the answer to `key` is an explicit yes. Declined, cancelled, empty, malformed and
/// absent answers mean no.
bool confirmed(const base::JsonObject& inputs, std::string_view key);

/// The request itself is invalid: it names an unknown tool, or its arguments have the wrong shape. `code` is
/// a JSON-RPC code.
struct ProtocolError {
  int code;
  std::string message;
  base::Json data;
};

/// The code of InsufficientScope: over HTTP, a 403 with a challenge that names the scopes in `data.scopes`.
/// It is outside the codes that JSON-RPC and MCP reserve.
inline constexpr int kInsufficientScope = 403;

/// The server allows the request, but the caller's bearer token does not. A token with these scopes could.
struct InsufficientScope {
  std::vector<std::string> scopes;
  std::string message;
};

/// A request. It is valid until the method that receives it returns.
struct Request {
  const Caller& caller;
  Era era;
  const base::JsonObject& client_capabilities;
  /// The client's answers so far, by the key of their InputRequest. For a form: an ElicitResult whose action
  /// is accept, decline or cancel, and whose content, if accepted, matches the requested schema.
  const base::JsonObject& inputs;
  Progress& progress;
  Log& log;
  std::stop_token stop;
  /// The client can ask its user for a confirmation.
  bool can_confirm = false;
};

}  // namespace mcp
