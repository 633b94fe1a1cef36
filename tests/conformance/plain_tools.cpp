// Tools that ask nobody: contents, errors, progress, logs, changes.
#include <array>
#include <chrono>
#include <utility>

#include "conformance/stage.h"
#include "conformance/watcher.h"

namespace conformance {
namespace {

using mcp::Call;
using mcp::Outcome;
using std::chrono::milliseconds;

// Long enough for a client to see one message after another.
constexpr milliseconds kPace{50};

Outcome with(mcp::Content content) {
  mcp::Result result;
  result.content.push_back(std::move(content));
  return result;
}

mcp::EmbeddedResource embedded(std::string uri, std::string mime_type, std::string text) {
  return {{std::move(uri), std::move(mime_type), std::move(text)}};
}

Outcome simple_text(const Call& /*call*/, Stage& /*stage*/) {
  return text_result("This is a simple text response for testing.");
}

Outcome image(const Call& /*call*/, Stage& /*stage*/) { return with(mcp::Image{png(), "image/png"}); }

Outcome audio(const Call& /*call*/, Stage& /*stage*/) { return with(mcp::Audio{wav(), "audio/wav"}); }

Outcome embedded_resource(const Call& /*call*/, Stage& /*stage*/) {
  return with(embedded("test://embedded-resource", "text/plain", "This is an embedded resource content."));
}

Outcome many_contents(const Call& /*call*/, Stage& /*stage*/) {
  auto result = text_result("Multiple content types test:");
  result.content.emplace_back(mcp::Image{png(), "image/png"});
  result.content.emplace_back(
      embedded("test://mixed-content-resource", "application/json", R"({"test":"data","value":123})"));
  return result;
}

Outcome error(const Call& /*call*/, Stage& /*stage*/) {
  return failure("This tool intentionally returns an error for testing");
}

Outcome logging(const Call& call, Stage& stage) {
  call.log.write(mcp::LogLevel::Info, "Tool execution started");
  stage.clock.sleep(kPace, call.stop);
  call.log.write(mcp::LogLevel::Info, "Tool processing data");
  stage.clock.sleep(kPace, call.stop);
  call.log.write(mcp::LogLevel::Info, "Tool execution completed");
  return text_result("Three messages were logged.");
}

Outcome progress(const Call& call, Stage& stage) {
  call.progress.report(0, 100, "Begun");
  stage.clock.sleep(kPace, call.stop);
  call.progress.report(50, 100, "Half done");
  stage.clock.sleep(kPace, call.stop);
  call.progress.report(100, 100, "Done");
  return text_result("Progress was reported three times.");
}

Outcome reconnection(const Call& call, Stage& stage) {
  call.progress.pause();
  stage.clock.sleep(2 * kPace, call.stop);
  return text_result("The stream was closed meanwhile.");
}

Outcome echo(const Call& call, Stage& /*stage*/) { return text_result(base::write_json(call.arguments)); }

Outcome change_tools(const Call& /*call*/, Stage& stage) {
  stage.one_more_tool = !stage.one_more_tool;
  if (auto* const changes = stage.changes.load()) changes->tools_changed();
  return text_result("The list of tools has changed.");
}

Outcome change_prompts(const Call& /*call*/, Stage& stage) {
  stage.one_more_prompt = !stage.one_more_prompt;
  if (auto* const changes = stage.changes.load()) changes->prompts_changed();
  return text_result("The list of prompts has changed.");
}

Outcome change_resource(const Call& /*call*/, Stage& stage) {
  stage.watcher.resource_changed("test://watched-resource");
  return text_result("test://watched-resource has changed.");
}

constexpr std::string_view kAddress = R"({
  "$schema":"https://json-schema.org/draft/2020-12/schema","type":"object",
  "$defs":{"address":{"$anchor":"addressDef","type":"object",
    "properties":{"street":{"type":"string"},"city":{"type":"string"}}}},
  "properties":{"name":{"type":"string"},"address":{"$ref":"#/$defs/address"},
    "contactMethod":{"type":"string","enum":["phone","email"]},
    "phone":{"type":"string"},"email":{"type":"string"}},
  "allOf":[{"anyOf":[{"required":["phone"]},{"required":["email"]}]}],
  "if":{"properties":{"contactMethod":{"const":"phone"}},"required":["contactMethod"]},
  "then":{"required":["phone"]},"else":{"required":["email"]},"additionalProperties":false})";

constexpr std::string_view kHeaders = R"({"type":"object","additionalProperties":false,"properties":{
  "region":{"type":"string","x-mcp-header":"Region"},
  "priority":{"type":"integer","x-mcp-header":"Priority"},
  "urgent":{"type":"boolean","x-mcp-header":"Urgent"},
  "note":{"type":"string"}}})";

constexpr auto kTools = std::to_array<Tool>({
    {"test_simple_text", "Gives one text.", kNoArguments, simple_text},
    {"test_image_content", "Gives one image.", kNoArguments, image},
    {"test_audio_content", "Gives one sound.", kNoArguments, audio},
    {"test_embedded_resource", "Gives one embedded resource.", kNoArguments, embedded_resource},
    {"test_multiple_content_types", "Gives a text, an image and a resource.", kNoArguments, many_contents},
    {"test_error_handling", "Always fails.", kNoArguments, error},
    {"test_tool_with_logging", "Logs three messages.", kNoArguments, logging},
    {"test_logging_tool", "Logs three messages to whoever wants them.", kNoArguments, logging},
    {"test_tool_with_progress", "Reports progress three times.", kNoArguments, progress},
    {"test_reconnection", "Lets the client come back for the answer.", kNoArguments, reconnection},
    {"json_schema_2020_12_tool", "Has a schema with many keywords.", kAddress, echo},
    {"test_header_arguments", "Gives back arguments that HTTP repeats in headers.", kHeaders, echo},
    {"test_trigger_tool_change", "Changes the list of tools.", kNoArguments, change_tools},
    {"test_trigger_prompt_change", "Changes the list of prompts.", kNoArguments, change_prompts},
    {"test_trigger_resource_change", "Changes test://watched-resource.", kNoArguments, change_resource},
});

}  // namespace

std::span<const Tool> plain_tools() { return kTools; }

}  // namespace conformance
