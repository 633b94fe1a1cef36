// Tools that need an answer of the client or its user first.
#include <array>
#include <utility>
#include <vector>

#include "conformance/stage.h"

namespace conformance {
namespace {

using mcp::Call;
using mcp::InputRequest;
using mcp::Outcome;

mcp::NeedInput form(std::string key, std::string message, std::string_view schema) {
  return mcp::ask_form(std::move(key), std::move(message), object(schema));
}

InputRequest sampling(std::string key, std::string_view prompt, int max_tokens) {
  const base::JsonObject content{{"type", "text"}, {"text", prompt}};
  base::JsonObject params;
  params["messages"] = base::JsonArray{base::JsonObject{{"role", "user"}, {"content", content}}};
  params["maxTokens"] = max_tokens;
  return {std::move(key), InputRequest::Kind::Sampling, std::move(params)};
}

InputRequest roots(std::string key) { return {std::move(key), InputRequest::Kind::Roots, {}}; }

constexpr std::string_view kName =
    R"({"type":"object","properties":{"name":{"type":"string"}},"required":["name"]})";
constexpr std::string_view kColor =
    R"({"type":"object","properties":{"color":{"type":"string"}},"required":["color"]})";
constexpr std::string_view kOk =
    R"({"type":"object","properties":{"ok":{"type":"boolean"}},"required":["ok"]})";
constexpr std::string_view kUser = R"({"type":"object","properties":{
  "username":{"type":"string","description":"User's response"},
  "email":{"type":"string","description":"User's email address"}},"required":["username","email"]})";
constexpr std::string_view kDefaults = R"({"type":"object","properties":{
  "name":{"type":"string","default":"John Doe"},
  "age":{"type":"integer","default":30},
  "score":{"type":"number","default":95.5},
  "status":{"type":"string","enum":["active","inactive","pending"],"default":"active"},
  "verified":{"type":"boolean","default":true}}})";
constexpr std::string_view kEnums = R"({"type":"object","properties":{
  "untitledSingle":{"type":"string","enum":["option1","option2","option3"]},
  "titledSingle":{"type":"string","oneOf":[{"const":"value1","title":"First Option"},
    {"const":"value2","title":"Second Option"},{"const":"value3","title":"Third Option"}]},
  "legacyEnum":{"type":"string","enum":["opt1","opt2","opt3"],
    "enumNames":["Option One","Option Two","Option Three"]},
  "untitledMulti":{"type":"array","items":{"type":"string","enum":["option1","option2","option3"]}},
  "titledMulti":{"type":"array","items":{"anyOf":[{"const":"value1","title":"First Choice"},
    {"const":"value2","title":"Second Choice"},{"const":"value3","title":"Third Choice"}]}}}})";

// The text of a sampled message, or the whole result when it has none.
std::string sampled(const base::Json& result) {
  const auto* const object = result.if_object();
  const auto* const content = object == nullptr ? nullptr : object->if_contains("content");
  const auto* const block = content == nullptr ? nullptr : content->if_object();
  const auto* const text = block == nullptr ? nullptr : block->if_contains("text");
  return text != nullptr && text->is_string() ? std::string(text->get_string()) : base::write_json(result);
}

std::string text_member(const base::JsonObject& content, std::string_view name) {
  const auto* const value = content.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : "?";
}

// Asks by one form and repeats what came back.
Outcome ask_once(const Call& call, std::string message, std::string_view schema, std::string_view begin) {
  const auto* const answer = call.inputs.if_contains("answer");
  if (answer == nullptr) return form("answer", std::move(message), schema);
  return text_result(std::string(begin) + in_words(*answer));
}

Outcome sample(const Call& call, Stage& /*stage*/) {
  if (const auto* const answer = call.inputs.if_contains("answer"))
    return text_result("LLM response: " + sampled(*answer));
  return mcp::NeedInput{{sampling("answer", text_argument(call, "prompt"), 100)}};
}

Outcome elicit(const Call& call, Stage& /*stage*/) {
  return ask_once(call, text_argument(call, "message"), kUser, "User response: ");
}

Outcome defaults(const Call& call, Stage& /*stage*/) {
  return ask_once(call, "Please review what is filled in.", kDefaults, "Elicitation completed: ");
}

Outcome enums(const Call& call, Stage& /*stage*/) {
  return ask_once(call, "Please choose.", kEnums, "Elicitation completed: ");
}

Outcome need_sampling(const Call& call, Stage& /*stage*/) {
  if (!call.client_capabilities.contains("sampling")) return missing_capability(R"({"sampling":{}})");
  return text_result("The client has sampling.");
}

// A greeting for the name that was given, or why there is none; nothing while nobody was asked.
std::optional<mcp::Result> greeting(const base::JsonObject& inputs) {
  if (const auto* const content = accepted(inputs, "user_name"))
    return text_result("Hello, " + text_member(*content, "name") + "!");
  if (const auto* const answer = inputs.if_contains("user_name"))
    return text_result("No name was given: " + in_words(*answer));
  return std::nullopt;
}

Outcome ask_name(const Call& call, Stage& /*stage*/) {
  if (auto result = greeting(call.inputs)) return *std::move(result);
  return form("user_name", "What is your name?", kName);
}

Outcome ask_name_on_stream(const Call& call, Stage& stage) {
  call.progress.report(1, 2, "Asking");
  return ask_name(call, stage);
}

Outcome ask_model(const Call& call, Stage& /*stage*/) {
  if (const auto* const answer = call.inputs.if_contains("capital_question"))
    return text_result(sampled(*answer));
  return mcp::NeedInput{{sampling("capital_question", "What is the capital of France?", 100)}};
}

Outcome ask_roots(const Call& call, Stage& /*stage*/) {
  if (const auto* const answer = call.inputs.if_contains("client_roots"))
    return text_result("Roots: " + base::write_json(*answer));
  return mcp::NeedInput{{roots("client_roots")}};
}

Outcome ask_with_state(const Call& call, Stage& /*stage*/) {
  if (call.inputs.contains("confirm")) return text_result("state-ok");
  return form("confirm", "Please confirm", kOk);
}

Outcome ask_three(const Call& call, Stage& /*stage*/) {
  mcp::NeedInput need;
  if (!call.inputs.contains("user_name")) need = form("user_name", "What is your name?", kName);
  if (!call.inputs.contains("greeting"))
    need.requests.push_back(sampling("greeting", "Generate a greeting", 50));
  if (!call.inputs.contains("client_roots")) need.requests.push_back(roots("client_roots"));
  if (!need.requests.empty()) return need;
  return text_result(base::write_json(call.inputs));
}

Outcome ask_twice(const Call& call, Stage& /*stage*/) {
  if (!call.inputs.contains("step1")) return form("step1", "Step 1: What is your name?", kName);
  if (!call.inputs.contains("step2")) return form("step2", "Step 2: What is your favorite color?", kColor);
  const auto* const name = accepted(call.inputs, "step1");
  const auto* const color = accepted(call.inputs, "step2");
  if (name == nullptr || color == nullptr) return text_result("Not every question was answered.");
  return text_result(text_member(*name, "name") + " likes " + text_member(*color, "color") + ".");
}

Outcome ask_what_can_be_asked(const Call& call, Stage& /*stage*/) {
  mcp::NeedInput need;
  const auto& can = call.client_capabilities;
  if (can.contains("elicitation") && !call.inputs.contains("user_name"))
    need = form("user_name", "What is your name?", kName);
  if (can.contains("sampling") && !call.inputs.contains("greeting"))
    need.requests.push_back(sampling("greeting", "Generate a greeting", 50));
  if (can.contains("roots") && !call.inputs.contains("client_roots"))
    need.requests.push_back(roots("client_roots"));
  if (!need.requests.empty()) return need;
  return text_result(base::write_json(call.inputs));
}

Outcome delete_thing(const Call& call, Stage& /*stage*/) {
  const auto name = text_argument(call, "name", "thing");
  if (!call.inputs.contains("confirm")) return mcp::ask_confirmation("confirm", "Delete " + name + "?");
  if (!mcp::confirmed(call.inputs, "confirm")) return failure(name + " was not deleted: nobody said yes.");
  return text_result("Deleted " + name + ".");
}

Outcome delete_twice(const Call& call, Stage& /*stage*/) {
  const auto name = text_argument(call, "name", "thing");
  if (!call.inputs.contains("first")) return mcp::ask_confirmation("first", "Delete " + name + "?");
  if (!mcp::confirmed(call.inputs, "first")) return failure(name + " was not deleted: the first answer.");
  if (!call.inputs.contains("second"))
    return mcp::ask_confirmation("second", "Really delete " + name + " with its backups?");
  if (!mcp::confirmed(call.inputs, "second")) return failure(name + " was not deleted: the second answer.");
  return text_result("Deleted " + name + " with its backups.");
}

constexpr std::string_view kPromptArgument =
    R"({"type":"object","properties":{"prompt":{"type":"string"}},"required":["prompt"]})";
constexpr std::string_view kMessageArgument =
    R"({"type":"object","properties":{"message":{"type":"string"}},"required":["message"]})";

constexpr auto kTools = std::to_array<Tool>({
    {"test_sampling", "Asks the client's model.", kPromptArgument, sample},
    {"test_elicitation", "Asks the user for a name and an address.", kMessageArgument, elicit},
    {"test_elicitation_sep1034_defaults", "Asks with defaults.", kNoArguments, defaults},
    {"test_elicitation_sep1330_enums", "Asks with every kind of enumeration.", kNoArguments, enums},
    {"test_missing_capability", "Needs a client with sampling.", kNoArguments, need_sampling},
    {"test_streaming_elicitation", "Reports progress, then asks.", kNoArguments, ask_name_on_stream},
    {"test_input_required_result_elicitation", "Asks for a name.", kNoArguments, ask_name},
    {"test_input_required_result_sampling", "Asks the client's model.", kNoArguments, ask_model},
    {"test_input_required_result_list_roots", "Asks for the roots.", kNoArguments, ask_roots},
    {"test_input_required_result_request_state", "Asks, with a state.", kNoArguments, ask_with_state},
    {"test_input_required_result_multiple_inputs", "Asks three things at once.", kNoArguments, ask_three},
    {"test_input_required_result_multi_round", "Asks two things in turn.", kNoArguments, ask_twice},
    {"test_input_required_result_tampered_state", "Asks, with a state.", kNoArguments, ask_with_state},
    {"test_input_required_result_capabilities", "Asks what the client can answer.", kNoArguments,
     ask_what_can_be_asked},
    {"delete_thing", "Deletes a thing once the user agrees.", kName, delete_thing},
    {"delete_thing_twice_asked", "Deletes a thing once the user agrees to two questions in turn.", kName,
     delete_twice},
});

}  // namespace

std::span<const Tool> asking_tools() { return kTools; }

}  // namespace conformance
