#include "jsonrpc/message.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/json_read.h"
#include "base/text.h"

namespace jsonrpc {
namespace {

std::unexpected<Malformed> invalid(std::optional<Id> id, int code, std::string_view message) {
  return std::unexpected(Malformed{std::move(id), {code, std::string(message), {}}});
}

std::unexpected<Malformed> unanswerable(std::string_view message) {
  return std::unexpected(Malformed{{}, {kInvalidRequest, std::string(message), {}}, false});
}

Item response(base::JsonObject& members, std::optional<Id> id) {
  auto* const result = members.if_contains("result");
  const auto* const error = members.if_contains("error");
  if ((result != nullptr) == (error != nullptr)) {
    return unanswerable("a response has one of \"result\" and \"error\"");
  }
  if (result != nullptr) {
    if (!id) return unanswerable("a response without a usable \"id\"");
    return Response{std::move(id), std::move(*result)};
  }
  const auto* const fields = error->if_object();
  const auto* const code = fields != nullptr ? fields->if_contains("code") : nullptr;
  const auto* const message = fields != nullptr ? fields->if_contains("message") : nullptr;
  if (code == nullptr || !code->is_int64() || message == nullptr || !message->is_string()) {
    return unanswerable("the \"error\" of a response needs a code and a message");
  }
  if (!std::in_range<int>(code->get_int64())) return unanswerable("an error code out of range");
  Error given{static_cast<int>(code->get_int64()), std::string(base::raw_text(*message)), {}};
  if (const auto* const data = fields->if_contains("data")) given.data = *data;
  return Response{std::move(id), std::unexpected(std::move(given))};
}

Item call(base::JsonObject& members, const base::Json& method, const base::Json* id_value,
          std::optional<Id> id) {
  const bool notification = id_value == nullptr;
  if (!notification && !id) {
    return invalid({}, kInvalidRequest,
                   "Invalid request: \"id\" must be a string of at most 8192 bytes or an integer");
  }
  const auto bad = [&](int code, std::string_view message) -> Item {
    return notification ? Item(unanswerable(message)) : Item(invalid(id, code, message));
  };
  if (!method.is_string()) return bad(kInvalidRequest, "Invalid request: \"method\" must be a string");
  base::JsonObject params;
  if (auto* const given = members.if_contains("params")) {
    if (!given->is_object()) return bad(kInvalidParams, "Invalid params: \"params\" must be an object");
    params = std::move(given->get_object());
  }
  std::string name(base::raw_text(method));
  if (notification) return Notification{std::move(name), std::move(params)};
  return Request{*std::move(id), std::move(name), std::move(params)};
}

Item message(base::Json value) {
  auto* const members = value.if_object();
  if (members == nullptr) return invalid({}, kInvalidRequest, "Invalid request: a message must be an object");
  const auto* const id_value = members->if_contains("id");
  std::optional<Id> id = id_value != nullptr ? read_id(*id_value) : std::nullopt;
  const auto* const method = members->if_contains("method");
  const bool answers = members->contains("result") || members->contains("error");
  const auto* const version = members->if_contains("jsonrpc");
  if (version == nullptr || !version->is_string() || version->get_string() != "2.0") {
    if (method == nullptr && answers) return unanswerable("a response without \"jsonrpc\": \"2.0\"");
    return invalid(std::move(id), kInvalidRequest, "Invalid request: \"jsonrpc\" must be \"2.0\"");
  }
  if (method != nullptr) return call(*members, *method, id_value, std::move(id));
  if (answers) return response(*members, std::move(id));
  return invalid(std::move(id), kInvalidRequest, "Invalid request: \"method\" is missing");
}

/// Bytes of the sequence that starts `text`, or 0 if it is not valid UTF-8.
std::size_t sequence_length(std::string_view text) {
  for (std::size_t length = 1; length <= std::min<std::size_t>(4, text.size()); ++length) {
    if (base::is_utf8(text.substr(0, length))) return length;
  }
  return 0;
}

/// Texts from PVE may hold bytes that are not UTF-8, and a client drops a whole line because of one.
std::string finished(std::string line) {
  if (base::is_utf8(line)) return line;
  std::string out;
  out.reserve(line.size() + 16);
  for (std::size_t i = 0; i < line.size();) {
    const auto length = sequence_length(std::string_view(line).substr(i));
    if (length == 0) {
      out += "\xEF\xBF\xBD";
      ++i;
    } else {
      out.append(line, i, length);
      i += length;
    }
  }
  return out;
}

/// A parsed value of one byte takes thirty bytes, and a normal message has only hundreds of values.
constexpr std::size_t kMostValues = 100'000;

/// Elements and members, without building any: what separates or opens them outside of texts.
std::size_t values_in(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    switch (text[i]) {
      case ',':
      case '[':
      case '{':
        ++count;
        break;
      case '"':
        for (++i; i < text.size() && text[i] != '"'; ++i) {
          if (text[i] == '\\') ++i;
        }
        break;
      default:
        break;
    }
  }
  return count;
}

}  // namespace

Error too_long(std::size_t count, std::size_t most) {
  return {kInvalidRequest,
          "Invalid request: a batch of " + std::to_string(count) + " messages; send at most " +
              std::to_string(most),
          {}};
}

std::variant<Item, Batch> parse(std::string_view text, std::size_t most) {
  if (!base::is_utf8(text)) return invalid({}, kParseError, "Parse error: not valid UTF-8");
  // A text has no more values than bytes.
  if (text.size() > kMostValues && values_in(text) > kMostValues)
    return invalid({}, kInvalidRequest,
                   "Invalid request: more than " + std::to_string(kMostValues) + " values");
  auto value = base::parse_json(text);
  if (!value) return invalid({}, kParseError, "Parse error: " + value.error());
  auto* const items = value->if_array();
  if (items == nullptr) return message(*std::move(value));
  if (items->empty()) return invalid({}, kInvalidRequest, "Invalid request: the batch is empty");
  if (items->size() > most) return std::unexpected(Malformed{{}, too_long(items->size(), most)});
  Batch batch;
  batch.reserve(items->size());
  for (auto& item : *items) batch.push_back(message(std::move(item)));
  return batch;
}

std::unexpected<Error> invalid_params(std::string_view why) {
  return std::unexpected(Error{kInvalidParams, "Invalid params: " + std::string(why), {}});
}

std::optional<Id> read_id(const base::Json& value) {
  if (const auto* const text = value.if_string()) {
    if (text->size() > kLongestId) return std::nullopt;
    return std::string(std::string_view(*text));
  }
  if (const auto* const number = value.if_int64()) return *number;
  // Some encoders write every number with a fraction. From 2^46 on the parser takes some of these for their
  // neighbours, from 2^53 on a double does: the answer would go to another request.
  if (const auto* const number = value.if_double()) {
    constexpr double kExact = 70368744177664.0;
    if (std::trunc(*number) == *number && std::abs(*number) < kExact) {
      return static_cast<std::int64_t>(*number);
    }
  }
  return std::nullopt;
}

void write_id(const Id& id, std::string& out) {
  if (const auto* const number = std::get_if<std::int64_t>(&id)) {
    out += std::to_string(*number);
  } else {
    base::write_json_string(std::get<std::string>(id), out);
  }
}

std::string id_text(const Id& id) {
  std::string out;
  write_id(id, out);
  return base::printable(out, 60);
}

std::string write_request(const Id& id, std::string_view method, std::string_view params) {
  std::string out = R"({"jsonrpc":"2.0","id":)";
  write_id(id, out);
  out += R"(,"method":)";
  base::write_json_string(method, out);
  out += R"(,"params":)";
  out += params;
  out += '}';
  return finished(std::move(out));
}

std::string write_notification(std::string_view method, std::string_view params) {
  std::string out = R"({"jsonrpc":"2.0","method":)";
  base::write_json_string(method, out);
  if (!params.empty()) {
    out += R"(,"params":)";
    out += params;
  }
  out += '}';
  return finished(std::move(out));
}

std::string write_result(const Id& id, std::string_view result) {
  std::string out;
  out.reserve(result.size() + 64);
  out += R"({"jsonrpc":"2.0","id":)";
  write_id(id, out);
  out += R"(,"result":)";
  out += result;
  out += '}';
  return finished(std::move(out));
}

std::string write_error(const std::optional<Id>& id, const Error& error) {
  std::string out = R"({"jsonrpc":"2.0")";
  if (id) {
    out += R"(,"id":)";
    write_id(*id, out);
  }
  out += R"(,"error":{"code":)";
  out += std::to_string(error.code);
  out += R"(,"message":)";
  base::write_json_string(error.message, out);
  if (!error.data.is_null()) {
    out += R"(,"data":)";
    out += base::write_json(error.data);
  }
  out += "}}";
  return finished(std::move(out));
}

}  // namespace jsonrpc
