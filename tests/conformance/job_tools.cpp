// Tools that may answer with a task, and one that never does.
#include <array>
#include <chrono>
#include <utility>

#include "conformance/jobs.h"
#include "conformance/stage.h"

namespace conformance {
namespace {

using mcp::Call;
using mcp::Outcome;
using std::chrono::milliseconds;

constexpr milliseconds kShort{50};
constexpr std::string_view kTasks = R"({"extensions":{"io.modelcontextprotocol/tasks":{}}})";

// A tool that runs as a task only. The legacy era has no word for that, so there it waits.
bool refused(const Call& call) { return !call.may_be_task && call.era == mcp::Era::Modern; }

Outcome greet(const Call& call, Stage& /*stage*/) {
  return text_result("Hello, " + text_argument(call, "name", "stranger") + "!");
}

milliseconds seconds_argument(const Call& call) {
  const auto* const value = call.arguments.if_contains("seconds");
  if (value == nullptr || !value->is_number()) return milliseconds{0};
  const auto seconds = value->is_double() ? value->get_double() : value->to_number<double>();
  // What the clients of the tests ask for, and no more.
  if (!(seconds > 0) || seconds > 600) return milliseconds{0};
  return milliseconds{static_cast<milliseconds::rep>(seconds * 1000)};
}

Outcome slow_compute(const Call& call, Stage& stage) {
  const auto takes = seconds_argument(call);
  const auto done = text_result("Computed " + text_argument(call, "label", "it") + ".");
  if (takes == milliseconds{0}) return done;
  if (call.may_be_task) {
    return stage.jobs.begin(call.caller,
                            {takes, {}, [done](const base::JsonObject& /*answers*/) -> End { return done; }});
  }
  stage.clock.sleep(takes, call.stop);
  return done;
}

Outcome failing_job(const Call& call, Stage& stage) {
  if (refused(call)) return missing_capability(kTasks);
  const auto failed = failure("The job failed, as it always does.");
  if (!call.may_be_task) return failed;
  return stage.jobs.begin(
      call.caller, {kShort, {}, [failed](const base::JsonObject& /*answers*/) -> End { return failed; }});
}

Outcome broken_job(const Call& call, Stage& stage) {
  const mcp::ProtocolError broken{-32603, "The job broke, as it always does.", {}};
  if (!call.may_be_task) return broken;
  return stage.jobs.begin(
      call.caller, {kShort, {}, [broken](const base::JsonObject& /*answers*/) -> End { return broken; }});
}

mcp::Result deleted(const base::JsonObject& answers, const std::string& name) {
  return mcp::confirmed(answers, "confirm") ? text_result("Deleted " + name + ".")
                                            : text_result(name + " was not deleted.");
}

Outcome confirm_delete(const Call& call, Stage& stage) {
  const auto name = text_argument(call, "filename", "the file");
  auto question = mcp::ask_confirmation("confirm", "Delete " + name + "?");
  if (call.may_be_task) {
    return stage.jobs.begin(
        call.caller, {kShort, std::move(question.requests),
                      [name](const base::JsonObject& answers) -> End { return deleted(answers, name); }});
  }
  if (!call.inputs.contains("confirm")) return question;
  return deleted(call.inputs, name);
}

constexpr std::string_view kAnswer = R"({"type":"object","properties":{
  "name":{"type":"string"},"confirm":{"type":"boolean"}},"required":["name"]})";

Outcome multi_input(const Call& call, Stage& stage) {
  mcp::NeedInput need;
  for (const auto* const key : {"first", "second"}) {
    if (call.inputs.contains(key)) continue;
    auto question = mcp::ask_form(key, std::string("The ") + key + " name?", object(kAnswer));
    need.requests.push_back(std::move(question.requests.front()));
  }
  const auto end = [](const base::JsonObject& answers) -> End {
    return text_result(base::write_json(answers));
  };
  if (call.may_be_task) return stage.jobs.begin(call.caller, {kShort, std::move(need.requests), end});
  if (!need.requests.empty()) return need;
  return std::get<mcp::Result>(end(call.inputs));
}

constexpr std::string_view kName =
    R"({"type":"object","properties":{"name":{"type":"string"}},"required":["name"]})";

Outcome ask_then_work(const Call& call, Stage& stage) {
  if (refused(call)) return missing_capability(kTasks);
  if (!call.inputs.contains("user_name"))
    return mcp::ask_form("user_name", "What is your name?", object(kName));
  const auto* const content = accepted(call.inputs, "user_name");
  if (content == nullptr) return text_result("No name was given.");
  const auto done = text_result("Worked for " + base::write_json(*content) + ".");
  if (!call.may_be_task) return done;
  return stage.jobs.begin(call.caller,
                          {kShort, {}, [done](const base::JsonObject& /*answers*/) -> End { return done; }});
}

constexpr std::string_view kGreet = R"({"type":"object","properties":{"name":{"type":"string"}}})";
constexpr std::string_view kCompute =
    R"({"type":"object","properties":{"seconds":{"type":"number"},"label":{"type":"string"}}})";
constexpr std::string_view kFile = R"({"type":"object","properties":{"filename":{"type":"string"}}})";

constexpr auto kTools = std::to_array<Tool>({
    {"greet", "Greets, at once.", kGreet, greet},
    {"slow_compute", "Takes its time.", kCompute, slow_compute, true},
    {"failing_job", "Fails after a while; as a task only.", kNoArguments, failing_job, true},
    {"protocol_error_job", "Breaks after a while.", kNoArguments, broken_job, true},
    {"confirm_delete", "Asks while it is under way.", kFile, confirm_delete, true},
    {"multi_input", "Asks two things while it is under way.", kNoArguments, multi_input, true},
    {"test_tool_with_task", "Asks, then works; as a task only.", kNoArguments, ask_then_work, true},
});

}  // namespace

std::span<const Tool> job_tools() { return kTools; }

}  // namespace conformance
