#include "engine/toolbox.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "base/text.h"
#include "engine/answer/render.h"
#include "engine/bounds/scope.h"
#include "engine/index.h"
#include "engine/row/row.h"
#include "engine/row/schema.h"
#include "engine/run.h"
#include "seam/codes.h"

namespace engine {
namespace {

/// The tool that makes the same call for the other kind of guest.
const tool::Tool* sibling_of(const Row& row, const std::vector<Row>& rows) {
  const auto& call = row.tool().call;
  for (const auto& other : rows) {
    const auto& its = other.tool().call;
    if (its.method == call.method && tool::are_siblings(its.path, call.path)) return &other.tool();
  }
  return nullptr;
}

}  // namespace

Toolbox::Toolbox(std::span<const tool::Category> categories, guard::Policy policy, const Access& access)
    : categories_(categories), gate_(std::move(policy)), cluster_(access) {
  for (auto& index : indexes_) index = std::make_unique<Index>();
}

Toolbox::~Toolbox() = default;

Toolbox::Index& Toolbox::index() {
  const auto confirm = cluster_.rules.now()->confirm;
  auto& index = *indexes_.at(static_cast<std::size_t>(confirm));
  std::call_once(index.once, [&] {
    for (const auto& category : categories_) {
      for (const auto& tool : category.tools) {
        index.by_name.emplace(tool.name, index.rows.size());
        index.rows.emplace_back(tool, category.name, cluster_.facts, confirm);
      }
    }
    for (auto& row : index.rows) row.set_sibling(sibling_of(row, index.rows));
    index.targets = std::make_unique<Targets>(index.rows, cluster_.facts, confirm);
    index.search = std::make_unique<Search>(index.rows, cluster_.facts);
  });
  return index;
}

const std::vector<mcp::ToolDescription>& Toolbox::descriptions() {
  auto& all = index();
  std::call_once(all.described, [&] {
    all.descriptions.reserve(all.rows.size());
    for (const auto& row : all.rows) all.descriptions.push_back(describe(row, cluster_.options.style.output));
  });
  return all.descriptions;
}

std::span<const Row> Toolbox::rows() { return index().rows; }

const Row* Toolbox::row(std::string_view tool) {
  const auto& all = index();
  const auto found = all.by_name.find(tool);
  if (found != all.by_name.end()) return &all.rows[found->second];
  if (tool.find(' ') == std::string_view::npos) return nullptr;
  const auto target = all.targets->find(tool);
  return target && !target->own ? target->row : nullptr;
}

const Row* Toolbox::row(const tool::Endpoint& call) {
  const auto& all = index().rows;
  const auto found = std::ranges::find_if(all, [&](const Row& row) {
    return !call.path.empty() && row.tool().call.method == call.method && row.tool().call.path == call.path;
  });
  return found == all.end() ? nullptr : &*found;
}

std::string_view Toolbox::title(std::string_view tool) {
  const auto* found = row(tool);
  return found == nullptr ? std::string_view{} : found->tool().title;
}

std::string Toolbox::unknown(const mcp::Caller& caller, std::string_view tool) {
  std::vector<std::string_view> names;
  for (const auto& row : index().rows) {
    if (!gate_.refusal(caller, row.tool(), row.category())) names.push_back(row.tool().name);
  }
  const auto near = base::nearest(tool, names);
  return fmt::format("Unknown tool: {}{}", base::printable(tool, 100),
                     near.empty() ? "" : fmt::format("; did you mean {}?", near));
}

std::optional<guard::Refusal> Toolbox::refusal(const mcp::Caller& caller, std::string_view tool,
                                               std::string_view subject) {
  const auto* found = row(tool);
  if (found == nullptr) return unknown(caller, tool);
  if (const auto target = endpoint_named(tool)) return refusal_behind_door(caller, *target, subject);
  return gate_.refusal(caller, found->tool(), found->category(), subject);
}

std::optional<guard::Refusal> Toolbox::refusal_to_look(const mcp::Caller& caller, std::string_view tool,
                                                       std::string_view subject) {
  const auto* found = row(tool);
  if (found == nullptr) return fmt::format("Unknown tool: {}", base::printable(tool, 100));
  if (auto target = endpoint_named(tool)) {
    target->demand.exec = false;
    return refusal_behind_door(caller, *target, subject, tool::Tier::ReadOnly);
  }
  auto look = found->tool();
  look.tier = tool::Tier::ReadOnly;
  return gate_.refusal(caller, look, found->category(), subject);
}

guard::MayUse Toolbox::may_use(const mcp::Caller& caller) {
  return guard::MayUse([this, &caller](const tool::Endpoint& call) -> std::string_view {
    const auto* found = row(call);
    if (found == nullptr) return {};
    const bool may = !gate_.refusal(caller, found->tool(), found->category()) || may_reach(caller, *found);
    return may ? found->tool().name : std::string_view{};
  });
}

std::vector<mcp::ToolDescription> Toolbox::list(const mcp::Caller& caller) {
  std::vector<mcp::ToolDescription> offered;
  const auto policy = gate_.allowed(caller);
  if (!policy) return offered;
  const auto& rows = index().rows;
  const auto& described = descriptions();
  offered.reserve(rows.size());
  const bool human = cluster_.rules.now()->approval == Approval::Human;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& row = rows[i];
    if (policy->refusal(row.tool(), row.category())) continue;
    offered.push_back(described[i]);
    offered.back().needs_person = human && always_asks(row.tool(), row.endpoint());
  }
  return offered;
}

std::optional<bool> Toolbox::may_be_task(const mcp::Caller& caller, std::string_view name) {
  const auto* found = row(name);
  if (found == nullptr || refusal(caller, name)) return std::nullopt;
  return found->tool().starts_task;
}

Limits Toolbox::limits_of(const mcp::Call& call, guard::TierLimit tier, const guard::MayUse& may) {
  // Asks once for each call, so that a PVE that does not answer delays it once.
  auto connected = [this, &call, asked = std::optional<std::optional<std::string>>{}]() mutable {
    if (!asked) asked = cluster_.version.get(call.stop);
    return *asked;
  };
  return {std::move(tier), std::move(connected), may};
}

mcp::Outcome Toolbox::call(const mcp::Call& call) {
  const auto& all = index();
  const auto found = all.by_name.find(call.name);
  if (found == all.by_name.end())
    return mcp::ProtocolError{mcp::kInvalidParams, unknown(call.caller, call.name), nullptr};
  const auto& row = all.rows[found->second];
  auto limit = gate_.tier_limit(call.caller);
  if (auto no = gate_.refusal(call.caller, row.tool(), row.category())) {
    if (auto* scope = std::get_if<mcp::InsufficientScope>(&*no)) return std::move(*scope);
    return render_error(std::get<std::string>(*std::move(no)));
  }
  if (!limit) return render_error("This server does not know the caller's access tier.");
  if (cluster_.scope != nullptr) cluster_.scope->begin_call();
  const auto may = may_use(call.caller);
  const auto limits = limits_of(call, *std::move(limit), may);
  if (row.tool().door != tool::Door::None) return through_door(row, call, limits);
  return run(row, limits, cluster_, call);
}

}  // namespace engine
