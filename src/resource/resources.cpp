#include "resource/resources.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/text.h"
#include "engine/bounds/scope.h"
#include "resource/api.h"
#include "resource/show.h"

namespace resource {
namespace {

constexpr std::chrono::minutes kApi{5};

mcp::ResourceDescription described_row(const tool::Resource& row) {
  return {std::string(row.uri), std::string(row.name), std::string(row.title), std::string(row.description),
          std::string(tool::mime_type(row.kind))};
}

mcp::ResourceOutcome outcome(Unread unread) {
  return std::visit([](auto why) -> mcp::ResourceOutcome { return why; }, std::move(unread));
}

/// How to get the part that does not fit.
std::string rest(const tool::Resource& row, engine::Toolbox& toolbox, const mcp::Caller& caller) {
  const auto may = std::ranges::find_if(
      row.tools, [&](auto name) { return !name.empty() && !toolbox.refusal(caller, name); });
  const auto* tool = may == row.tools.end() ? nullptr : toolbox.row(*may);
  if (tool == nullptr || (tool->tool().offers & tool::kSelect) == 0) return "Set it higher to see more.";
  std::string narrows = "filter and fields";
  if (const auto type = tool->field("type"); type && !type->required) narrows = "type, " + narrows;
  return fmt::format("Call the tool {} to get them: {} narrow its list{}.", tool->tool().name, narrows,
                     (tool->tool().offers & tool::kPage) != 0 ? ", and cursor continues it" : "");
}

mcp::ResourceOutcome contents(const tool::Resource& row, std::string_view uri, std::string text,
                              std::chrono::milliseconds ttl) {
  mcp::ResourceResult result;
  result.contents.push_back({std::string(uri), std::string(tool::mime_type(row.kind)), std::move(text)});
  result.ttl = ttl;
  return result;
}

}  // namespace

std::optional<guard::Refusal> refusal(const tool::Resource& row, engine::Toolbox& toolbox,
                                      const mcp::Caller& caller) {
  std::optional<guard::Refusal> first;
  for (const auto tool : row.tools) {
    if (tool.empty()) continue;
    auto no = toolbox.refusal(caller, tool, row.uri);
    if (!no) return std::nullopt;
    if (!first) first = std::move(no);
  }
  return first;
}

std::vector<mcp::ResourceDescription> Resources::described(const mcp::Caller& caller, bool templates) {
  std::vector<mcp::ResourceDescription> found;
  for (const auto& row : rows_) {
    if (row.is_template() == templates && !refusal(row, toolbox_, caller))
      found.push_back(described_row(row));
  }
  return found;
}

std::vector<mcp::ResourceDescription> Resources::list(const mcp::Caller& caller) {
  return described(caller, false);
}

std::vector<mcp::ResourceDescription> Resources::templates(const mcp::Caller& caller) {
  return described(caller, true);
}

mcp::ResourceOutcome Resources::api(const Match& match, std::string_view uri, const mcp::Request& request) {
  auto& cluster = toolbox_.cluster();
  const auto version = api_version(cluster, request.stop);
  const auto budget = cluster.options.style.max_result;
  const auto path = match.values.find("+path");
  if (path == match.values.end())
    return contents(*match.row, uri, api_index(toolbox_, version, budget), kApi);
  auto text = api_endpoint(toolbox_, path->second, version, budget, toolbox_.may_use(request.caller));
  if (text) return contents(*match.row, uri, *std::move(text), kApi);
  return mcp::NoSuchResource{fmt::format("PVE {} has no path /{}: pve://api lists them.",
                                         facts::to_text(version), base::printable(path->second, 200))};
}

mcp::ResourceOutcome Resources::read(const mcp::Request& request, std::string_view uri) {
  const auto found = match(rows_, uri);
  if (!found) return mcp::NoSuchResource{found.error()};
  if (auto no = refusal(*found->row, toolbox_, request.caller)) return outcome(unread(*std::move(no)));
  if (auto* scope = toolbox_.cluster().scope) scope->begin_call();
  if (found->row->kind == tool::Resource::Kind::Api) return api(*found, uri, request);
  auto reading = resource::read(
      toolbox_, *found,
      [&](std::string_view tool) { return toolbox_.refusal(request.caller, tool, found->row->uri); },
      request.stop);
  if (!reading) return outcome(std::move(reading.error()));
  const auto budget = toolbox_.cluster().options.style.max_result;
  auto text = found->row->kind == tool::Resource::Kind::Log
                  ? log_text(*reading, budget)
                  : json_text(*std::move(reading), budget,
                              {found->row->first, found->row->omit_first,
                               rest(*found->row, toolbox_, request.caller)});
  // What is live is old as soon as it is read.
  return contents(*found->row, uri, std::move(text), std::chrono::milliseconds{0});
}

bool Resources::watchable(const mcp::Caller& caller, std::string_view uri) {
  const auto found = match(rows_, uri);
  if (!found || found->row->watch == tool::Resource::Watch::Never || refusal(*found->row, toolbox_, caller))
    return false;
  const auto guest = found->values.find("vmid");
  if (guest == found->values.end()) return true;
  const auto kinds = toolbox_.cluster().seen.recent_kinds(guest->second);
  const auto may = [&](std::string_view tool) { return !toolbox_.refusal(caller, tool); };
  return (!kinds.vms || may(found->row->tools[0])) && (!kinds.containers || may(found->row->tools[1]));
}

bool Resources::fixed(const mcp::Caller& caller, std::string_view uri) {
  const auto found = match(rows_, uri);
  if (!found || found->row->watch != tool::Resource::Watch::Never || refusal(*found->row, toolbox_, caller))
    return false;
  const auto path = found->values.find("+path");
  if (path == found->values.end()) return true;
  const auto& cluster = toolbox_.cluster();
  // The connected one's version may have to be asked for.
  return api_endpoint(toolbox_, path->second, cluster.facts.version(), cluster.options.style.max_result,
                      toolbox_.may_use(caller))
      .has_value();
}

}  // namespace resource
