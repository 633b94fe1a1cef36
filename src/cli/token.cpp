#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "auth/token_file.h"
#include "base/file.h"
#include "base/log.h"
#include "cli/authentication.h"
#include "cli/commands.h"
#include "cli/output.h"

namespace cli {
namespace {

constexpr std::size_t kMost = std::size_t{1} << 20U;

/// What the file behind stdout holds already; "" if it is no file.
std::string text_before() {
  struct stat status{};
  if (::fstat(STDOUT_FILENO, &status) != 0 || !S_ISREG(status.st_mode)) return {};
  // ">> FILE" opens it for writing alone.
  const int file = ::open("/proc/self/fd/1", O_RDONLY | O_CLOEXEC);
  if (file < 0) return {};
  auto text = base::read_all(file, kMost);
  ::close(file);
  return text ? *std::move(text) : std::string();
}

/// Whether stdout goes to a file that has a token of this name already: the server would refuse both.
bool has_token(const std::string& name) {
  const auto names = auth::token_names(text_before(), "stdout");
  return names && std::ranges::find(*names, name) != names->end();
}

}  // namespace

int make_token(const Arguments& arguments) {
  const auto made =
      auth::make_token(arguments.token_name,
                       {arguments.token_tier, arguments.token_categories, arguments.token_scope}, words());
  if (!made) {
    base::log(base::LogLevel::Error, made.error());
    return kUsage;
  }
  if (has_token(arguments.token_name)) {
    base::log(base::LogLevel::Error, "the file behind stdout has a token with the name \"" +
                                         arguments.token_name +
                                         "\" already. Take another name, or remove its [[token]] first.");
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
