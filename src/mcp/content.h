// Content blocks of results (MCP "ContentBlock").
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

using Content = std::variant<Text, Image>;

}  // namespace mcp
