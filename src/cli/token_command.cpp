#include "cli/token_command.h"

#include <sys/wait.h>

#include <string_view>
#include <system_error>
#include <utility>

#include "base/program.h"
#include "base/text.h"
#include "config/token.h"

namespace cli {
namespace {

constexpr std::chrono::minutes kPause{1};

}  // namespace

TokenCommand::TokenCommand(std::vector<std::string> command, std::string source, const base::Clock& clock,
                           std::chrono::milliseconds limit)
    : command_(std::move(command)), source_(std::move(source)), clock_(clock), limit_(limit) {}

std::expected<std::string, std::string> TokenCommand::run() {
  const auto failed = [&](const std::string& why) {
    return std::unexpected("the command of " + base::printable(source_) + " " + why);
  };
  const auto end = base::run_users_command(command_, {.time = limit_});
  if (end.start_error != 0)
    return failed("cannot be started: " + std::generic_category().message(end.start_error));
  if (end.killed)
    return failed("did not end within " +
                  std::to_string(std::chrono::ceil<std::chrono::seconds>(limit_).count()) +
                  " s, so it was killed; it gets no input, so check that it asks for none");
  if (WIFSIGNALED(end.status)) return failed("was ended by signal " + std::to_string(WTERMSIG(end.status)));
  if (WEXITSTATUS(end.status) != 0)
    return failed("exited with " + std::to_string(WEXITSTATUS(end.status)) +
                  "; run it in a terminal to see why");
  const auto line = base::trim(std::string_view(end.output).substr(0, end.output.find('\n')));
  if (line.empty()) return failed("printed no secret in its first line");
  if (!config::is_token_secret(line))
    return failed(
        "did not print a secret: the first line of its output must be one word of printable characters");
  return std::string(line);
}

std::expected<std::string, std::string> TokenCommand::secret() {
  const auto now = clock_.steady();
  if (!secret_.empty() && now - given_ < kPause) return secret_;
  auto read = run();
  if (!read) return read;
  secret_ = *read;
  given_ = now;
  return read;
}

}  // namespace cli
