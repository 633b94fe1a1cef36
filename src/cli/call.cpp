#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <expected>
#include <fstream>
#include <iostream>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "base/ascii.h"
#include "base/file.h"
#include "base/json.h"
#include "base/json_read.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/operator/authority.h"
#include "cli/output.h"
#include "cli/signals.h"
#include "cli/state_folder.h"
#include "cli/values.h"
#include "engine/row/confirm.h"

namespace cli {
namespace {

/// As much as a message over MCP may have.
constexpr std::size_t kMostJson = std::size_t{4} << 20U;

int failed(std::string_view sentence, int code) {
  print(STDERR_FILENO, shown(sentence, ::isatty(STDERR_FILENO) == 1));
  return code;
}

std::string text_of(const std::vector<mcp::Content>& content) {
  std::string text;
  for (const auto& block : content) {
    if (!text.empty() && !text.ends_with('\n')) text += '\n';
    if (const auto* words = std::get_if<mcp::Text>(&block)) {
      text += words->text;
    } else if (const auto* image = std::get_if<mcp::Image>(&block)) {
      text += "[" + image->mime_type + ", " + std::to_string(image->data.size()) + " bytes]";
    }
  }
  return text;
}

/// The arguments as JSON text, as they were given.
std::expected<std::string, std::string> object_of(const Arguments& arguments) {
  if (arguments.json != "-") return arguments.json;
  auto text = base::read_all(STDIN_FILENO, kMostJson);
  if (text) return *std::move(text);
  if (text.error() == EFBIG) return std::unexpected("the arguments on stdin are longer than 4 MiB.");
  return std::unexpected(
      "the arguments cannot be read from stdin: " + std::generic_category().message(text.error()) + ".");
}

int report(const mcp::Outcome& outcome) {
  if (const auto* result = std::get_if<mcp::Result>(&outcome)) {
    const auto text = text_of(result->content);
    if (result->is_error) return failed(text, kFailed);
    return print(STDOUT_FILENO, shown(text, ::isatty(STDOUT_FILENO) == 1)) ? kDone : kFailed;
  }
  if (const auto* error = std::get_if<mcp::ProtocolError>(&outcome)) return failed(error->message, kUsage);
  if (std::holds_alternative<mcp::NeedInput>(outcome))
    return failed("the tool asks the user a question, and \"call\" cannot answer it.", kFailed);
  if (const auto* scope = std::get_if<mcp::InsufficientScope>(&outcome))
    return failed(scope->message, kFailed);
  return print(STDOUT_FILENO, std::get<mcp::Task>(outcome).handle + "\n") ? kDone : kFailed;
}

/// Nothing when the picture of the result is in `file`.
std::optional<std::string> save_chart(const mcp::Result& result, const std::string& file) {
  for (const auto& block : result.content) {
    const auto* image = std::get_if<mcp::Image>(&block);
    if (image == nullptr) continue;
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << image->data;
    out.close();
    if (out) return std::nullopt;
    return "The chart cannot be written to " + base::printable(file) + ".";
  }
  return "The tool returned no chart, so " + base::printable(file) + " was not written.";
}

/// Shows the question; whether the user types y or yes.
bool says_yes(const std::string& question) {
  print(STDERR_FILENO, shown(question, true) + "[y/N] ");
  std::string line;
  std::getline(std::cin, line);
  const auto word = base::lower_ascii(base::trim(line));
  return word == "y" || word == "yes";
}

bool needs_person(const mcp::InputRequest& request) { return request.key.starts_with(engine::kAskPerson); }

/// How this call confirms what the tool asks.
struct Consent {
  const Arguments& arguments;
  const config::Settings& settings;
  const Variables& variables;
  bool terminal = ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1;

  /// Whether --yes answers, which it does not where a person must.
  bool is_given(const mcp::InputRequest& request) const { return arguments.yes && !needs_person(request); }
};

/// Whether the person at the terminal agrees; stderr then says why not.
bool agrees(const mcp::InputRequest& request, const Consent& consent) {
  const auto* message = request.params.if_contains("message");
  const auto question = std::string(message == nullptr ? std::string_view() : base::raw_text(*message));
  if (!needs_person(request)) {
    if (says_yes(question)) return true;
    failed("Not done.", kFailed);
    return false;
  }
  const auto folder = state::folder(surroundings_of(consent.settings, consent.variables));
  const auto who = folder ? authorized(*folder, consent.variables, question, "Passphrase to approve it: ")
                          : std::unexpected(std::string(kNoFolder));
  if (!who) failed("Not done: " + who.error(), kFailed);
  return who.has_value();
}

/// Calls the tool, and again with the answers to what it asks. Without anybody who could answer, the tool
/// answers with its plan. Nothing when an answer is no.
std::optional<mcp::Outcome> answered(mcp::Tools& tools, const base::JsonObject& values,
                                     const Consent& consent, const std::stop_token& stop) {
  const mcp::Caller caller;
  const base::JsonObject none;
  mcp::NullSink unheard;
  base::JsonObject inputs;
  constexpr int kMostRounds = 8;
  // The id of a plan is an answer already.
  bool asks = (consent.terminal || consent.arguments.yes) && !values.contains("confirm");
  for (int round = 0;; ++round) {
    auto outcome = tools.call({{caller, mcp::Era::Modern, none, inputs, unheard, unheard, stop, asks},
                               consent.arguments.tool,
                               values});
    const auto* need = std::get_if<mcp::NeedInput>(&outcome);
    if (need == nullptr || round == kMostRounds) return outcome;
    for (const auto& request : need->requests) {
      if (request.kind != mcp::InputRequest::Kind::Confirmation) return outcome;
      if (!consent.is_given(request) && !consent.terminal) {
        asks = false;
        continue;
      }
      if (!consent.is_given(request) && !agrees(request, consent)) return std::nullopt;
      inputs[request.key] =
          base::JsonObject{{"action", "accept"}, {"content", base::JsonObject{{"confirm", true}}}};
    }
  }
}

}  // namespace

int call(mcp::Tools& tools, const Arguments& arguments, const config::Settings& settings,
         const Variables& variables) {
  const mcp::Caller caller;
  base::JsonObject schema;
  for (const auto& tool : tools.list(caller)) {
    if (tool.name != arguments.tool) continue;
    if (auto parsed = base::parse_json(tool.input_schema); parsed && parsed->is_object())
      schema = std::move(parsed->get_object());
  }
  const auto object = object_of(arguments);
  if (!object) return failed(object.error(), kUsage);
  auto values = arguments_of(*object, arguments.pairs, schema);
  if (!values) return failed(values.error(), kUsage);
  if (!arguments.chart.empty()) {
    const auto* properties = schema.if_contains("properties");
    if (properties == nullptr || !properties->get_object().contains("chart"))
      return failed(base::printable(arguments.tool, 60) + " draws no chart: remove --chart.", kUsage);
    (*values)["chart"] = true;
  }

  std::stop_source stop;
  on_termination([stop]() mutable { stop.request_stop(); });
  const auto outcome = answered(tools, *values, {arguments, settings, variables}, stop.get_token());
  if (!outcome) return kFailed;
  if (const auto* result = std::get_if<mcp::Result>(&*outcome);
      result != nullptr && !result->is_error && !arguments.chart.empty()) {
    if (const auto problem = save_chart(*result, arguments.chart)) {
      // The text may say why there is none.
      report(*outcome);
      return failed(*problem, kFailed);
    }
  }
  return report(*outcome);
}

}  // namespace cli
