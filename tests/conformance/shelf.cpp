#include <string>

#include "conformance/library.h"

namespace conformance {
namespace {

constexpr std::string_view kText = "test://static-text";
constexpr std::string_view kBinary = "test://static-binary";
constexpr std::string_view kWatched = "test://watched-resource";
constexpr std::string_view kTemplate = "test://template/{id}/data";

// What is between the ends of the template, empty when the address is another.
std::string_view template_id(std::string_view uri) {
  constexpr std::string_view kBegin = "test://template/";
  constexpr std::string_view kEnd = "/data";
  if (uri.size() <= kBegin.size() + kEnd.size()) return {};
  if (!uri.starts_with(kBegin) || !uri.ends_with(kEnd)) return {};
  return uri.substr(kBegin.size(), uri.size() - kBegin.size() - kEnd.size());
}

mcp::ResourceOutcome one(std::string_view uri, std::string mime_type, std::string data, bool binary = false) {
  mcp::ResourceResult result;
  result.contents.push_back({std::string(uri), std::move(mime_type), std::move(data), binary});
  return result;
}

}  // namespace

std::vector<mcp::ResourceDescription> Shelf::list(const mcp::Caller& /*caller*/) {
  return {
      {std::string(kText), "static-text", "Static text", "A text that never changes.", "text/plain"},
      {std::string(kBinary), "static-binary", "Static image", "An image that never changes.", "image/png"},
      {std::string(kWatched), "watched-resource", "Watched", "A text that can be watched.", "text/plain"}};
}

std::vector<mcp::ResourceDescription> Shelf::templates(const mcp::Caller& /*caller*/) {
  return {{std::string(kTemplate), "template", "Data by number", "Data of any number.", "application/json"}};
}

mcp::ResourceOutcome Shelf::read(const mcp::Request& /*request*/, std::string_view uri) {
  if (uri == kText) return one(uri, "text/plain", "This is the content of the static text resource.");
  if (uri == kBinary) return one(uri, "image/png", png(), true);
  if (uri == kWatched) return one(uri, "text/plain", "Watched resource content.");
  if (const auto id = template_id(uri); !id.empty()) {
    const base::JsonObject data{
        {"id", id}, {"templateTest", true}, {"data", "Data for ID: " + std::string(id)}};
    return one(uri, "application/json", base::write_json(data));
  }
  return mcp::NoSuchResource{"There is no resource \"" + std::string(uri) + "\"."};
}

bool Shelf::watchable(const mcp::Caller& /*caller*/, std::string_view uri) { return uri == kWatched; }

}  // namespace conformance
