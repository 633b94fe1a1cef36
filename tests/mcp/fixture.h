// A server with tools of its own, and a client that speaks to it without any transport.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/json.h"
#include "mcp/connection.h"
#include "mcp/seal.h"
#include "mcp/server.h"
#include "protocol/recorder.h"

namespace test {

/// Only a broken test waits that long.
inline constexpr std::chrono::seconds kForever{60};

inline base::Json json(std::string_view text) {
  auto value = base::parse_json(text);
  if (!value) throw std::runtime_error("no JSON: " + std::string(text));
  return *std::move(value);
}

inline mcp::Result text_result(std::string text) {
  mcp::Result result;
  result.content.emplace_back(mcp::Text{std::move(text)});
  return result;
}

/// A counting semaphore that ends a broken test instead of hanging it.
class Gate {
 public:
  void release() {
    const std::scoped_lock lock(mutex_);
    ++count_;
    changed_.notify_all();
  }
  void acquire() {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, kForever, [this] { return count_ > 0; })) std::abort();
    --count_;
  }
  /// Continues when it is released, once for each release, or when this waiter's `stop` fires.
  void acquire(const std::stop_token& stop) {
    const std::stop_callback wake(stop, [this] {
      const std::scoped_lock lock(mutex_);
      changed_.notify_all();
    });
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, kForever, [&] { return count_ > 0 || stop.stop_requested(); })) std::abort();
    if (!stop.stop_requested()) --count_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

/// One tool per outcome that a tool can have.
class FakeTools final : public mcp::Tools {
 public:
  std::vector<mcp::ToolDescription> list(const mcp::Caller& /*caller*/) override {
    std::vector<mcp::ToolDescription> tools;
    tools.push_back({"echo", "Echo", "Gives its arguments back.", R"({"type":"object"})", {}, {}});
    tools.push_back({"structured",
                     "Structured",
                     "Gives a structure.",
                     R"({"type":"object","additionalProperties":false})",
                     R"({"type":"object"})",
                     {true, false, false, false}});
    tools.insert(tools.end(), also.begin(), also.end());
    return tools;
  }

  std::optional<bool> may_be_task(const mcp::Caller& caller, std::string_view name) override {
    for (const auto& tool : list(caller)) {
      if (tool.name == name) return tool.may_be_task;
    }
    return std::nullopt;
  }

  mcp::Outcome call(const mcp::Call& call) override {
    if (const auto found = more.find(call.name); found != more.end()) return found->second(call);
    if (call.name == "echo") return text_result(base::write_json(base::Json(call.arguments)));
    if (call.name == "fails") return error("The guest 100 does not exist. List the guests first.");
    if (call.name == "image") return image();
    if (call.name == "structured") return structured(R"({"a":1})");
    if (call.name == "structured_list") return structured("[1]");
    if (call.name == "bad_bytes") return text_result("caf\xE9 \xC3\xA9");
    if (call.name == "throws") throw std::runtime_error("the inner secret");
    if (call.name == "throws_int") throw 7;
    if (call.name == "task") {
      if (call.may_be_task) return mcp::Task{"UPID:pve1:1", {}};
      return text_result("UPID:pve1:1");
    }
    if (call.name == "progress") return progress(call);
    if (call.name == "block") return block(call);
    if (call.name == "stubborn") return stubborn();
    if (call.name == "ask") return ask(call);
    if (call.name == "ask_twice") return ask_twice(call);
    if (call.name == "ask_forever") return question("q" + std::to_string(call.inputs.size()));
    return mcp::ProtocolError{-32602, "Unknown tool: " + std::string(call.name), {}};
  }

  /// Tools of one test alone, before those below; and what else is listed.
  std::map<std::string, std::function<mcp::Outcome(const mcp::Call&)>, std::less<>> more;
  std::vector<mcp::ToolDescription> also;

  /// Released once by each call of block or stubborn that has begun.
  Gate entered;
  /// Lets one call of block or stubborn go on.
  Gate release;
  /// Released once by each call of block that saw its stop token.
  Gate stopped;

 private:
  static mcp::Result error(std::string text) {
    auto result = text_result(std::move(text));
    result.is_error = true;
    return result;
  }
  static mcp::Result image() {
    mcp::Result result;
    result.content.emplace_back(mcp::Image{std::string("\x89PNG", 4), "image/png"});
    return result;
  }
  static mcp::Result structured(std::string_view text) {
    mcp::Result result;
    result.structured = json(text);
    return result;
  }
  static mcp::Result progress(const mcp::Call& call) {
    call.progress.report(1, 4, "one");
    call.progress.report(1, 4, "one again");
    call.progress.report(0.5, 4, "back");
    call.progress.report(std::numeric_limits<double>::quiet_NaN(), 4, "nowhere");
    call.progress.report(2.5, {}, "");
    return text_result("done");
  }
  mcp::Result block(const mcp::Call& call) {
    entered.release();
    release.acquire(call.stop);
    if (call.stop.stop_requested()) stopped.release();
    call.progress.report(9, {}, "late");
    return text_result("released");
  }
  mcp::Result stubborn() {
    entered.release();
    release.acquire();
    return text_result("at last");
  }
  static mcp::NeedInput question(std::string key) {
    return mcp::ask_form(
        std::move(key), "Delete VM 101?",
        json(R"({"type":"object","properties":{"confirm":{"type":"boolean"}},"required":["confirm"]})")
            .as_object());
  }
  static mcp::Outcome ask(const mcp::Call& call) {
    const auto* const answer = call.inputs.if_contains("confirm");
    if (answer == nullptr) return question("confirm");
    return text_result(base::write_json(*answer));
  }
  static mcp::Outcome ask_twice(const mcp::Call& call) {
    if (!call.inputs.contains("first")) return question("first");
    if (!call.inputs.contains("second")) return question("second");
    return text_result(base::write_json_sorted(base::Json(call.inputs)));
  }
};

/// Keeps the messages of the server.
class Inbox final : public mcp::Sink {
 public:
  explicit Inbox(protocol::Recorder& recorder) : recorder_(recorder) {}

  void send(std::string_view message) override {
    recorder_.received(message);
    const std::scoped_lock lock(mutex_);
    messages_.emplace_back(message);
    changed_.notify_all();
  }
  std::vector<std::string> messages() const {
    const std::scoped_lock lock(mutex_);
    return messages_;
  }
  /// The message at this place, once it is there.
  std::string at(std::size_t index) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, kForever, [&] { return messages_.size() > index; })) return "timed out";
    return messages_[index];
  }

 private:
  protocol::Recorder& recorder_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> messages_;
};

inline const mcp::ServerInfo kInfo{"mcp-pve", "Proxmox VE", "0.1.0", "Read first."};

class ConnectionTest : public testing::Test {
 protected:
  ~ConnectionTest() override { join(); }

  void send(std::string_view line) {
    recorder.sent(line);
    connection->receive(line);
  }
  /// Sends one request and gives the answer, when it comes at once.
  std::string ask(std::string_view line) {
    const auto before = inbox->messages().size();
    send(line);
    const auto after = inbox->messages();
    EXPECT_LE(after.size(), before + 1);
    return after.size() > before ? after.back() : "";
  }
  std::string initialize(std::string_view version, std::string_view capabilities = "{}") {
    return ask(R"({"jsonrpc":"2.0","id":"init","method":"initialize","params":{"protocolVersion":")" +
               std::string(version) + R"(","capabilities":)" + std::string(capabilities) +
               R"(,"clientInfo":{"name":"c","version":"1"}}})");
  }
  /// Until join(), jobs run on threads of their own.
  void use_threads() { threaded_ = true; }
  void join() {
    for (auto& thread : threads_) thread.join();
    threads_.clear();
  }
  bool run(std::function<void()> job) {
    if (refuse_jobs) return false;
    if (threaded_) {
      threads_.emplace_back(std::move(job));
    } else {
      job();
    }
    return true;
  }

  static std::string modern(std::string_view method, std::string_view id, std::string_view params = "",
                            std::string_view capabilities = "{}") {
    return R"({"jsonrpc":"2.0","id":)" + std::string(id) + R"(,"method":")" + std::string(method) +
           R"(","params":{)" + std::string(params) + (params.empty() ? "" : ",") +
           R"("_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",)" +
           R"("io.modelcontextprotocol/clientCapabilities":)" + std::string(capabilities) + "}}}";
  }
  static std::string call(std::string_view tool, std::string_view id, std::string_view rest = "") {
    return R"({"jsonrpc":"2.0","id":)" + std::string(id) + R"(,"method":"tools/call","params":{"name":")" +
           std::string(tool) + "\"" + std::string(rest) + "}}";
  }

  bool refuse_jobs = false;
  FakeTools tools;
  base::ManualClock clock;
  mcp::Server server{{tools}, kInfo, std::make_shared<const mcp::Seal>(), clock};
  protocol::Recorder recorder;
  std::shared_ptr<Inbox> inbox = std::make_shared<Inbox>(recorder);
  mcp::Patience patience{kForever, kForever};
  std::shared_ptr<mcp::Connection> connection = open();

  std::shared_ptr<mcp::Connection> open() { return open(server); }
  std::shared_ptr<mcp::Connection> open(const mcp::Server& served, mcp::Caller caller = {}) {
    return mcp::Connection::open(
        served, std::move(caller), inbox, [this](std::function<void()> job) { return run(std::move(job)); },
        patience);
  }

 private:
  bool threaded_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace test
