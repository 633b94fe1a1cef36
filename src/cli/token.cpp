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
  const std::string text =
      made->token +
      "\n\n"
      "# Above is the token, shown only now: its caller sends \"Authorization: Bearer TOKEN\".\n"
      "# These lines go into the file that --http-tokens names; chmod 600 it:\n" +
      made->entry;
  return print(STDOUT_FILENO, text) ? kDone : kFailed;
}

}  // namespace cli
