#include "mcp/render.h"

#include <cstdint>
#include <utility>
#include <variant>

namespace mcp {
namespace {

void append_base64(std::string_view bytes, std::string& out) {
  static constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  out.reserve(out.size() + (bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8U | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      out += k <= count ? kAlphabet[group >> (18U - 6U * k) & 63U] : '=';
    }
  }
}

struct ContentWriter {
  std::string& out;

  void operator()(const Text& block) const {
    ObjectText object(out);
    object.text("type", "text");
    object.text("text", block.text);
    object.close();
  }
  void operator()(const Image& block) const {
    ObjectText object(out);
    object.text("type", "image");
    auto& text = object.key("data");
    text += '"';
    append_base64(block.data, text);
    text += '"';
    object.text("mimeType", block.mime_type);
    object.close();
  }
};

void write_annotations(const Annotations& given, ObjectText& tool) {
  constexpr Annotations kDefault;
  std::string text;
  ObjectText object(text);
  const auto hint = [&](std::string_view name, bool value, bool usual) {
    if (value != usual) object.boolean(name, value);
  };
  hint("readOnlyHint", given.read_only, kDefault.read_only);
  hint("destructiveHint", given.destructive, kDefault.destructive);
  hint("idempotentHint", given.idempotent, kDefault.idempotent);
  hint("openWorldHint", given.open_world, kDefault.open_world);
  object.close();
  if (text != "{}") tool.raw("annotations", text);
}

void write_tool(const ToolDescription& tool, Revision revision, std::string& out) {
  ObjectText object(out);
  object.text("name", tool.name);
  if (revision >= Revision::R2025_06_18 && !tool.title.empty()) object.text("title", tool.title);
  if (!tool.description.empty()) object.text("description", tool.description);
  object.raw("inputSchema", tool.input_schema);
  if (revision >= Revision::R2025_06_18 && tool.output_schema)
    object.raw("outputSchema", *tool.output_schema);
  if (revision >= Revision::R2025_03_26) write_annotations(tool.annotations, object);
  object.close();
}

bool carries(Revision revision, const base::Json& structured) {
  if (revision >= Revision::R2026_07_28) return true;
  return revision >= Revision::R2025_06_18 && structured.is_object();
}

}  // namespace

void write_tools(const std::vector<ToolDescription>& tools, Revision revision, std::string& out) {
  out += '[';
  bool first = true;
  for (const auto& tool : tools) {
    if (!first) out += ',';
    first = false;
    write_tool(tool, revision, out);
  }
  out += ']';
}

void write_result(const Result& result, Revision revision, ObjectText& object) {
  auto& out = object.key("content");
  out += '[';
  bool first = true;
  for (const auto& block : result.content) {
    if (!first) out += ',';
    first = false;
    std::visit(ContentWriter{out}, block);
  }
  // Some hosts show the model only the text, others only the structure.
  if (result.content.empty() && result.structured) {
    ContentWriter{out}(Text{base::write_json(*result.structured)});
  }
  out += ']';
  if (result.structured && carries(revision, *result.structured)) {
    object.json("structuredContent", *result.structured);
  }
  if (result.is_error) object.boolean("isError", true);
}

Result error_result(std::string text) {
  Result result;
  result.content.emplace_back(Text{std::move(text)});
  result.is_error = true;
  return result;
}

}  // namespace mcp
