#include "resource/completer.h"

#include <fmt/format.h>

#include <array>
#include <set>

#include "base/text.h"
#include "resource/api.h"
#include "resource/resources.h"
#include "seam/codes.h"

namespace resource {
namespace {

using engine::Completes;

struct Variable {
  std::string_view name;
  Completes kind;
};

constexpr std::array kVariables = {Variable{"node", Completes::Node}, Variable{"vmid", Completes::Guest},
                                   Variable{"snapname", Completes::Snapshot},
                                   Variable{"upid", Completes::Upid},
                                   Variable{"storage", Completes::Storage}};

std::unexpected<mcp::ProtocolError> unknown(std::string_view what, std::string_view name) {
  return std::unexpected(mcp::ProtocolError{
      mcp::kInvalidParams, fmt::format("There is no {} {}.", what, base::printable(name, 200)), nullptr});
}

/// The path of an endpoint as it stands in the URI: what goes on from what was typed, and templates that
/// contain it.
mcp::Completion paths(engine::Toolbox& toolbox, std::string_view typed, const std::stop_token& stop) {
  auto& cluster = toolbox.cluster();
  const auto all = api_paths(cluster.facts, api_version(cluster, stop));
  if (typed.starts_with('/')) typed.remove_prefix(1);
  const auto from = paths_from(all, typed);
  std::set<std::string, std::less<>> values(from.begin(), from.end());
  for (const auto& path : all) values.insert(path.path.substr(1));
  std::vector<engine::Candidate> candidates;
  for (const auto& value : values) candidates.push_back({value});
  return engine::rank(candidates, typed);
}

}  // namespace

std::expected<mcp::Completion, mcp::ProtocolError> Completer::variable(
    const mcp::CompletionRequest& request) {
  const tool::Resource* found = nullptr;
  for (const auto& row : rows_) {
    if (row.is_template() && row.uri == request.ref) found = &row;
  }
  if (found == nullptr || refusal(*found, toolbox_, request.caller))
    return unknown("resource template", request.ref);
  if (request.argument == "path" && found->uri.find("{+path}") != std::string_view::npos)
    return paths(toolbox_, request.value, request.stop);
  for (const auto& [name, kind] : kVariables) {
    if (name != request.argument || found->uri.find(fmt::format("{{{}}}", name)) == std::string_view::npos)
      continue;
    return completions_.complete(kind, request.value, request.context, request.caller, request.stop);
  }
  return unknown(fmt::format("variable of {} named", found->uri), request.argument);
}

std::expected<mcp::Completion, mcp::ProtocolError> Completer::complete(
    const mcp::CompletionRequest& request) {
  if (request.of == mcp::CompletionRequest::Of::Resource) return variable(request);
  if (prompts_ == nullptr) return unknown("prompt", request.ref);
  const auto kind = prompts_->completes(request.ref, request.argument, request.caller);
  if (!kind) return std::unexpected(kind.error());
  return completions_.complete(*kind, request.value, request.context, request.caller, request.stop);
}

}  // namespace resource
