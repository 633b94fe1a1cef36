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
      auth::make_token(arguments.token_name, arguments.token_tier, arguments.token_categories, words());
  if (!made) {
    base::log(base::LogLevel::Error, made.error());
    return kUsage;
  }
  // Apart, so that ">> FILE" takes what belongs into the file and nothing else.
  const std::string secret =
      "The token, shown only now; its caller sends \"Authorization: Bearer TOKEN\":\n" + made->token + "\n" +
      "The lines on stdout go into the file that --http-tokens names; chmod 600 it.\n";
  return print(STDERR_FILENO, secret) && print(STDOUT_FILENO, made->entry) ? kDone : kFailed;
}

}  // namespace cli
