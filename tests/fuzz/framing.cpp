// Any bytes on stdin: nothing crashes, and every line that leaves is JSON-RPC.
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "mcp/connection.h"
#include "mcp/seal.h"
#include "mcp/server.h"
#include "transport/line_splitter.h"

namespace {

/// Gives back what it is given, in every kind of outcome.
class Echo final : public mcp::Tools {
 public:
  std::vector<mcp::ToolDescription> list(const mcp::Caller& /*caller*/) override {
    std::vector<mcp::ToolDescription> tools;
    tools.push_back({"echo", "Echo", "Echo.", R"({"type":"object"})", {}, {}});
    return tools;
  }
  mcp::Outcome call(const mcp::Call& call) override {
    call.progress.report(1, 2, call.name);
    if (call.name == "ask") return mcp::ask_confirmation("key", std::string(call.name));
    if (call.name == "task") return mcp::Task{std::string(call.name), {}};
    if (call.name == "throw") throw call.arguments;
    if (!call.arguments.contains("text")) return mcp::ProtocolError{-32602, std::string(call.name), {}};
    mcp::Result result;
    result.content.emplace_back(mcp::Text{base::write_json(call.arguments.at("text"))});
    result.structured = base::Json(call.arguments);
    return result;
  }
};

/// The other seams give one of each, and what the client wrote back.
class Pages final : public mcp::Resources {
 public:
  std::vector<mcp::ResourceDescription> list(const mcp::Caller& /*caller*/) override {
    return {{"a:b", "b", "B", "", "text/plain"}};
  }
  std::vector<mcp::ResourceDescription> templates(const mcp::Caller& caller) override { return list(caller); }
  mcp::ResourceOutcome read(const mcp::Request& request, std::string_view uri) override {
    if (uri == "ask" && request.inputs.empty()) return mcp::ask_form("key", std::string(uri), {});
    if (uri.empty()) return mcp::NoSuchResource{"none"};
    return mcp::ResourceResult{{{std::string(uri), "text/plain", std::string(uri), uri.size() % 2 == 0}}};
  }
  bool watchable(const mcp::Caller& /*caller*/, std::string_view uri) override { return !uri.empty(); }
};

class Phrases final : public mcp::Prompts {
 public:
  std::vector<mcp::PromptDescription> list(const mcp::Caller& /*caller*/) override {
    return {{"echo", "Echo", "", {{"a", "", "", true}}}};
  }
  mcp::PromptOutcome get(const mcp::Request& request, std::string_view name,
                         const base::JsonObject& arguments) override {
    if (name == "ask" && request.inputs.empty()) return mcp::ask_form("key", std::string(name), {});
    return mcp::Prompt{std::string(name), {{mcp::Text{base::write_json(base::Json(arguments))}}}};
  }
};

class Rest final : public mcp::Completer, public mcp::Tasks, public mcp::Watch {
 public:
  std::expected<mcp::Completion, mcp::ProtocolError> complete(
      const mcp::CompletionRequest& request) override {
    return mcp::Completion{{std::string(request.ref), std::string(request.value)}};
  }
  std::expected<mcp::TaskState, mcp::ProtocolError> get(const mcp::Caller& /*caller*/, mcp::Era /*era*/,
                                                        std::string_view handle,
                                                        std::stop_token /*stop*/) override {
    mcp::TaskState state;
    state.status = mcp::TaskState::Status::Completed;
    state.message = handle;
    state.result = std::make_shared<const mcp::Result>();
    return state;
  }
  std::expected<mcp::TaskState, mcp::ProtocolError> await(const mcp::Caller& caller, mcp::Era era,
                                                          std::string_view handle,
                                                          std::stop_token stop) override {
    return get(caller, era, handle, std::move(stop));
  }
  std::expected<void, mcp::ProtocolError> cancel(const mcp::Caller& /*caller*/, mcp::Era /*era*/,
                                                 std::string_view /*handle*/,
                                                 std::stop_token /*stop*/) override {
    return {};
  }
  std::expected<void, mcp::ProtocolError> update(const mcp::Caller& /*caller*/, std::string_view /*handle*/,
                                                 const base::JsonObject& /*inputs*/) override {
    return {};
  }
  void watch(mcp::Changes& changes) override {
    const auto watched = changes.watched();
    for (const auto& uri : watched.resources) changes.resource_updated(uri);
    for (const auto& handle : watched.tasks) changes.task_updated(handle, {});
  }
};

class Judge final : public mcp::Sink {
 public:
  void send(std::string_view message) override {
    const auto json = base::parse_json(message, 2 * base::kJsonDepth);
    if (!json || message.contains('\n') || !base::is_utf8(message)) std::abort();
    if (const auto* const batch = json->if_array()) {
      for (const auto& item : *batch) check(item);
    } else {
      check(*json);
    }
  }

 private:
  static void check(const base::Json& message) {
    const auto* const fields = message.if_object();
    if (fields == nullptr || !fields->contains("jsonrpc")) std::abort();
    const int kinds = fields->contains("result") + fields->contains("error") + fields->contains("method");
    if (kinds != 1 || (fields->contains("id") && fields->at("id").is_null())) std::abort();
  }
};

void feed(std::string_view bytes, std::size_t step) {
  Echo tools;
  const base::ManualClock clock;
  Pages pages;
  Phrases phrases;
  Rest rest;
  const mcp::Server server({tools, &pages, &phrases, &rest, &rest, &rest}, {"fuzz", "Fuzz", "1", ""},
                           std::make_shared<const mcp::Seal>(), clock);
  const auto connection = mcp::Connection::open(
      server, {}, std::make_shared<Judge>(),
      [](const std::function<void()>& job) {
        job();
        return true;
      },
      mcp::Patience{std::chrono::milliseconds(0)});
  transport::LineSplitter splitter(4096);
  const auto line = [&](std::string_view text) { connection->receive(text); };
  const auto too_long = [&] { connection->unreadable({jsonrpc::kInvalidRequest, "too long", {}}); };
  for (std::size_t i = 0; i < bytes.size(); i += step) splitter.feed(bytes.substr(i, step), line, too_long);
  splitter.finish(line);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  // The first byte chooses how the others arrive.
  feed({reinterpret_cast<const char*>(data) + 1, size - 1}, std::size_t{data[0]} + 1);
  return 0;
}
