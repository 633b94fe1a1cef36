// One PVE cluster over HTTP: credentials, encoding, envelope, errors. Facts behind it: PVE's pveproxy.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/method.h"
#include "net/http.h"

namespace pve {

/// Decoded names and values, in order; a name may repeat (arrays).
using Parameters = std::vector<std::pair<std::string, std::string>>;

struct Call {
  base::Method method = base::Method::Get;
  /// Below /api2/json, each segment already encoded (see path.h).
  std::string path;
  Parameters parameters;
};

/// PVE's envelope.
struct Answer {
  base::Json data;
  std::optional<std::int64_t> total;   ///< of lists that PVE cut
  std::optional<std::string> changes;  ///< pending network changes, a unified diff
};

struct Error {
  enum class Kind : std::uint8_t {
    Refused,     ///< PVE answered with an error
    Rejected,    ///< 401: PVE does not accept the credentials
    Connection,  ///< no answer; `failure` says why
    Malformed,   ///< an answer that is not PVE's (HTML, broken JSON)
    Cancelled,
    Held,    ///< a change that ClientOptions::hold kept back; nothing was sent, and `message` says why
    Hidden,  ///< a View does not show it; `message` says so in sentences
  };
  Kind kind = Kind::Refused;
  unsigned status = 0;
  /// PVE's message in full, or this server's where PVE sent none. One or more lines, without secrets.
  std::string message;
  /// Per parameter, from `errors`.
  std::vector<std::pair<std::string, std::string>> errors;
  std::optional<net::Failure> failure;
};

struct Credentials {
  std::string token_id;     ///< user@realm!tokenname
  std::string secret;       ///< empty when `secret_file` is given
  std::string secret_file;  ///< re-read once when PVE rejects the secret
  /// The setting that named the file, for errors.
  std::string secret_source = "PVE_TOKEN_SECRET_FILE";
  /// Gives the secret where neither of the two does: called for the first request, and again when PVE rejects
  /// the secret; never from two threads at once. The error is a sentence.
  std::function<std::expected<std::string, std::string>()> secret_command{};
};

struct ClientOptions {
  /// As the user wrote it, normalised: "https://pve:8006". For texts; the HttpClient knows where to connect.
  std::string base_url;
  std::chrono::milliseconds timeout{40'000};
  /// Called once, from the thread of a call, when the credentials are finally rejected. May be empty.
  std::function<void(const std::string& sentence)> on_rejected;
  /// Why no change may be sent now; nothing: it may. Asked each time before a change (all but GET) is sent,
  /// at first and again: with a renewed secret, over another connection, to another host. From the threads of
  /// calls. The text begins with a clause and ends with a full stop. Empty: changes are never held.
  std::function<std::optional<std::string>()> hold{};
};

class Secret;

/// Limits what the callers of a Client see and reach of the cluster. Safe from many threads.
class View {
 public:
  using Send = std::function<std::expected<Answer, Error>(const Call& call)>;

  virtual ~View() = default;

  /// Answers the call in the client's place. Refuses it with Error::Kind::Hidden, or sends it, or another
  /// one, and takes out of the answer what is not to be seen.
  virtual std::expected<Answer, Error> call(const Call& call, const Send& send,
                                            const std::stop_token& stop) = 0;
  /// The setting that limits: "PVE_SCOPE".
  virtual std::string name() const = 0;
  /// Sentences about what the answers of the last seconds lack although it may be in the view; "" if nothing.
  virtual std::string gaps() const = 0;
};

/// Blocking; safe from many threads. Does not own the HttpClient.
class Client {
 public:
  Client(net::HttpClient& http, const Credentials& credentials, ClientOptions options);
  /// The same PVE, credentials, secret and options, seen through `view`, which must outlive the client.
  Client(const Client& whole, View& view);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// GET, and requests of which no byte was written, are repeated once on another connection; nothing else
  /// is. Once PVE has rejected the credentials, every call answers so at once.
  std::expected<Answer, Error> call(const Call& call, const std::stop_token& stop);

  /// As call(), and the body of what PVE answers to a call that it carries out: unread, unless a view made
  /// it.
  std::expected<std::string, Error> text(const Call& call, const std::stop_token& stop);

  /// Why a change would be kept back now; nothing: it would be sent.
  std::optional<std::string> held() const { return options_.hold ? options_.hold() : std::nullopt; }

  const std::string& base_url() const { return options_.base_url; }
  /// user@realm!tokenname
  const std::string& token_id() const { return token_id_; }
  /// What limits the answers; "": nothing does.
  std::string limit() const { return view_ == nullptr ? std::string{} : view_->name(); }
  /// As View::gaps().
  std::string gaps() const { return view_ == nullptr ? std::string{} : view_->gaps(); }

 private:
  std::expected<Answer, Error> ask(const Call& call, const std::stop_token& stop);
  /// The response of a call that PVE carries out.
  std::expected<net::Response, Error> send(const Call& call, const std::stop_token& stop);
  std::expected<net::Response, Error> attempt(const Call& call, const std::string& secret,
                                              const std::stop_token& stop);
  Error without_secret(Error error) const;
  Error rejection() const;
  Error reject();

  net::HttpClient& http_;
  const std::string token_id_;
  std::shared_ptr<Secret> secret_;
  ClientOptions options_;
  std::shared_ptr<std::atomic<bool>> rejected_;
  View* view_ = nullptr;
};

/// The message for a person: PVE's own words and the remedy `what_to_do`, or the cause of the failed
/// connection and the settings to check. `what` names the call ("GET /nodes"); it may be "".
std::string explain(const Error& error, std::string_view what, std::string_view base_url,
                    std::string_view what_to_do = {});

}  // namespace pve
