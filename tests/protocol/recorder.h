// Keeps what a server under test sends, with the name of its definition in the protocol's schema, for
// validate.py. It listens to both directions, so that it knows the revision and the method of each answer.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <initializer_list>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "base/json.h"

namespace protocol {

/// Writes to a file in the directory that MCP_PVE_FRAMES names; does nothing without it. Safe from several
/// threads.
class Recorder {
 public:
  /// A line to the server.
  void sent(std::string_view line) {
    const std::scoped_lock lock(mutex_);
    const auto json = base::parse_json(line);
    if (!json) return;
    if (const auto* const batch = json->if_array()) {
      for (const auto& item : *batch) note(item);
    } else {
      note(*json);
    }
  }

  /// A line from the server.
  void received(std::string_view line) {
    const std::scoped_lock lock(mutex_);
    const auto json = base::parse_json(line);
    if (!json) {
      write("2024-11-05", "JSONRPCMessage", line);
    } else if (const auto* const batch = json->if_array()) {
      write(session_, "JSONRPCBatchResponse", base::write_json(*json));
      for (const auto& item : *batch) classify(item);
    } else {
      classify(*json);
    }
  }

 private:
  struct Asked {
    std::string method;
    std::string revision;
  };

  static std::string text(const base::Json* value) {
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
  }

  void note(const base::Json& message) {
    const auto* const fields = message.if_object();
    if (fields == nullptr || !fields->contains("id") || !fields->contains("method")) return;
    const bool modern = base::write_json(message).contains("io.modelcontextprotocol/protocolVersion");
    if (modern) modern_ = true;
    const std::string revision = modern ? "2026-07-28" : session_;
    asked_[base::write_json(fields->at("id"))] = {text(fields->if_contains("method")), revision};
    const auto* const token = find(*fields, {"params", "_meta", "progressToken"});
    if (token != nullptr) tokens_[base::write_json(*token)] = revision;
  }

  static const base::Json* find(const base::JsonObject& object,
                                std::initializer_list<std::string_view> path) {
    const base::JsonObject* inner = &object;
    const base::Json* value = nullptr;
    for (const auto name : path) {
      value = inner != nullptr ? inner->if_contains(name) : nullptr;
      inner = value != nullptr ? value->if_object() : nullptr;
    }
    return value;
  }

  void notified(const base::JsonObject& fields, std::string_view method, std::string_view line) {
    std::string revision = modern_ && session_ == kUnknown ? "2026-07-28" : session_;
    const auto* const token = find(fields, {"params", "progressToken"});
    const auto found = token != nullptr ? tokens_.find(base::write_json(*token)) : tokens_.end();
    if (found != tokens_.end()) revision = found->second;
    if (find(fields, {"params", "_meta", "io.modelcontextprotocol/subscriptionId"}) != nullptr)
      revision = "2026-07-28";
    write(revision, of(method), line);
  }

  void classify(const base::Json& message) {
    const auto* const fields = message.if_object();
    const auto line = base::write_json(message);
    if (fields == nullptr) return write(session_, "JSONRPCMessage", line);
    const auto method = text(fields->if_contains("method"));
    const auto* const id = fields->if_contains("id");
    const auto found = id != nullptr ? asked_.find(base::write_json(*id)) : asked_.end();
    if (!method.empty()) return notified(*fields, method, line);
    if (fields->contains("error")) {
      const bool modern = found == asked_.end() ? modern_ && session_ == kUnknown : false;
      return write(modern                  ? "2026-07-28"
                   : found == asked_.end() ? session_
                                           : found->second.revision,
                   "error", line);
    }
    if (found == asked_.end()) return write(session_, "unexpected response", line);
    if (found->second.method == "initialize") {
      session_ = text(fields->at("result").as_object().if_contains("protocolVersion"));
      found->second.revision = session_;
    }
    const auto* const result = fields->contains("result") ? fields->at("result").if_object() : nullptr;
    write(found->second.revision, result != nullptr ? result_of(found->second.method, *result) : "no result",
          line);
  }

  static std::string named(std::string_view method,
                           std::initializer_list<std::pair<std::string_view, std::string_view>> table,
                           std::string_view otherwise) {
    for (const auto& [name, definition] : table) {
      if (name == method) return std::string(definition);
    }
    return std::string(otherwise);
  }

  static std::string of(std::string_view method) {
    return named(method,
                 {{"notifications/progress", "ProgressNotification"},
                  {"notifications/cancelled", "CancelledNotification"},
                  {"notifications/message", "LoggingMessageNotification"},
                  {"notifications/tools/list_changed", "ToolListChangedNotification"},
                  {"notifications/prompts/list_changed", "PromptListChangedNotification"},
                  {"notifications/resources/list_changed", "ResourceListChangedNotification"},
                  {"notifications/resources/updated", "ResourceUpdatedNotification"},
                  {"notifications/subscriptions/acknowledged", "SubscriptionsAcknowledgedNotification"},
                  {"notifications/tasks", "TaskStatusNotification"},
                  {"elicitation/create", "ElicitRequest"},
                  {"sampling/createMessage", "CreateMessageRequest"},
                  {"roots/list", "ListRootsRequest"}},
                 "unexpected method");
  }

  static std::string result_of(std::string_view method, const base::JsonObject& result) {
    const auto type = text(result.if_contains("resultType"));
    if (type == "input_required") return "InputRequiredResult";
    if (type == "task" || (method == "tools/call" && result.contains("task"))) return "CreateTaskResult";
    return named(method,
                 {{"initialize", "InitializeResult"},
                  {"server/discover", "DiscoverResult"},
                  {"tools/list", "ListToolsResult"},
                  {"tools/call", "CallToolResult"},
                  {"resources/list", "ListResourcesResult"},
                  {"resources/templates/list", "ListResourceTemplatesResult"},
                  {"resources/read", "ReadResourceResult"},
                  {"prompts/list", "ListPromptsResult"},
                  {"prompts/get", "GetPromptResult"},
                  {"completion/complete", "CompleteResult"},
                  {"subscriptions/listen", "SubscriptionsListenResult"},
                  {"tasks/get", "GetTaskResult"},
                  {"tasks/cancel", "CancelTaskResult"},
                  {"tasks/update", "UpdateTaskResult"},
                  // GetTaskPayloadResult says less than the call whose result it is.
                  {"tasks/result", "CallToolResult"},
                  {"ping", "EmptyResult"},
                  {"logging/setLevel", "EmptyResult"},
                  {"resources/subscribe", "EmptyResult"},
                  {"resources/unsubscribe", "EmptyResult"}},
                 "unexpected result");
  }

  void write(std::string_view revision, std::string_view definition, std::string_view frame) {
    const char* const directory = std::getenv("MCP_PVE_FRAMES");
    if (directory == nullptr) return;
    std::string row = "[\"" + std::string(revision) + "\",\"" + std::string(definition) + "\",";
    base::write_json_string(frame, row);
    row += "]\n";
    std::ofstream(std::string(directory) + "/" + std::to_string(::getpid()) + ".jsonl", std::ios::app) << row;
  }

  /// Errors to a client that has not said what it speaks must suit the strictest revision.
  static constexpr std::string_view kUnknown = "2024-11-05";

  std::mutex mutex_;
  std::string session_{kUnknown};
  bool modern_ = false;
  std::map<std::string, Asked> asked_;
  std::map<std::string, std::string> tokens_;
};

}  // namespace protocol
