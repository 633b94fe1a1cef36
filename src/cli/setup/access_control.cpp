#include "cli/setup/access_control.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "base/json_read.h"
#include "base/program.h"
#include "base/text.h"
#include "pve/answer.h"

namespace cli {
namespace {

std::string in_shell(const std::string& word) {
  const bool plain = !word.empty() && std::ranges::all_of(word, [](char c) {
    return base::is_alnum(c) || std::string_view("@._-/:,=+").find(c) != std::string_view::npos;
  });
  if (plain) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string form(const pve::Parameters& parameters) {
  std::string text;
  for (const auto& [name, value] : parameters)
    text += fmt::format("{}{}={}", text.empty() ? "" : "&", base::percent_encode(name),
                        base::percent_encode(value));
  return text;
}

/// "/access/users/mcp%40pve": what HTTP needs. pvesh takes a path as it is.
std::string encoded(const std::string& path) {
  std::string text;
  for (const auto part : base::split(path, '/'))
    text += (text.empty() && part.empty() ? "" : "/") + base::percent_encode(part);
  return text;
}

net::Request request_of(base::Method method, const std::string& path, const pve::Parameters& parameters) {
  net::Request request{method, "/api2/json" + encoded(path), {}, ""};
  const auto text = form(parameters);
  if (method == base::Method::Delete || method == base::Method::Get) {
    if (!text.empty()) request.target += "?" + text;
  } else {
    request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    request.body = text;
  }
  return request;
}

std::string words_of(const pve::Error& error) {
  auto text = base::printable(error.message, 600);
  for (const auto& [name, problem] : error.errors)
    text += fmt::format(" {}: {}", base::printable(name, 60), base::printable(problem));
  text.erase(text.find_last_not_of(" .\n") + 1);
  return text;
}

/// The error is a clause.
std::expected<base::Json, AccessError> sent(net::HttpClient& http, const net::Request& request) {
  const auto response = http.send(request, {});
  if (!response) return std::unexpected(AccessError{response.error().detail, !response.error().nothing_sent});
  auto answer = pve::read_response(*response);
  if (!answer) return std::unexpected(AccessError{words_of(answer.error())});
  return std::move(answer->data);
}

std::expected<base::Json, std::string> with_sentence(std::expected<base::Json, AccessError> data) {
  if (data) return *std::move(data);
  return std::unexpected(std::move(data.error().sentence));
}

class LoggedIn final : public AccessControl {
 public:
  LoggedIn(std::unique_ptr<net::HttpClient> http, std::string ticket, std::string csrf)
      : http_(std::move(http)), ticket_(std::move(ticket)), csrf_(std::move(csrf)) {}

  std::expected<base::Json, std::string> get(const std::string& path) override {
    return with_sentence(ask("GET", request_of(base::Method::Get, path, {})));
  }
  std::expected<base::Json, AccessError> change(const AccessChange& change) override {
    return ask(change.method == base::Method::Delete ? "DELETE"
               : change.method == base::Method::Put  ? "PUT"
                                                     : "POST",
               request_of(change.method, change.path, change.parameters));
  }

 private:
  std::expected<base::Json, AccessError> ask(std::string_view verb, net::Request request) {
    request.headers.emplace_back("Cookie", "PVEAuthCookie=" + base::percent_encode(ticket_));
    if (request.method != base::Method::Get) request.headers.emplace_back("CSRFPreventionToken", csrf_);
    auto data = sent(*http_, request);
    if (data) return data;
    const auto& [clause, unanswered] = data.error();
    const auto target = request.target.substr(0, request.target.find('?'));
    return std::unexpected(AccessError{
        fmt::format("{} {} {}: {}.", unanswered ? "PVE did not answer" : "PVE refused", verb, target, clause),
        unanswered});
  }

  std::unique_ptr<net::HttpClient> http_;
  std::string ticket_;
  std::string csrf_;
};

class OnNode final : public AccessControl {
 public:
  explicit OnNode(std::filesystem::path root) : root_(std::move(root)) {}

  std::expected<base::Json, std::string> get(const std::string& path) override {
    return with_sentence(run({"pvesh", "get", path, "--output-format", "json"}));
  }
  std::expected<base::Json, AccessError> change(const AccessChange& change) override {
    std::vector<std::string> words{"pveum"};
    words.insert(words.end(), change.pveum.begin(), change.pveum.end());
    return run(words);
  }

 private:
  std::expected<base::Json, AccessError> run(const std::vector<std::string>& words) const {
    const auto ran = base::run_program(
        words, {.time = std::chrono::seconds{60}, .output = 1'048'576, .errors = 4096}, root_);
    if (const auto trouble = ran.trouble())
      return std::unexpected(
          AccessError{fmt::format("{} {}.", words.front(), *trouble), ran.start_error == 0});
    if (ran.exit_code() != 0)
      return std::unexpected(
          AccessError{fmt::format("{} {} exited with {}: {}.", words.front(), words.at(1), ran.exit_code(),
                                  base::printable(base::trim(ran.errors), 600))});
    if (base::trim(ran.output).empty()) return base::Json(nullptr);
    auto data = base::parse_json(ran.output);
    if (!data) return base::Json(nullptr);
    return *std::move(data);
  }

  std::filesystem::path root_;
};

constexpr std::string_view kOnce =
    " Nothing is tried again by itself, because PVE counts wrong codes and locks a second factor after eight "
    "of them, and programs such as fail2ban lock out an address after a few wrong passwords. Check the user, "
    "its realm and the password, and run setup again.";

}  // namespace

std::string command_line(const AccessChange& change) {
  std::string line = "pveum";
  for (const auto& word : change.pveum) line += " " + in_shell(word);
  return line;
}

bool is_recovery_code(std::string_view code) {
  constexpr std::size_t kParts = 4;
  const auto parts = base::split(code, '-');
  return parts.size() == kParts && std::ranges::all_of(parts, [](std::string_view part) {
           return part.size() == kParts &&
                  part.find_first_not_of("0123456789abcdef") == std::string_view::npos;
         });
}

std::expected<std::unique_ptr<AccessControl>, std::string> log_in(std::unique_ptr<net::HttpClient> http,
                                                                  const Login& login) {
  const auto failed = [&](const std::string& why) {
    return std::unexpected(
        fmt::format("The login of {} failed: {}.{}", base::printable(login.user), why, kOnce));
  };
  const auto attempt = [&](const pve::Parameters& parameters) {
    return sent(*http, request_of(base::Method::Post, "/access/ticket", parameters));
  };
  auto data = attempt({{"username", login.user}, {"password", login.password}});
  if (!data) return failed(data.error().sentence);
  std::string ticket(base::raw_text(*data, "ticket"));
  if (base::flag(*data, "NeedTFA")) {
    // The challenge in the ticket names what PVE takes.
    if (ticket.find("totp") == std::string::npos && ticket.find("recovery") == std::string::npos)
      return failed(
          "its second factor is neither a code of an authenticator app nor a recovery code, and setup knows "
          "no "
          "other");
    const auto code = login.code();
    if (!code) return std::unexpected(code.error());
    const std::string kind = is_recovery_code(*code) ? "recovery:" : "totp:";
    data = attempt({{"username", login.user}, {"password", kind + *code}, {"tfa-challenge", ticket}});
    if (!data) return failed(data.error().sentence);
    ticket = base::raw_text(*data, "ticket");
  }
  if (ticket.empty()) return failed("the answer has no ticket; check that this is PVE");
  return std::make_unique<LoggedIn>(std::move(http), std::move(ticket),
                                    std::string(base::raw_text(*data, "CSRFPreventionToken")));
}

std::unique_ptr<AccessControl> on_this_node(const std::filesystem::path& root) {
  return std::make_unique<OnNode>(root);
}

}  // namespace cli
