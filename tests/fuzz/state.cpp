// What clients bring back for us, changed at will: no state and no task that was not sealed for it counts.
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/json.h"
#include "base/random.h"
#include "base/text.h"
#include "mcp/connection.h"
#include "mcp/form.h"
#include "mcp/seal.h"
#include "mcp/server.h"
#include "mcp/task_methods.h"

// In place of the one in src/base: an input does the same in every run.
std::string base::random_bytes(std::size_t count) { return std::string(count, 'r'); }

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

constexpr std::string_view kHandle = "UPID:pve1:0001:";

class OneTool final : public mcp::Tools {
 public:
  std::vector<mcp::ToolDescription> list(const mcp::Caller& /*caller*/) override { return {}; }
  mcp::Outcome call(const mcp::Call& call) override {
    if (!call.inputs.contains("form")) return mcp::ask_form("form", "Which?", {});
    if (!call.inputs.contains("sure")) return mcp::ask_confirmation("sure", "Really?");
    sure = mcp::confirmed(call.inputs, "sure");
    return mcp::Result{};
  }
  bool sure = false;
};

class OneTask final : public mcp::Tasks {
 public:
  std::expected<mcp::TaskState, mcp::ProtocolError> get(const mcp::Caller& /*caller*/, mcp::Era /*era*/,
                                                        std::string_view handle,
                                                        std::stop_token /*stop*/) override {
    check(handle == kHandle);
    ++seen;
    return mcp::TaskState{};
  }
  std::expected<mcp::TaskState, mcp::ProtocolError> await(const mcp::Caller& caller, mcp::Era era,
                                                          std::string_view handle,
                                                          std::stop_token stop) override {
    return get(caller, era, handle, std::move(stop));
  }
  std::expected<void, mcp::ProtocolError> cancel(const mcp::Caller& /*caller*/, mcp::Era /*era*/,
                                                 std::string_view handle, std::stop_token /*stop*/) override {
    check(handle == kHandle);
    return {};
  }
  std::expected<void, mcp::ProtocolError> update(const mcp::Caller& /*caller*/, std::string_view handle,
                                                 const base::JsonObject& /*inputs*/) override {
    check(handle == kHandle);
    return {};
  }
  int seen = 0;
};

class Last final : public mcp::Sink {
 public:
  void send(std::string_view message) override {
    auto parsed = base::parse_json(message, 2 * base::kJsonDepth);
    check(parsed && base::is_utf8(message) && !message.contains("Internal error"));
    answer = std::move(*parsed).as_object();
  }
  base::JsonObject answer;
};

/// One client with one tool that asks twice and one task.
struct Client {
  OneTool tools;
  OneTask tasks;
  base::ManualClock clock;
  std::shared_ptr<const mcp::Seal> seal =
      std::make_shared<const mcp::Seal>([] { return std::string(32, 'k'); });
  mcp::Server server{{.tools = tools, .tasks = &tasks}, {"fuzz", "", "1", ""}, seal, clock};
  std::shared_ptr<Last> last = std::make_shared<Last>();
  std::shared_ptr<mcp::Connection> connection = mcp::Connection::open(
      server, {}, last,
      [](const std::function<void()>& job) {
        job();
        return true;
      },
      mcp::Patience{std::chrono::milliseconds(0)});

  const base::JsonObject& ask(std::string_view method, base::JsonObject params) {
    params["_meta"] = *base::parse_json(
        R"({"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":)"
        R"({"elicitation":{},"extensions":{"io.modelcontextprotocol/tasks":{}}}})");
    base::JsonObject message;
    message["jsonrpc"] = "2.0";
    message["id"] = 1;
    message["method"] = method;
    message["params"] = std::move(params);
    connection->receive(base::write_json(base::Json(std::move(message))));
    return last->answer;
  }
  std::string first_state() {
    base::JsonObject params;
    params["name"] = "tool";
    return std::string(ask("tools/call", std::move(params)).at("result").at("requestState").as_string());
  }
};

/// `genuine` with the changes of the input, three bytes each: where (two bytes), and what, which is ASCII.
std::string changed(std::string genuine, std::string_view changes) {
  for (; changes.size() >= 3; changes.remove_prefix(3)) {
    const auto at = static_cast<unsigned char>(changes[0]) * 256U + static_cast<unsigned char>(changes[1]);
    genuine[at % genuine.size()] = static_cast<char>(static_cast<unsigned char>(changes[2]) & 0x7FU);
  }
  return genuine;
}

/// The question after the form comes in the same round when the form was answered.
bool are_answers(const base::Json& given) {
  const auto* const answers = given.if_object();
  if (answers == nullptr) return false;
  const auto* const form = answers->if_contains("form");
  if (form == nullptr) return true;
  if (!mcp::is_answer(*form, mcp::InputRequest::Kind::Form)) return false;
  if (!mcp::answers(*form, mcp::ask_form("form", "Which?", {}).requests.front())) return true;
  const auto* const sure = answers->if_contains("sure");
  return sure == nullptr || mcp::is_answer(*sure, mcp::InputRequest::Kind::Confirmation);
}

void try_state(std::string_view changes, std::string_view answers) {
  Client client;
  const auto genuine = client.first_state();
  const auto state = changed(genuine, changes);
  base::JsonObject params;
  params["name"] = "tool";
  params["requestState"] = state;
  if (auto parsed = base::parse_json(answers)) params["inputResponses"] = *std::move(parsed);
  const bool well_formed = !params.contains("inputResponses") || are_answers(params.at("inputResponses"));
  const auto& answer = client.ask("tools/call", std::move(params));
  check(!client.tools.sure);  // the form alone was asked
  check(answer.contains("result") == (state == genuine && well_formed));
}

void try_task(std::string_view changes) {
  Client client;
  const auto genuine = mcp::task_id(client.server, {}, kHandle);
  const auto id = changed(genuine, changes);
  for (const auto* const method : {"tasks/get", "tasks/cancel", "tasks/update"}) {
    base::JsonObject params;
    params["taskId"] = id;
    params["inputResponses"] = base::JsonObject{};
    check(client.ask(method, std::move(params)).contains("result") == (id == genuine));
  }
}

/// Anything as a seal, a state and an id.
void try_text(std::string_view text) {
  Client client;
  check(!client.seal->open("purpose", text));
  check(client.seal->open("p", client.seal->seal("p", text)) == text);
  // Nothing else gets past the parser of messages.
  if (!base::is_utf8(text)) return;
  base::JsonObject params;
  params["name"] = "tool";
  params["requestState"] = text;
  check(client.ask("tools/call", std::move(params)).contains("error"));
  base::JsonObject task;
  task["taskId"] = text;
  check(client.ask("tasks/get", std::move(task)).contains("error"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto split = std::min(rest.find('{'), rest.size());
  if (data[0] % 3 == 0) try_state(rest.substr(0, split), rest.substr(split));
  if (data[0] % 3 == 1) try_task(rest);
  if (data[0] % 3 == 2) try_text(rest);
  return 0;
}
