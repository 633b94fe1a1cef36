#include "hooks/hooks.h"

#include <string_view>
#include <utility>

#include "base/json_read.h"
#include "hooks/times.h"

namespace hooks {
namespace {

/// PVE writes user and token name of a running task in one member, of an ended task in two.
void name_token(base::JsonObject& task) {
  const auto token = base::raw_text(task, "tokenid");
  const auto user = base::raw_text(task, "user");
  if (token.empty() || user.find('!') != std::string_view::npos) return;
  task["user"] = std::string(user) + "!" + std::string(token);
}

}  // namespace

std::expected<void, std::string> prepare_task_list(tool::Context& context, base::JsonObject& arguments) {
  if (!arguments.contains("source")) arguments["source"] = "all";
  return read_times(context.now(), arguments);
}

std::string revise_task(tool::Context& /*context*/, base::Json& data) {
  if (auto* task = data.if_object()) name_token(*task);
  return {};
}

std::string revise_task_list(tool::Context& /*context*/, base::Json& data) {
  auto* array = data.if_array();
  if (array == nullptr) return {};
  for (auto& item : *array) {
    auto* task = item.if_object();
    if (task == nullptr) continue;
    name_token(*task);
    const auto begin = base::number(*task, "starttime");
    const auto end = base::number(*task, "endtime");
    if (begin && end && *end >= *begin) (*task)["duration"] = *end - *begin;
  }
  base::JsonArray sorted(array->storage());
  sorted.reserve(array->size());
  // The second round skips tasks that the first one moved, since their end is then gone.
  for (const bool ended : {false, true}) {
    for (auto& item : *array) {
      if ((base::ObjectView(item).member("endtime") != nullptr) == ended) sorted.push_back(std::move(item));
    }
  }
  *array = std::move(sorted);
  return {};
}

}  // namespace hooks
