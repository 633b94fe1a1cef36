// Content blocks of results and prompts (MCP "ContentBlock").
#pragma once

#include <string>
#include <variant>

namespace mcp {

struct Text {
  std::string text;
};

/// `data` holds the raw bytes; the era adapter encodes them.
struct Image {
  std::string data;
  std::string mime_type;
};

/// Raw bytes too. Revision 2024-11-05 has none: it becomes a text that says so.
struct Audio {
  std::string data;
  std::string mime_type;
};

/// What a resource holds; raw bytes when `binary`.
struct ResourceContents {
  std::string uri;
  std::string mime_type;
  std::string data;
  bool binary = false;
};

/// A resource inside of a result.
struct EmbeddedResource {
  ResourceContents resource;
};

using Content = std::variant<Text, Image, Audio, EmbeddedResource>;

}  // namespace mcp
