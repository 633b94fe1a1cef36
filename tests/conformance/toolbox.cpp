#include "conformance/toolbox.h"

#include <array>
#include <span>
#include <string>

namespace conformance {
namespace {

constexpr int kInvalidParams = -32602;

// Listed while Stage::one_more_tool.
constexpr Tool kOneMore{
    "test_one_more_tool", "Is there after every other change of the list.", kNoArguments,
    [](const mcp::Call& /*call*/, Stage& /*stage*/) -> mcp::Outcome { return text_result("One more."); }};

std::array<std::span<const Tool>, 3> tables() { return {plain_tools(), asking_tools(), job_tools()}; }

const Tool* find(std::string_view name, const Stage& stage) {
  for (const auto& table : tables()) {
    for (const auto& tool : table) {
      if (tool.name == name) return &tool;
    }
  }
  return name == kOneMore.name && stage.one_more_tool ? &kOneMore : nullptr;
}

mcp::ToolDescription describe(const Tool& tool) {
  mcp::ToolDescription description;
  description.name = tool.name;
  description.title = tool.name;
  description.description = std::string(tool.description);
  // The tables break their lines; the protocol does not.
  description.input_schema = base::write_json(object(tool.input_schema));
  description.may_be_task = tool.may_be_task;
  return description;
}

}  // namespace

std::vector<mcp::ToolDescription> Toolbox::list(const mcp::Caller& /*caller*/) {
  std::vector<mcp::ToolDescription> all;
  for (const auto& table : tables()) {
    for (const auto& tool : table) all.push_back(describe(tool));
  }
  if (stage_.one_more_tool) all.push_back(describe(kOneMore));
  return all;
}

std::optional<bool> Toolbox::may_be_task(const mcp::Caller& /*caller*/, std::string_view name) {
  const auto* const tool = find(name, stage_);
  return tool == nullptr ? std::nullopt : std::optional(tool->may_be_task);
}

mcp::Outcome Toolbox::call(const mcp::Call& call) {
  const auto* const tool = find(call.name, stage_);
  if (tool == nullptr) {
    return mcp::ProtocolError{kInvalidParams, "There is no tool \"" + std::string(call.name) + "\".", {}};
  }
  return tool->run(call, stage_);
}

std::vector<mcp::HeaderArgument> Toolbox::header_arguments(std::string_view name) {
  std::vector<mcp::HeaderArgument> marked;
  const auto* const tool = find(name, stage_);
  if (tool == nullptr) return marked;
  const auto schema = object(tool->input_schema);
  const auto* const properties = schema.if_contains("properties");
  if (properties == nullptr) return marked;
  for (const auto& [key, property] : properties->get_object()) {
    const auto* const header = property.get_object().if_contains("x-mcp-header");
    if (header != nullptr) marked.push_back({std::string(key), std::string(header->get_string())});
  }
  return marked;
}

}  // namespace conformance
