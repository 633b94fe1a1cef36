#include "transport/http/documents.h"

#include <algorithm>
#include <utility>

#include "transport/http/answer.h"
#include "transport/http/refusal.h"

namespace transport {

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

bool serve_document(const Documents& documents, const net::Request& request, net::Responder& responder) {
  // Clients put the path of the URL that they were given behind it, with its slash or without.
  auto path = path_of(request.target);
  if (path.ends_with('/')) path.remove_suffix(1);
  const auto document = std::ranges::find(documents, path, &Documents::value_type::first);
  if (document == documents.end()) return false;
  net::Headers headers{{"Access-Control-Allow-Origin", "*"}, {"Cache-Control", "max-age=3600"}};
  if (request.verb == "GET" || request.verb == "HEAD") {
    responder.answer(json_response(200, document->second, headers));
    return true;
  }
  headers.emplace_back("Access-Control-Allow-Methods", "GET");
  headers.emplace_back("Access-Control-Allow-Headers", "MCP-Protocol-Version");
  headers.emplace_back("Allow", "GET, HEAD, OPTIONS");
  if (request.verb == "OPTIONS") {
    responder.answer({204, "No Content", std::move(headers), {}});
  } else {
    responder.answer(refusal_response(405, {}, "This document can only be read.", headers));
  }
  return true;
}

}  // namespace transport
