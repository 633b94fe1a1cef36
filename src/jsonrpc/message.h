// JSON-RPC 2.0: text <-> Request | Notification | Response, and batches of them. Knows no MCP, does no I/O.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/json.h"

namespace jsonrpc {

inline constexpr int kParseError = -32700;
inline constexpr int kInvalidRequest = -32600;
inline constexpr int kMethodNotFound = -32601;
inline constexpr int kInvalidParams = -32602;
inline constexpr int kInternalError = -32603;

/// Keeps the JSON type: 1 and "1" are different ids.
using Id = std::variant<std::int64_t, std::string>;

struct Error {
  int code = kInternalError;
  std::string message;
  /// Null: the member is left out.
  base::Json data;
};

struct Request {
  Id id;
  std::string method;
  /// Empty when the request had none.
  base::JsonObject params;
};

struct Notification {
  std::string method;
  base::JsonObject params;
};

struct Response {
  /// Absent on an error whose sender could not read the id.
  std::optional<Id> id;
  std::expected<base::Json, Error> outcome;
};

using Message = std::variant<Request, Notification, Response>;

/// Input that is not a message, with the error that its sender should get.
struct Malformed {
  /// Absent when it could not be read.
  std::optional<Id> id;
  Error error;
  /// False for broken responses and notifications, which are never answered.
  bool answerable = true;
};

using Item = std::expected<Message, Malformed>;
using Batch = std::vector<Item>;

/// One JSON text to one message or one batch. -32700: not UTF-8, not JSON, or nested deeper than
/// base::kJsonDepth. -32600: JSON, but not a message, or one of more than 100,000 elements and members, which
/// are not even parsed. -32602: `params` is not an object. Ids are strings or integers of 64 bits. Of members
/// given twice the last one counts. An empty array is a Malformed, not a Batch, and so is one of more than
/// `most` items, none of which is looked at: as items they would take a hundred times the text.
std::variant<Item, Batch> parse(std::string_view text,
                                std::size_t most = std::numeric_limits<std::size_t>::max());

/// -32600 for a batch of `count` items where `most` are taken.
Error too_long(std::size_t count, std::size_t most);

/// -32602; `why` says which member, and what it must be.
std::unexpected<Error> invalid_params(std::string_view why);

/// Of an id that is a text, in bytes: it is kept while its request runs, and streams run for long.
inline constexpr std::size_t kLongestId = 8192;

/// A JSON value as an id, if it may be one: a text of kLongestId at most, or a number with a fraction or an
/// exponent only where it is whole and below 2^46, so that no two are read as one.
std::optional<Id> read_id(const base::Json& value);

void write_id(const Id& id, std::string& out);
/// For logs.
std::string id_text(const Id& id);

/// The writers give one line without a line break; `result` and `params` are JSON texts; a
/// notification without params leaves them out. Bytes that are not UTF-8 become U+FFFD.
std::string write_request(const Id& id, std::string_view method, std::string_view params);
std::string write_notification(std::string_view method, std::string_view params);
std::string write_result(const Id& id, std::string_view result);
/// Without an id the member is left out, because null is not a valid id.
std::string write_error(const std::optional<Id>& id, const Error& error);

}  // namespace jsonrpc
