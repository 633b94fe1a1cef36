#include "engine/render.h"

#include <string>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "engine/value.h"

namespace engine {
namespace {

constexpr std::string_view kMask = "***";

void mask_secrets(base::Json& value) {
  if (auto* array = value.if_array()) {
    for (auto& item : *array) mask_secrets(item);
  } else if (auto* object = value.if_object()) {
    for (auto& member : *object) {
      if (member.value().is_structured()) {
        mask_secrets(member.value());
      } else if (member.value().is_string() && !member.value().get_string().empty() &&
                 facts::secret_name(member.key())) {
        member.value() = kMask;
      }
    }
  }
}

std::string data_text(pve::Answer& answer) {
  if (!answer.total && !answer.changes) return base::write_json_sorted(answer.data);
  base::JsonObject object;
  if (answer.changes) object["changes"] = *answer.changes;
  object["data"] = std::move(answer.data);
  if (answer.total) object["total"] = *answer.total;
  return base::write_json_sorted(base::Json(std::move(object)));
}

std::string shown(const Row& row, const base::JsonObject& given, std::string_view name) {
  const auto* value = given.if_contains(name);
  const auto field = row.field(name);
  if (value == nullptr || value->is_null() || (field && field->marked(facts::kSecret))) return {};
  if (value->is_array()) return base::printable(base::write_json(*value), 100);
  return base::printable(wire_text(*value), 100);
}

bool is_upid(const base::Json& data) {
  const auto* text = data.if_string();
  return text != nullptr && std::string_view(*text).starts_with("UPID:");
}

bool is_empty(const base::Json& data) {
  const auto* text = data.if_string();
  return data.is_null() || (text != nullptr && text->empty());
}

}  // namespace

std::string sentence(const Row& row, const base::JsonObject& given) {
  std::string text;
  std::string_view rest = row.tool().done.empty() ? row.tool().title : row.tool().done;
  while (!rest.empty()) {
    const auto open = rest.find('{');
    const auto close = open == std::string_view::npos ? open : rest.find('}', open);
    text += rest.substr(0, close == std::string_view::npos ? rest.size() : open);
    if (close == std::string_view::npos) break;
    text += shown(row, given, rest.substr(open + 1, close - open - 1));
    rest.remove_prefix(close + 1);
  }
  return text;
}

mcp::Result render(const Row& row, const base::JsonObject& given, pve::Answer answer) {
  mask_secrets(answer.data);
  std::string text;
  if (row.tool().effect == tool::Effect::None) {
    text = data_text(answer);
  } else {
    text = sentence(row, given) + ".";
    if (is_upid(answer.data)) {
      text += " Task: " + base::printable(std::string_view(answer.data.get_string()));
    } else if (!is_empty(answer.data) || answer.changes || answer.total) {
      text += "\n" + data_text(answer);
    }
  }
  mcp::Result result;
  result.content.emplace_back(mcp::Text{std::move(text)});
  return result;
}

mcp::Result render_error(std::string text) {
  mcp::Result result;
  result.content.emplace_back(mcp::Text{std::move(text)});
  result.is_error = true;
  return result;
}

}  // namespace engine
