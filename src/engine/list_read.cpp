#include "engine/list_read.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/json_read.h"
#include "base/plural.h"
#include "base/text.h"
#include "engine/answer/answer.h"
#include "engine/answer/render.h"
#include "engine/answer/sources.h"

namespace engine {
namespace {

constexpr std::int64_t kMost = 5000;
constexpr std::int64_t kPage = 50;  ///< PVE's default

std::vector<std::string> online_nodes(const pve::Inventory& inventory, std::string& note) {
  std::vector<std::string> nodes;
  for (const auto& node : inventory.nodes) {
    if (node.online()) {
      nodes.push_back(node.name);
    } else {
      note += fmt::format("{}{} is {}; this list does not include it.", note.empty() ? "" : "\n",
                          base::printable(node.name, 60), base::printable(node.status, 60));
    }
  }
  return nodes;
}

/// The items of all answers, newest first.
struct Merged {
  base::JsonArray items;
  std::string note;
  std::size_t answered = 0;
};

base::JsonArray newest_first(base::JsonArray items, std::string_view newest_by) {
  struct Place {
    std::int64_t time;
    std::size_t at;
  };
  std::vector<Place> places;
  for (const auto& item : items) places.push_back({base::number(item, newest_by, 0), places.size()});
  std::ranges::sort(places, [](const Place& a, const Place& b) {
    return a.time != b.time ? a.time > b.time : a.at < b.at;
  });
  base::JsonArray sorted;
  for (const auto& place : places) sorted.push_back(std::move(items[place.at]));
  return sorted;
}

Merged merged(const std::vector<std::string>& nodes, std::vector<tool::Sources::Got> got, std::int64_t page,
              const tool::View& view) {
  Merged all;
  const auto say = [&](std::string sentence) {
    all.note += (all.note.empty() ? "" : "\n") + std::move(sentence);
  };
  std::vector<std::string> full;
  for (std::size_t i = 0; i < std::min(nodes.size(), got.size()); ++i) {
    const auto node = base::printable(nodes[i], 60);
    auto* list = got[i] ? got[i]->if_array() : nullptr;
    if (list == nullptr) {
      say(fmt::format("{} did not answer: {}.", node,
                      base::printable(got[i] ? "no list" : got[i].error().sentence, 300)));
      continue;
    }
    ++all.answered;
    if (page > 0 && static_cast<std::int64_t>(list->size()) >= page) full.push_back(node);
    for (auto& item : *list) all.items.push_back(std::move(item));
  }
  if (!full.empty()) {
    const std::vector<std::string_view> views(full.begin(), full.end());
    say(fmt::format("{} may have more {}: the server read only the newest {}{}. Raise limit to see more.",
                    base::join(views, ", "), view.noun, page, full.size() == 1 ? "" : " of each"));
  }
  all.items = newest_first(std::move(all.items), view.columns[0].key);
  return all;
}

}  // namespace

void raise_limit_for_filter(const Row& row, base::JsonObject& arguments, ServerArguments& for_server) {
  if (for_server.selection.filter.empty() || row.tool().view.kind != tool::View::Kind::Table ||
      row.endpoint() == nullptr)
    return;
  for (const auto* name : {"limit", "max"}) {
    if (row.endpoint()->parameter(name) == nullptr || (row.tool().offers & tool::kPage) != 0) continue;
    if (const auto limit = base::number(arguments, name); limit && *limit > 0)
      for_server.selection.limit = static_cast<std::size_t>(*limit);
    arguments[name] = kMost;
  }
}

bool reads_every_node(const Row& row, const base::JsonObject& arguments) {
  return row.tool().every_node && !arguments.contains("node");
}

mcp::Outcome read_every_node(Work& work, Checked checked) {
  auto& arguments = checked.arguments;
  const auto& tool = work.row.tool();
  if (arguments.contains("start"))
    return render_error(fmt::format("start counts the {} of one node. Give node as well.", tool.view.noun));
  Ready ready{{.arguments = {}}, std::move(checked.for_server), std::move(checked.secrets), {}, {}, {}};
  if (tool.prepare != nullptr) {
    Reads reads(work.cluster, arguments, work.may, work.call.stop);
    if (auto done = tool.prepare(reads, arguments); !done) return failure(ready, std::move(done.error()));
  }
  raise_limit_for_filter(work.row, arguments, ready.for_server);
  const auto page = base::number(arguments, "limit", kPage);
  ParallelReads sources(work.cluster, work.call.stop);
  const auto list = sources.inventory();
  if (!list) return failure(ready, "The list of nodes could not be read: " + list.error().sentence);
  const auto nodes = online_nodes(**list, ready.target.note);
  std::vector<tool::Read> reads;
  for (const auto& node : nodes) {
    auto of_node = arguments;
    of_node["node"] = node;
    reads.push_back({tool.call.path, std::move(of_node)});
  }
  auto all = merged(nodes, sources.get(reads), page, tool.view);
  if (all.answered == 0 && !nodes.empty()) return failure(ready, std::move(all.note));
  if (!ready.for_server.selection.limit && page > 0)
    ready.for_server.selection.limit = static_cast<std::size_t>(page);
  ready.target.note += (ready.target.note.empty() || all.note.empty() ? "" : "\n") + all.note;
  ready.target.arguments = std::move(arguments);
  return answered(work, ready, {base::Json(std::move(all.items)), {}, {}});
}

}  // namespace engine
