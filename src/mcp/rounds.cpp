#include "mcp/rounds.h"

#include <chrono>
#include <functional>
#include <set>
#include <string>
#include <utility>

#include "base/base64.h"
#include "base/random.h"
#include "mcp/form.h"
#include "mcp/legacy.h"
#include "mcp/modern.h"
#include "mcp/object_text.h"
#include "mcp/seal.h"
#include "mcp/spent_states.h"

namespace mcp {
namespace {

/// A tool that asks more often than this within one request is assumed never to end.
constexpr int kMostRounds = 8;
constexpr std::chrono::minutes kGoodFor{10};

using Seconds = std::chrono::seconds;

/// Makes the state of each round unique, as clients may expect, and identifies states that are valid for one
/// use.
std::string nonce() { return base::base64url(base::random_bytes(12)); }

std::unexpected<jsonrpc::Error> refused_answer(const InputRequest& request) {
  return jsonrpc::invalid_params("the answer \"" + request.key + "\" is not a valid answer to " +
                                 std::string(method_of(request.kind)));
}

/// One request of the modern era: what came with it, and the state that goes back.
class ModernRounds {
 public:
  ModernRounds(const Server& server, const Exchange& exchange, std::string_view method,
               const Subject& subject)
      : server_(server),
        identity_(exchange.caller.identity),
        params_(exchange.params),
        method_(method),
        subject_(subject) {}

  std::expected<void, jsonrpc::Error> open() {
    if (const auto* const given = params_.if_contains("inputResponses")) {
      if (!given->is_object()) return jsonrpc::invalid_params("\"inputResponses\" must be an object");
      given_ = given->get_object();
    }
    const auto* const state = params_.if_contains("requestState");
    if (state == nullptr) return {};
    const auto text = state->is_string() ? server_.seal().open(purpose(), state->get_string()) : std::nullopt;
    const auto parsed = text ? base::parse_json(*text) : std::unexpected(std::string());
    if (!parsed)
      return jsonrpc::invalid_params("\"requestState\" was not issued by this server for this request");
    const auto& members = parsed->as_object();
    until_ = Seconds(members.at("until").to_number<std::int64_t>());
    if (until_ < now())
      return jsonrpc::invalid_params(
          "\"requestState\" has expired; send the request without it to be asked again");
    inputs_ = members.at("inputs").as_object();
    for (const auto& key : members.at("asked").as_array()) asked_.emplace(key.as_string());
    nonce_ = members.at("nonce").as_string();
    holds_confirmation_ = members.at("once").as_bool();
    return {};
  }

  const base::JsonObject& inputs() const { return inputs_; }

  /// Takes the answers that came for these questions; false when there was none.
  std::expected<bool, jsonrpc::Error> take(const NeedInput& need) {
    bool taken = false;
    for (const auto& request : need.requests) {
      const auto* const answer = given_.if_contains(request.key);
      if (answer == nullptr || inputs_.contains(request.key)) continue;
      if (!is_answer(*answer, request.kind)) return refused_answer(request);
      const bool confirmation = request.kind == InputRequest::Kind::Confirmation;
      if ((confirmation && !asked_.contains(request.key)) || !answers(*answer, request)) continue;
      inputs_[request.key] = *answer;
      holds_confirmation_ = holds_confirmation_ || confirmation;
      taken = true;
    }
    return taken;
  }

  /// Before each attempt: with the answer to a confirmation, one request alone gets to try.
  std::expected<void, jsonrpc::Error> use_up() {
    if (!holds_confirmation_ || used_up_) return {};
    switch (server_.spent().spend(identity_, nonce_, until_, now())) {
      case SpentStates::Spent::Now:
        used_up_ = true;
        return {};
      case SpentStates::Spent::Before:
        return jsonrpc::invalid_params(
            "the confirmation of this \"requestState\" was used already; send the request without it to be "
            "asked again");
      default:
        return std::unexpected(jsonrpc::Error{jsonrpc::kInternalError,
                                              "Too many confirmations within ten minutes; nothing was done, "
                                              "try again later",
                                              {}});
    }
  }

  /// For these questions.
  std::string state(const NeedInput& need) const {
    base::JsonArray asked;
    for (const auto& request : need.requests) asked.emplace_back(request.key);
    base::JsonObject members;
    members["until"] = (now() + Seconds(kGoodFor)).count();
    members["nonce"] = nonce();
    members["once"] = holds_confirmation_;
    members["asked"] = std::move(asked);
    members["inputs"] = inputs_;
    return server_.seal().seal(purpose(), base::write_json(base::Json(std::move(members))));
  }

 private:
  Seconds now() const {
    return std::chrono::duration_cast<Seconds>(server_.clock().wall().time_since_epoch());
  }

  /// The state is valid for this caller, method and subject only.
  std::string purpose() const {
    return base::write_json(base::JsonArray{"requestState", base::Json(identity_), base::Json(method_)}) +
           base::write_json_sorted(base::Json(subject_()));
  }

  const Server& server_;
  const std::string& identity_;
  const base::JsonObject& params_;
  const std::string_view method_;
  const Subject& subject_;
  std::string nonce_;
  Seconds until_{0};
  bool holds_confirmation_ = false;  ///< among the inputs
  bool used_up_ = false;
  base::JsonObject given_;
  base::JsonObject inputs_;
  std::set<std::string, std::less<>> asked_;
};

/// Null when the client can be asked all of it.
const InputRequest* out_of_reach(const NeedInput& need, const Envelope& envelope) {
  for (const auto& request : need.requests) {
    if (!can_be_asked(envelope, request.kind)) return &request;
  }
  return nullptr;
}

Reply modern_rounds(const Server& server, const Exchange& exchange, std::string_view method,
                    const Subject& subject, const Attempt& attempt, const CannotAsk& cannot_ask) {
  ModernRounds rounds(server, exchange, method, subject);
  if (auto opened = rounds.open(); !opened) return std::unexpected(std::move(opened.error()));
  for (int round = 0; round < kMostRounds; ++round) {
    if (auto first = rounds.use_up(); !first) return std::unexpected(std::move(first.error()));
    auto outcome = attempt(rounds.inputs());
    if (auto* const reply = std::get_if<Reply>(&outcome)) return std::move(*reply);
    const auto& need = std::get<NeedInput>(outcome);
    if (const auto* const request = out_of_reach(need, exchange.envelope))
      return cannot_ask(need, undeclared(request->kind));
    const auto taken = rounds.take(need);
    if (!taken) return std::unexpected(taken.error());
    if (!*taken) return modern::write_input_required(need, rounds.state(need), server.info());
  }
  return cannot_ask({}, "the server asked too many questions in one request");
}

Reply legacy_rounds(const Exchange& exchange, const Attempt& attempt, const CannotAsk& cannot_ask) {
  base::JsonObject inputs;
  for (int round = 0; round <= kMostRounds; ++round) {
    auto outcome = attempt(inputs);
    if (auto* const reply = std::get_if<Reply>(&outcome)) return std::move(*reply);
    const auto& need = std::get<NeedInput>(outcome);
    if (const auto* const request = out_of_reach(need, exchange.envelope))
      return cannot_ask(need, undeclared(request->kind));
    for (const auto& request : need.requests) {
      auto answer = legacy::ask(request, exchange);
      if (!answer) return cannot_ask(need, "asking failed: " + answer.error());
      inputs[request.key] = *std::move(answer);
    }
  }
  return cannot_ask({}, "the server asked too many questions in one request");
}

}  // namespace

base::JsonObject required_capability(InputRequest::Kind kind) {
  base::JsonObject required;
  if (kind == InputRequest::Kind::Sampling) {
    required["sampling"] = base::JsonObject{};
  } else if (kind == InputRequest::Kind::Roots) {
    required["roots"] = base::JsonObject{};
  } else {
    base::JsonObject form;
    form["form"] = base::JsonObject{};
    required["elicitation"] = std::move(form);
  }
  return required;
}

bool can_be_asked(const Envelope& envelope, InputRequest::Kind kind) {
  const auto declared = [&](std::string_view name) -> const base::JsonObject* {
    const auto* const capability = envelope.client_capabilities.if_contains(name);
    return capability != nullptr ? capability->if_object() : nullptr;
  };
  if (kind == InputRequest::Kind::Sampling) return declared("sampling") != nullptr;
  if (kind == InputRequest::Kind::Roots) return declared("roots") != nullptr;
  const auto* const elicitation = declared("elicitation");
  if (elicitation == nullptr || envelope.revision < Revision::R2025_06_18) return false;
  // Until 2025-11-25 named the kinds of questions, forms were the only one.
  if (envelope.revision < Revision::R2025_11_25) return true;
  const auto* const form = elicitation->if_contains("form");
  return elicitation->empty() || (form != nullptr && form->is_object());
}

std::string undeclared(InputRequest::Kind kind) {
  const auto capability = kind == InputRequest::Kind::Sampling ? "sampling"
                          : kind == InputRequest::Kind::Roots  ? "roots"
                                                               : "elicitation";
  return std::string("this client did not declare ") + capability;
}

Reply in_rounds(const Server& server, const Exchange& exchange, std::string_view method,
                const Subject& subject, const Attempt& attempt, const CannotAsk& cannot_ask) {
  if (era(exchange.envelope.revision) == Era::Modern)
    return modern_rounds(server, exchange, method, subject, attempt, cannot_ask);
  return legacy_rounds(exchange, attempt, cannot_ask);
}

}  // namespace mcp
