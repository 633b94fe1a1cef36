// The interface to resources.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "seam/content.h"
#include "seam/request.h"

namespace mcp {

/// An entry of resources/list, or of resources/templates/list if the URI has variables in braces (RFC 6570).
struct ResourceDescription {
  std::string uri;
  std::string name;
  std::string title;
  std::string description;
  std::string mime_type;
};

struct ResourceResult {
  std::vector<ResourceContents> contents;
  /// How long a client may cache the result.
  std::chrono::milliseconds ttl{0};
};

/// The resource does not exist, or this caller may not know that it exists.
struct NoSuchResource {
  std::string message;
};

using ResourceOutcome =
    std::variant<ResourceResult, NeedInput, NoSuchResource, ProtocolError, InsufficientScope>;

/// Safe to call from many threads at once.
class Resources {
 public:
  Resources() = default;
  Resources(const Resources&) = delete;
  Resources& operator=(const Resources&) = delete;
  virtual ~Resources() = default;

  /// Both return a stable order and never wait.
  virtual std::vector<ResourceDescription> list(const Caller& caller) = 0;
  virtual std::vector<ResourceDescription> templates(const Caller& caller) = 0;
  /// Reads a resource. `uri` is as the client wrote it.
  virtual ResourceOutcome read(const Request& request, std::string_view uri) = 0;
  /// Returns whether this caller can subscribe to `uri`. Never waits, so it does not check that the object
  /// exists.
  virtual bool watchable(const Caller& caller, std::string_view uri) = 0;
  /// Returns whether `uri` is a resource that this caller may read and that never changes. Never waits.
  virtual bool fixed(const Caller& /*caller*/, std::string_view /*uri*/) { return false; }
};

}  // namespace mcp
