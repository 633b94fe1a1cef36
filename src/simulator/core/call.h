// One call as a handler sees it, and the handler's answer.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "facts/facts.h"
#include "simulator/core/state.h"

namespace simulator {

/// The verified parameters of a call, including those in its path. Values are text as on the wire (a boolean
/// is "0" or "1"). A repeated key or a JSON array has several values.
class Parameters {
 public:
  using Values = std::map<std::string, std::vector<std::string>, std::less<>>;

  bool has(std::string_view name) const { return values_.contains(name); }
  /// The (first) value; `otherwise` if the parameter is absent.
  std::string text(std::string_view name, std::string_view otherwise = {}) const;
  std::int64_t number(std::string_view name, std::int64_t otherwise = 0) const;
  bool flag(std::string_view name, bool otherwise = false) const;
  /// The items of a `-list` value (split at comma, semicolon, blank, NUL) or of an array; empty when absent.
  std::vector<std::string> list(std::string_view name) const;
  void set(std::string name, std::vector<std::string> value) { values_[std::move(name)] = std::move(value); }
  void erase(std::string_view name);
  const Values& all() const { return values_; }

 private:
  Values values_;
};

/// The caller.
struct Identity {
  std::string user;   ///< "root@pam"; empty on endpoints that need no login
  std::string token;  ///< "demo"; empty for a ticket
  bool privsep = false;
  /// "root@pam!demo".
  std::string full() const { return token.empty() ? user : user + "!" + token; }
};

struct Call {
  const facts::Endpoint& endpoint;
  State& state;
  Identity identity;
  Parameters parameters;
  const facts::Facts& facts;

  std::string node() const { return parameters.text("node"); }
  unsigned vmid() const { return static_cast<unsigned>(parameters.number("vmid")); }
  /// The type of the guests in the path: containers below "/nodes/{node}/lxc", VMs everywhere else.
  GuestType guest_type() const {
    return endpoint.path.starts_with("/nodes/{node}/lxc") ? GuestType::Lxc : GuestType::Qemu;
  }
};

/// A handler's answer. Cluster wraps it into PVE's envelope.
struct Answer {
  unsigned status = 200;
  /// The error text, line breaks included; the reason phrase is its first line.
  std::string message;
  base::Json data;                     ///< may be null
  std::optional<std::uint64_t> total;  ///< beside `data`; left out when 0, as PVE does
  base::JsonObject extra;              ///< further members beside `data` ("changes")
  base::JsonObject errors;             ///< by parameter, of a 400
  bool bare = false;                   ///< no body at all, as 595 has
  /// How long the answer takes. Nullopt: as long as its status and message usually take.
  std::optional<std::chrono::milliseconds> delay = {};

  static Answer of(base::Json data = nullptr);
  static Answer of_total(base::JsonArray list, std::uint64_t total);
  /// An error in PVE's form: `{"data":null,"message":"text\n"}`.
  static Answer fail(std::string message, unsigned status = 500);
  /// 400 "Parameter verification failed." with one parameter's error.
  static Answer bad(std::string_view parameter, const std::string& text);
  /// 403 "Permission check failed (path, privilege)".
  static Answer denied(std::string_view path, std::string_view privilege);
};

/// A JSON number, or a string if the text is not a number.
base::Json as_number(const std::string& text);

/// `config` as JSON. Values of the keys in `numbers` become numbers; "net" there means net0, net1, ….
base::JsonObject to_json(const Config& config, std::initializer_list<std::string_view> numbers = {});

/// PVE's `digest` of the configuration: a SHA-1 in hex.
std::string digest_of(const Config& config);
std::string digest_of(std::string_view text);
/// A SHA-256 in hex, PVE's `digest` where its newer libraries make it.
std::string sha256_of(std::string_view text);

/// PVE's 500 if the caller sends a `digest` other than `present`, else nullopt.
std::optional<Answer> check_digest(const Call& call, std::string_view present);

/// The items of a PVE `-list`, without empty ones.
std::vector<std::string> split_list(std::string_view text);

/// The parts "key" -> "value" of a property string; the part without '=' gets `default_key`.
Config parse_properties(std::string_view text, std::string_view default_key = {});

/// The bytes of "4G", "512M" or "1024".
std::uint64_t parse_size(std::string_view text);
/// Bytes as PVE writes them in a configuration: "32G", "528K".
std::string format_size(std::uint64_t bytes);

}  // namespace simulator
