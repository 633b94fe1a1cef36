#include "conformance/stage.h"

#include <cstdlib>
#include <utility>

namespace conformance {

mcp::Result text_result(std::string text) {
  mcp::Result result;
  result.content.emplace_back(mcp::Text{std::move(text)});
  return result;
}

mcp::Result failure(std::string text) {
  auto result = text_result(std::move(text));
  result.is_error = true;
  return result;
}

std::string text_argument(const mcp::Call& call, std::string_view name, std::string_view otherwise) {
  const auto* const value = call.arguments.if_contains(name);
  if (value == nullptr || !value->is_string()) return std::string(otherwise);
  return std::string(value->get_string());
}

mcp::ProtocolError missing_capability(std::string_view json) {
  return {-32021, "Missing required client capability",
          base::JsonObject{{"requiredCapabilities", object(json)}}};
}

std::string png() {
  using namespace std::string_literals;
  return "\x89PNG\r\n\x1a\n"
         "\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90wS\xde"
         "\0\0\0\x0cIDAT\x08\xd7\x63\xf8\xcf\xc0\0\0\x03\x01\x01\0\x18\xdd\x8d\xb0"
         "\0\0\0\0IEND\xae\x42\x60\x82"s;
}

std::string wav() {
  using namespace std::string_literals;
  return "RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\0\0\0\0"s;
}

std::string in_words(const base::Json& answer) {
  if (!answer.is_object()) return "no answer";
  const auto& object = answer.get_object();
  const auto* const action = object.if_contains("action");
  const auto* const content = object.if_contains("content");
  std::string words = "action=";
  words += action != nullptr && action->is_string() ? std::string_view(action->get_string()) : "?";
  return words + ", content=" + (content == nullptr ? std::string("{}") : base::write_json(*content));
}

const base::JsonObject* accepted(const base::JsonObject& inputs, std::string_view key) {
  const auto* const answer = inputs.if_contains(key);
  if (answer == nullptr || !answer->is_object()) return nullptr;
  const auto* const action = answer->get_object().if_contains("action");
  if (action == nullptr || *action != "accept") return nullptr;
  const auto* const content = answer->get_object().if_contains("content");
  return content == nullptr ? nullptr : content->if_object();
}

base::JsonObject object(std::string_view json) {
  auto parsed = base::parse_json(json);
  if (!parsed || !parsed->is_object()) std::abort();
  return std::move(parsed->get_object());
}

}  // namespace conformance
