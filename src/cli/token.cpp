#include <unistd.h>

#include <string>

#include "auth/token_file.h"
#include "base/log.h"
#include "cli/authentication.h"
#include "cli/commands.h"
#include "cli/output.h"

namespace cli {

int make_token(const Arguments& arguments) {
  const auto made =
      auth::make_token(arguments.token_name,
                       {arguments.token_tier, arguments.token_categories, arguments.token_scope}, words());
  if (!made) {
    base::log(base::LogLevel::Error, made.error());
    return kUsage;
  }
  // The token goes to stderr, so that ">> FILE" gets only the lines that belong in the file.
  const std::string secret =
      "The bearer token, which is shown only once; the client sends it as \"Authorization: Bearer "
      "TOKEN\":\n" +
      made->token + "\n" +
      "Add the lines on stdout to the file that --http-tokens names, and run chmod 600 on it.\n";
  return print(STDERR_FILENO, secret) && print(STDOUT_FILENO, made->entry) ? kDone : kFailed;
}

}  // namespace cli
