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

/// `data` holds raw bytes. Revision 2024-11-05 has no audio, so the era adapter sends a text instead that
/// says so.
struct Audio {
  std::string data;
  std::string mime_type;
};

/// The contents of a resource: text, or raw bytes if `binary`.
struct ResourceContents {
  std::string uri;
  std::string mime_type;
  std::string data;
  bool binary = false;
};

/// A resource within a result.
struct EmbeddedResource {
  ResourceContents resource;
};

using Content = std::variant<Text, Image, Audio, EmbeddedResource>;

}  // namespace mcp
