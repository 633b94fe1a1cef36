// Everything a server can offer, made up, and a client of a server that offers all of it.
#pragma once

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mcp/fixture.h"
#include "mcp/subscriptions.h"
#include "seam/prompts.h"
#include "seam/resources.h"
#include "seam/tasks.h"

namespace test {

inline mcp::ProtocolError wrong(std::string message) { return {-32602, std::move(message), {}}; }

/// A form without a field: nothing but yes, no, and not now.
inline mcp::NeedInput ask_plainly(std::string key, std::string message) {
  return mcp::ask_form(std::move(key), std::move(message),
                       json(R"({"type":"object","properties":{}})").as_object());
}

class FakeResources final : public mcp::Resources {
 public:
  std::vector<mcp::ResourceDescription> list(const mcp::Caller& /*caller*/) override {
    return {{"pve://a", "a", "The A", "First.", "text/plain"}, {"pve://b", "b", "", "", ""}};
  }
  std::vector<mcp::ResourceDescription> templates(const mcp::Caller& /*caller*/) override {
    return {{"pve://guest/{vmid}", "guest", "Guest", "One guest.", "application/json"}};
  }
  mcp::ResourceOutcome read(const mcp::Request& request, std::string_view uri) override {
    if (uri == "pve://a")
      return mcp::ResourceResult{{{"pve://a", "text/plain", "text of a"},
                                  {"pve://a/2", "image/png", std::string("\x89PNG\0", 5), true}},
                                 std::chrono::seconds(30)};
    if (uri == "pve://empty") return mcp::ResourceResult{};
    if (uri == "pve://wrong") return mcp::ProtocolError{-32602, "a bad one", json(R"({"at":1})")};
    if (uri == "pve://scope") return mcp::InsufficientScope{{"pve:read"}, "more scope"};
    if (uri == "pve://ask") {
      if (!request.inputs.contains("why")) return ask_plainly("why", "Why?");
      return mcp::ResourceResult{{{"pve://ask", "", base::write_json(base::Json(request.inputs))}},
                                 std::chrono::seconds(30)};
    }
    return mcp::NoSuchResource{"There is no such resource."};
  }
  bool watchable(const mcp::Caller& caller, std::string_view uri) override {
    return uri.starts_with("pve://") && uri != "pve://none" && uri != "pve://fixed" &&
           (uri != "pve://alice" || caller.identity == "alice") && !closed;
  }
  bool fixed(const mcp::Caller& /*caller*/, std::string_view uri) override { return uri == "pve://fixed"; }

  std::atomic<bool> closed = false;  ///< nothing is watchable any more
};

class FakePrompts final : public mcp::Prompts {
 public:
  std::vector<mcp::PromptDescription> list(const mcp::Caller& /*caller*/) override {
    return {{"check",
             "Check up",
             "Looks at a guest.",
             {{"vmid", "Guest", "Its number.", true}, {"mood", "", "", false}}},
            {"bare", "", "", {}}};
  }
  mcp::PromptOutcome get(const mcp::Request& request, std::string_view name,
                         const base::JsonObject& arguments) override {
    if (name == "bare") return mcp::Prompt{"", {}};
    if (name == "scope") return mcp::InsufficientScope{{"pve:read"}, "more scope"};
    if (name == "ask" && !request.inputs.contains("why")) return ask_plainly("why", "Why?");
    if (name != "check" && name != "ask") return wrong("Unknown prompt: " + std::string(name));
    return mcp::Prompt{"Looks at a guest.",
                       {{mcp::Text{base::write_json(base::Json(arguments))}},
                        {mcp::Text{"Certainly."}, true},
                        {mcp::Audio{"RIFF", "audio/wav"}},
                        {mcp::EmbeddedResource{{"pve://a", "text/plain", "text of a"}}}}};
  }
};

class FakeCompleter final : public mcp::Completer {
 public:
  std::expected<mcp::Completion, mcp::ProtocolError> complete(
      const mcp::CompletionRequest& request) override {
    if (request.ref == "unknown") return std::unexpected(wrong("Unknown reference"));
    mcp::Completion completion;
    if (request.argument == "many") {
      for (int i = 0; i < 150; ++i) completion.values.push_back(std::to_string(i));
      completion.total = 500;
    } else if (request.argument != "none") {
      completion.values = {request.of == mcp::CompletionRequest::Of::Prompt ? "prompt" : "resource",
                           std::string(request.ref), std::string(request.value),
                           base::write_json(base::Json(request.context))};
    }
    return completion;
  }
};

/// Tasks in a map; await() waits until the state is another than Working.
class FakeTasks final : public mcp::Tasks {
 public:
  using Found = std::expected<mcp::TaskState, mcp::ProtocolError>;

  void set(const std::string& handle, mcp::TaskState state) {
    const std::scoped_lock lock(mutex_);
    states_[handle] = std::move(state);
    changed_.notify_all();
  }
  void forget(const std::string& handle) {
    const std::scoped_lock lock(mutex_);
    states_.erase(handle);
  }
  /// get() of it is an internal error from now on.
  void hide(const std::string& handle) {
    const std::scoped_lock lock(mutex_);
    hidden_ = handle;
  }
  Found get(const mcp::Caller& /*caller*/, mcp::Era era, std::string_view handle,
            std::stop_token /*stop*/) override {
    const std::scoped_lock lock(mutex_);
    asked_by.insert(era);
    if (handle == hidden_) return std::unexpected(mcp::ProtocolError{-32603, "no answer", nullptr});
    return find(handle);
  }
  Found await(const mcp::Caller& /*caller*/, mcp::Era era, std::string_view handle,
              std::stop_token stop) override {
    const std::stop_callback wake(stop, [this] {
      const std::scoped_lock lock(mutex_);
      changed_.notify_all();
    });
    std::unique_lock lock(mutex_);
    asked_by.insert(era);
    awaited.release();
    const bool in_time = changed_.wait_for(lock, kForever, [&] {
      const auto state = find(handle);
      return stop.stop_requested() || !state || state->status != mcp::TaskState::Status::Working;
    });
    if (!in_time) std::abort();
    return find(handle);
  }
  std::expected<void, mcp::ProtocolError> cancel(const mcp::Caller& /*caller*/, mcp::Era era,
                                                 std::string_view handle, std::stop_token /*stop*/) override {
    const std::scoped_lock lock(mutex_);
    asked_by.insert(era);
    if (auto state = find(handle); !state) return std::unexpected(state.error());
    cancelled.emplace_back(handle);
    return {};
  }
  std::expected<void, mcp::ProtocolError> update(const mcp::Caller& /*caller*/, std::string_view handle,
                                                 const base::JsonObject& inputs) override {
    const std::scoped_lock lock(mutex_);
    const auto state = states_.find(handle);
    if (state == states_.end()) return std::unexpected(wrong("no such task"));
    updates.push_back(base::write_json(base::Json(inputs)));
    state->second.status = mcp::TaskState::Status::Completed;
    state->second.requests.clear();
    state->second.result = std::make_shared<const mcp::Result>(text_result(updates.back()));
    changed_.notify_all();
    return {};
  }

  /// Released once by each await().
  Gate awaited;
  std::vector<std::string> cancelled;
  std::vector<std::string> updates;
  /// The eras of the callers that read, awaited or cancelled a task.
  std::set<mcp::Era> asked_by;

 private:
  Found find(std::string_view handle) const {
    const auto found = states_.find(handle);
    if (found == states_.end()) return std::unexpected(wrong("no such task"));
    return found->second;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, mcp::TaskState, std::less<>> states_;
  std::string hidden_;
};

/// Keeps each new set of what it was told to look at.
class FakeWatch final : public mcp::Watch {
 public:
  void watch(mcp::Changes& changes) override {
    const std::scoped_lock lock(mutex_);
    auto watched = changes.watched();
    if (told_.empty() || told_.back() != watched) told_.push_back(std::move(watched));
  }
  std::vector<mcp::Watched> told() const {
    const std::scoped_lock lock(mutex_);
    return told_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<mcp::Watched> told_;
};

/// A client of a server that offers everything.
class OfferTest : public ConnectionTest {
 protected:
  OfferTest() { connection = open(all); }
  ~OfferTest() override {
    join();
    connection.reset();
  }

  /// A new session of this revision; the client is ready.
  void begin(std::string_view version, std::string_view capabilities = "{}", mcp::Caller caller = {}) {
    join();
    connection = open(all, std::move(caller));
    initialize(version, capabilities);
    send(R"({"jsonrpc":"2.0","method":"notifications/initialized"})");
  }
  static std::string legacy(std::string_view method, std::string_view id, std::string_view params = "") {
    return R"({"jsonrpc":"2.0","id":)" + std::string(id) + R"(,"method":")" + std::string(method) +
           R"(","params":{)" + std::string(params) + "}}";
  }
  /// The member "result", or the whole answer when there is none.
  base::JsonObject result(std::string_view line) {
    const auto answer = json(ask(line)).as_object();
    return answer.contains("result") ? answer.at("result").as_object() : answer;
  }
  std::vector<std::string> since(std::size_t before) const {
    const auto messages = inbox->messages();
    return {messages.begin() + static_cast<std::ptrdiff_t>(before), messages.end()};
  }

  FakeResources resources;
  FakePrompts prompts;
  FakeCompleter completer;
  FakeTasks tasks;
  FakeWatch watch;
  std::shared_ptr<const mcp::Seal> seal = std::make_shared<const mcp::Seal>();
  mcp::Server all{{tools, &resources, &prompts, &completer, &tasks, &watch}, kInfo, seal, clock};
};

}  // namespace test
