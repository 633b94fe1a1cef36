#include <array>
#include <string>
#include <utility>

#include "conformance/library.h"

namespace conformance {
namespace {

using mcp::Prompt;
using mcp::PromptOutcome;

constexpr int kInvalidParams = -32602;
constexpr std::string_view kWithArguments = "test_prompt_with_arguments";
constexpr std::string_view kContext =
    R"({"type":"object","properties":{"context":{"type":"string"}},"required":["context"]})";

mcp::ProtocolError invalid(std::string message) { return {kInvalidParams, std::move(message), {}}; }

mcp::PromptMessage text(std::string words) { return {mcp::Text{std::move(words)}}; }

std::string argument(const base::JsonObject& arguments, std::string_view name) {
  const auto* const value = arguments.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

PromptOutcome with_context(const mcp::Request& request) {
  if (!request.inputs.contains("user_context"))
    return mcp::ask_form("user_context", "What context should the prompt use?", object(kContext));
  const auto* const content = accepted(request.inputs, "user_context");
  return Prompt{
      "A prompt in a context.",
      {text(content == nullptr ? "Without context." : "Context: " + argument(*content, "context"))}};
}

std::vector<mcp::PromptDescription> always() {
  return {
      {"test_simple_prompt", "Simple", "A prompt without arguments.", {}},
      {std::string(kWithArguments),
       "With arguments",
       "A prompt with two arguments.",
       {{"arg1", "First", "The first argument.", true}, {"arg2", "Second", "The second argument.", true}}},
      {"test_prompt_with_embedded_resource",
       "With a resource",
       "A prompt with an embedded resource.",
       {{"resourceUri", "Address", "Address of the resource.", true}}},
      {"test_prompt_with_image", "With an image", "A prompt with an image.", {}},
      {"test_input_required_result_prompt", "Asking", "A prompt that asks for its context.", {}}};
}

std::optional<mcp::ProtocolError> misfit(const mcp::PromptDescription& prompt,
                                         const base::JsonObject& arguments) {
  for (const auto& wanted : prompt.arguments) {
    if (wanted.required && !arguments.contains(wanted.name))
      return invalid(prompt.name + " needs the argument \"" + wanted.name + "\".");
  }
  return std::nullopt;
}

PromptOutcome phrase(const mcp::Request& request, std::string_view name, const base::JsonObject& arguments) {
  if (name == "test_simple_prompt")
    return Prompt{"A simple prompt.", {text("This is a simple prompt for testing.")}};
  if (name == kWithArguments) {
    return Prompt{"A prompt with arguments.",
                  {text("Prompt with arguments: arg1='" + argument(arguments, "arg1") + "', arg2='" +
                        argument(arguments, "arg2") + "'")}};
  }
  if (name == "test_prompt_with_embedded_resource") {
    const mcp::EmbeddedResource resource{
        {argument(arguments, "resourceUri"), "text/plain", "Embedded resource content for testing."}};
    return Prompt{"A prompt with a resource.",
                  {{resource}, text("Please process the embedded resource above.")}};
  }
  if (name == "test_prompt_with_image") {
    return Prompt{"A prompt with an image.",
                  {{mcp::Image{png(), "image/png"}}, text("Please analyze the image above.")}};
  }
  if (name == "test_input_required_result_prompt") return with_context(request);
  return Prompt{"One more prompt.", {text("One more.")}};
}

}  // namespace

std::vector<mcp::PromptDescription> Phrases::list(const mcp::Caller& /*caller*/) {
  auto all = always();
  if (stage_.one_more_prompt)
    all.push_back({"test_one_more_prompt", "One more", "Is there after every other change.", {}});
  return all;
}

PromptOutcome Phrases::get(const mcp::Request& request, std::string_view name,
                           const base::JsonObject& arguments) {
  for (const auto& prompt : list(request.caller)) {
    if (prompt.name != name) continue;
    if (auto error = misfit(prompt, arguments)) return *std::move(error);
    return phrase(request, name, arguments);
  }
  return invalid("There is no prompt \"" + std::string(name) + "\".");
}

std::expected<mcp::Completion, mcp::ProtocolError> Phrases::complete(const mcp::CompletionRequest& request) {
  using Of = mcp::CompletionRequest::Of;
  const bool of_prompt = request.of == Of::Prompt && request.ref == kWithArguments &&
                         (request.argument == "arg1" || request.argument == "arg2");
  const bool of_template =
      request.of == Of::Resource && request.ref == "test://template/{id}/data" && request.argument == "id";
  if (!of_prompt && !of_template) {
    return std::unexpected(
        invalid("There is no argument \"" + std::string(request.argument) + "\" to complete."));
  }
  constexpr std::array<std::string_view, 8> kWords = {"paris",      "park", "party", "testValue1",
                                                      "testValue2", "1",    "12",    "123"};
  mcp::Completion completion;
  for (const auto word : kWords) {
    const bool number = word.front() <= '9';
    if (number == of_template && word.starts_with(request.value)) completion.values.emplace_back(word);
  }
  completion.total = completion.values.size();
  return completion;
}

}  // namespace conformance
