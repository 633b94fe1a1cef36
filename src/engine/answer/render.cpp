#include "engine/answer/render.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json_read.h"
#include "base/text.h"
#include "engine/check/value.h"
#include "engine/words/remedies.h"
#include "facts/secret_parts.h"
#include "view/free_text.h"
#include "view/human.h"
#include "view/log.h"
#include "view/object.h"
#include "view/rrd.h"
#include "view/table.h"

namespace engine {
namespace {

std::string data_text(const pve::Answer& answer) {
  auto data = base::write_json_sorted(answer.data);
  if (!answer.total && !answer.changes) return data;
  std::string text = "{";
  if (answer.changes) text += fmt::format(R"("changes":{},)", base::write_json(base::Json(*answer.changes)));
  text += fmt::format(R"("data":{})", data);
  if (answer.total) text += fmt::format(R"(,"total":{})", *answer.total);
  return text + "}";
}

bool is_upid(const base::Json& data) {
  const auto* text = data.if_string();
  return text != nullptr && std::string_view(*text).starts_with("UPID:");
}

bool is_empty(const base::Json& data) {
  const auto* text = data.if_string();
  return data.is_null() || (text != nullptr && text->empty());
}

/// Cuts a text that has no rows, at a whole character.
std::string cut(std::string text, const Style& style) {
  if (text.size() <= style.max_result) return text;
  const auto whole = text.size();
  auto end = style.max_result;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  text.resize(end);
  return text + fmt::format("\n… {} bytes more; PVE_MAX_RESULT allows {}", whole - end, style.max_result);
}

/// Leaves out whole members of an object that is too long, and lists them in "left_out".
base::JsonObject within(base::JsonObject object, const Style& style) {
  base::Json whole(std::move(object));
  auto& members = whole.get_object();
  if (base::write_json(whole).size() <= style.max_result) return std::move(members);
  base::JsonObject kept;
  base::JsonArray left_out;
  std::size_t bytes = 0;
  for (const auto& member : members) {
    const auto size = base::write_json(member.value()).size() + member.key().size() + 4;
    if (bytes + size + 200 > style.max_result) {
      left_out.emplace_back(member.key());
    } else {
      bytes += size;
      kept[member.key()] = member.value();
    }
  }
  kept["left_out"] = std::move(left_out);
  return kept;
}

/// Shortens the answer so that it stays valid JSON.
std::string json_text(pve::Answer& answer, const Style& style) {
  auto text = data_text(answer);
  auto* object = answer.total || answer.changes ? nullptr : answer.data.if_object();
  if (text.size() <= style.max_result || object == nullptr) return cut(std::move(text), style);
  return base::write_json_sorted(base::Json(within(std::move(*object), style)));
}

mcp::Result change(const Rendering& rendering, pve::Answer& answer) {
  const bool begun = is_upid(answer.data);
  auto text =
      begun ? rendering.words.doing + ": the task is running. " + advise(Advice::AwaitTask, rendering.may)
            : rendering.words.done + ".";
  if (begun) text += " Task: " + base::printable(std::string_view(answer.data.get_string()));
  base::JsonObject facts{{"message", text}};
  if (begun) {
    facts["upid"] = answer.data;
    facts["state"] = "running";
  } else if (!is_empty(answer.data) || answer.changes || answer.total) {
    facts["data"] = answer.data;
    const auto* object = answer.data.if_object();
    text += "\n" + (object != nullptr && rendering.style.output != Output::Json
                        ? view::show_object({}, *object, rendering.style.max_result)
                        : cut(data_text(answer), rendering.style));
  }
  return render_text(std::move(text), std::move(facts), rendering.style);
}

/// PVE sends staged changes of the network beside its data.
std::string changes_text(const pve::Answer& answer) {
  if (!answer.changes || answer.changes->empty()) return {};
  std::string text =
      "\nStaged changes, not active until the node's network is reloaded; the rows above show them already:";
  for (const auto line : base::split(*answer.changes, '\n'))
    text += fmt::format("\n{}{}", view::kMark, base::printable(line));
  return text;
}

mcp::Result list(const Rendering& rendering, const base::JsonArray& items, const pve::Answer& answer) {
  const auto& tool = rendering.row.tool();
  view::TableOptions options;
  options.budget = rendering.style.max_result;
  options.total = answer.total;
  options.start = base::number(rendering.arguments, "start", 0);
  options.pages = (tool.offers & tool::kPage) != 0;
  options.selects = (tool.offers & tool::kSelect) != 0;
  options.sorted = !tool.view.ordered;
  options.raw = rendering.style.output == Output::Json;
  options.now = rendering.now;
  options.structured = rendering.style.output == Output::Structured;
  auto shown = view::show_table(tool.view, items, rendering.for_server.selection, options);
  if (!shown) return render_error(fmt::format("{}: {}.", tool.name, shown.error()));
  if (answer.changes) {
    if (options.raw) {
      shown->text = fmt::format(R"({{"changes":{},"data":{}}})",
                                base::write_json(base::Json(*answer.changes)), shown->text);
    } else {
      shown->text += cut(changes_text(answer), rendering.style);
      shown->structured["changes"] = *answer.changes;
    }
  }
  return render_text(std::move(shown->text), std::move(shown->structured), rendering.style);
}

mcp::Result log(const Rendering& rendering, const base::JsonArray& lines, const pve::Answer& answer) {
  view::LogOptions options;
  options.budget = rendering.style.max_result;
  options.total = answer.total.value_or(0);
  options.in_order = rendering.arguments.contains("start");
  if (const auto limit = base::number(rendering.arguments, "limit"))
    options.usual = static_cast<std::size_t>(std::max<std::int64_t>(*limit, 1));
  auto text = view::show_log(lines, options);
  base::JsonObject facts{{"log", text}};
  return render_text(std::move(text), std::move(facts), rendering.style);
}

mcp::Result statistics(const Rendering& rendering, const pve::Answer& answer) {
  const auto title = base::printable(rendering.title, 100);
  auto result = rendering.style.output == Output::Json
                    ? list(rendering, answer.data.get_array(), answer)
                    : render_text(view::rrd_text(answer.data, title), view::rrd_statistics(answer.data),
                                  rendering.style);
  if (!rendering.for_server.chart) return result;
  const auto theme = rendering.style.dark_charts ? chart::Theme::Dark : chart::Theme::Light;
  auto picture = chart::png(view::rrd_chart(answer.data, title), theme);
  if (picture) {
    result.content.emplace_back(mcp::Image{*std::move(picture), "image/png"});
  } else if (auto* text = std::get_if<mcp::Text>(&result.content.front())) {
    const auto why = "There is no chart: " + picture.error();
    text->text += "\n" + why;
    if (result.structured) result.structured->get_object()["chart"] = why;
  }
  return result;
}

std::string value_text(const base::Json& value, const Style& style) {
  if (value.is_null()) return "PVE has no data for this.";
  const auto* text = value.if_string();
  if (text == nullptr || !view::is_free_text(std::string_view(*text))) return view::human({}, value);
  return "PVE's text:" + view::marked_lines(std::string_view(*text), "\n", style.max_result);
}

mcp::Result object(const Rendering& rendering, pve::Answer& answer) {
  auto* members = answer.data.if_object();
  if (members == nullptr) {
    auto text = value_text(answer.data, rendering.style);
    base::JsonObject facts{{"value", std::move(answer.data)}};
    return render_text(std::move(text), std::move(facts), rendering.style);
  }
  const auto& tool = rendering.row.tool();
  auto shown = view::show_object(tool.view, *members, rendering.style.max_result,
                                 rendering.for_server.selection.fields);
  if (!shown) return render_error(fmt::format("{}: {}.", tool.name, shown.error()));
  if (tool.view.brief) {
    base::JsonObject chosen;
    for (const auto& key : shown->keys) {
      if (const auto* value = members->if_contains(key)) chosen[key] = *value;
    }
    *members = std::move(chosen);
  }
  auto text = shown->text + changes_text(answer);
  auto facts = within(std::move(*members), rendering.style);
  if (!shown->remark.empty()) facts["remark"] = shown->remark;
  if (answer.changes && !answer.changes->empty()) facts["changes"] = *answer.changes;
  return render_text(std::move(text), std::move(facts), rendering.style);
}

/// True for PVE's form of a log: lines with their numbers, and nothing else.
bool is_log(const base::JsonArray& items) {
  return !items.empty() && std::ranges::all_of(items, [](const base::Json& item) {
    const auto* line = item.if_object();
    return line != nullptr && line->size() == 2 && line->contains("n") && line->contains("t");
  });
}

/// How a list is shown. A view of the kind Any depends on the items.
tool::View::Kind list_kind(const tool::View& view, const base::JsonArray& items) {
  if (view.kind != tool::View::Kind::Any) return view.kind;
  return is_log(items) ? tool::View::Kind::Log : tool::View::Kind::Table;
}

}  // namespace

void mask_secrets(base::Json& value, std::string_view path) {
  if (auto* array = value.if_array()) {
    for (auto& item : *array) mask_secrets(item, path);
  } else if (auto* object = value.if_object()) {
    for (auto& member : *object) {
      if (member.value().is_structured()) {
        mask_secrets(member.value(), path);
      } else if (const auto* text = member.value().if_string(); text != nullptr && !text->empty()) {
        if (facts::secret_at(path, member.key())) {
          member.value() = facts::kMask;
        } else if (!facts::secret_parts(member.key(), *text).empty()) {
          member.value() = facts::without_secret_parts(member.key(), *text);
        }
      }
    }
  }
}

void replace_unsafe_characters(base::Json& value) {
  if (const auto* text = value.if_string()) {
    if (const auto harmless = base::disarmed(std::string_view(*text))) value = base::Json(*harmless);
  } else if (auto* array = value.if_array()) {
    for (auto& item : *array) replace_unsafe_characters(item);
  } else if (auto* object = value.if_object()) {
    std::vector<std::string> fooling;
    for (auto& member : *object) {
      replace_unsafe_characters(member.value());
      if (base::disarmed(member.key())) fooling.emplace_back(member.key());
    }
    for (const auto& key : fooling) {
      auto kept = std::move(object->at(key));
      object->erase(key);
      (*object)[*base::disarmed(key)] = std::move(kept);
    }
  }
}

mcp::Result render(const Rendering& rendering, pve::Answer answer) {
  mask_secrets(answer.data, rendering.row.tool().call.path);
  replace_unsafe_characters(answer.data);
  if (rendering.row.tool().effect != tool::Effect::None) return change(rendering, answer);
  const auto& style = rendering.style;
  if (const auto* array = answer.data.if_array()) {
    const auto kind = list_kind(rendering.row.tool().view, *array);
    if (kind == tool::View::Kind::Statistics) return statistics(rendering, answer);
    if (kind == tool::View::Kind::Log && style.output != Output::Json) return log(rendering, *array, answer);
    if (style.output == Output::Json || kind != tool::View::Kind::Object || array->size() != 1 ||
        !array->front().is_object())
      return list(rendering, *array, answer);
    // For some objects whose names can contain slashes, PVE answers with a list of one.
    answer.data = base::Json(array->front());
  }
  if (style.output == Output::Json) return render_text(json_text(answer, style), {}, style);
  return object(rendering, answer);
}

mcp::Result render_text(std::string text, base::JsonObject facts, const Style& style) {
  mcp::Result result;
  result.content.emplace_back(mcp::Text{std::move(text)});
  if (style.output == Output::Structured) result.structured = std::move(facts);
  return result;
}

mcp::Result render_error(std::string text) {
  mcp::Result result;
  result.content.emplace_back(mcp::Text{std::move(text)});
  result.is_error = true;
  return result;
}

}  // namespace engine
