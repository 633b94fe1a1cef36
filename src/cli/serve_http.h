// MCP over HTTP as the settings have it.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <utility>

#include "auth/authenticator.h"
#include "base/clock.h"
#include "cli/backend.h"
#include "config/settings.h"
#include "mcp/server.h"
#include "transport/stop.h"

namespace cli {

class HttpService {
 public:
  /// Reads the file of tokens; listens to nothing yet. The error is a sentence: the endpoint would not be
  /// safe, or the tokens cannot be read. `clock` outlives it.
  static std::expected<std::unique_ptr<HttpService>, std::string> open(const config::Settings& settings,
                                                                       const Variables& variables,
                                                                       const base::Clock& clock);

  /// Until `stop` is asked. The certificate's files are read again when they change. Returns the exit code.
  int serve(const mcp::Server& server, transport::StopControl& stop);

  /// Reads the file of tokens again; false when there is none. When that fails the old tokens stay and the
  /// error is a sentence that says so. From any thread.
  std::expected<bool, std::string> reload();

 private:
  HttpService(config::Http http, std::unique_ptr<auth::Authenticator> authenticator)
      : http_(std::move(http)), authenticator_(std::move(authenticator)) {}

  const config::Http http_;
  const std::unique_ptr<auth::Authenticator> authenticator_;
};

}  // namespace cli
