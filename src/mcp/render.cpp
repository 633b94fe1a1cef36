#include "mcp/render.h"

#include <utility>
#include <variant>

#include "base/base64.h"

namespace mcp {
namespace {

void write_bytes(ObjectText& object, std::string_view name, std::string_view bytes) {
  auto& text = object.key(name);
  text += '"';
  base::append_base64(bytes, text);
  text += '"';
}

struct ContentWriter {
  std::string& out;
  Revision revision;

  void operator()(const Text& block) const {
    ObjectText object(out);
    object.text("type", "text");
    object.text("text", block.text);
    object.close();
  }
  void operator()(const Image& block) const {
    ObjectText object(out);
    object.text("type", "image");
    write_bytes(object, "data", block.data);
    object.text("mimeType", block.mime_type);
    object.close();
  }
  void operator()(const Audio& block) const {
    if (revision < Revision::R2025_03_26) {
      (*this)(Text{"(" + block.mime_type + " that this revision of the protocol cannot carry)"});
      return;
    }
    ObjectText object(out);
    object.text("type", "audio");
    write_bytes(object, "data", block.data);
    object.text("mimeType", block.mime_type);
    object.close();
  }
  void operator()(const EmbeddedResource& block) const {
    ObjectText object(out);
    object.text("type", "resource");
    write_contents(block.resource, object.key("resource"));
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
  // Hosts decide by these hints whether to ask the user, and some treat a missing hint as harmless.
  if (!given.read_only) object.boolean("destructiveHint", given.destructive);
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
  if (revision == Revision::R2025_11_25 && tool.may_be_task)
    object.raw("execution", R"({"taskSupport":"optional"})");
  // Hosts that know no such member ignore it.
  if (revision >= Revision::R2025_06_18 && tool.needs_person)
    object.raw("_meta", R"({"anthropic/requiresUserInteraction":true})");
  object.close();
}

bool carries(Revision revision, const base::Json& structured) {
  if (revision >= Revision::R2026_07_28) return true;
  return revision >= Revision::R2025_06_18 && structured.is_object();
}

}  // namespace

void write_contents(const ResourceContents& contents, std::string& out) {
  ObjectText object(out);
  object.text("uri", contents.uri);
  if (!contents.mime_type.empty()) object.text("mimeType", contents.mime_type);
  if (contents.binary) {
    write_bytes(object, "blob", contents.data);
  } else {
    object.text("text", contents.data);
  }
  object.close();
}

void write_content(const Content& content, Revision revision, std::string& out) {
  std::visit(ContentWriter{out, revision}, content);
}

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
    std::visit(ContentWriter{out, revision}, block);
  }
  // Some hosts show the model only the text, others only the structure.
  if (result.content.empty() && result.structured) {
    ContentWriter{out, revision}(Text{base::write_json(*result.structured)});
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
