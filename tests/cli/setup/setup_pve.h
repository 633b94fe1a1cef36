// A person, a home folder and a simulated PVE over HTTPS, for tests of setup.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "cli/setup/setup.h"
#include "facts/facts.h"
#include "net/certificate.h"
#include "net/server.h"
#include "simulator/access/totp.h"
#include "simulator/cluster.h"

namespace test {

inline const facts::Facts& setup_facts() {
  static const facts::Facts facts;
  return facts;
}

/// The simulated cluster on a port of this machine; remembers what was asked.
class SetupPve {
 public:
  SetupPve() : cluster_({.task_speed = 0}, setup_facts(), clock_) {
    const std::vector<std::string> names{"localhost", "127.0.0.1"};
    auto certificate = net::make_certificate(names);
    if (!certificate) throw std::runtime_error(certificate.error());
    fingerprint = net::to_text(certificate->fingerprint);
    certificate_pem = certificate->certificate_pem;
    auto options = net::pveproxy_options();
    options.address = "127.0.0.1";
    options.port = 0;
    options.certificate_pem = certificate->certificate_pem;
    options.key_pem = certificate->key_pem;
    auto server = net::Server::start(options, [this](const net::Request& request) {
      const std::scoped_lock lock(mutex_);
      requests_.push_back(std::string(base::name(request.method)) + " " + request.target);
      auto reply = cluster_.handle(request);
      const bool lost = requests_.back() == loses;
      return net::ServerReply{std::move(reply.response), {}, reply.drop || lost};
    });
    if (!server) throw std::runtime_error(server.error());
    server_ = *std::move(server);
    port = std::to_string(server_->port());
  }

  /// "POST /api2/json/access/ticket", … and empties the list.
  std::vector<std::string> take_requests() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(requests_, {});
  }
  /// What was sent beside GET.
  std::vector<std::string> take_changes() {
    auto all = take_requests();
    std::erase_if(all, [](const std::string& request) { return request.starts_with("GET "); });
    return all;
  }
  /// The code that the authenticator app of admin@pve shows.
  std::string code() const {
    const auto now = std::chrono::duration_cast<std::chrono::seconds>(clock_.wall().time_since_epoch());
    return simulator::totp_code("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", simulator::totp_step(now.count()))
        .value_or("");
  }
  /// The next 30 seconds, so that the next code is another one.
  void pass_a_code() { clock_.advance(std::chrono::seconds{30}); }

  std::string port;
  std::string fingerprint;
  std::string certificate_pem;
  std::string loses;  ///< the request that is carried out, and not answered: "POST /api2/json/access/roles"

 private:
  base::ManualClock clock_;
  simulator::Cluster cluster_;
  std::mutex mutex_;
  std::vector<std::string> requests_;
  std::unique_ptr<net::Server> server_;
};

/// Answers a question by the part of the prompt that it knows; others by Enter.
class ScriptedPerson final : public cli::Conversation {
 public:
  explicit ScriptedPerson(std::vector<std::pair<std::string, std::string>> answers)
      : answers_(std::move(answers)) {}

  void show(std::string_view text) override { screen += std::string(text) + "\n"; }
  std::optional<std::string> line(std::string_view prompt) override {
    const auto answer = answer_to(prompt);
    if (answer) screen += *answer + "\n";
    return answer;
  }
  std::optional<std::string> secret(std::string_view prompt) override {
    const auto answer = answer_to(prompt);
    screen += "\n";
    return answer;
  }

  /// Presses Ctrl-C at the question with this number, from 0.
  int leaves_at = -1;
  int questions = 0;
  std::string screen;

 private:
  std::optional<std::string> answer_to(std::string_view prompt) {
    screen += prompt;
    if (questions++ == leaves_at) return std::nullopt;
    if (questions > 200) throw std::runtime_error("asked without an end:\n" + screen);
    const auto knows = [&](const auto& answer) {
      return prompt.find(answer.first) != std::string_view::npos;
    };
    const auto found = std::ranges::find_if(answers_, knows);
    if (found == answers_.end()) return "";
    auto text = found->second;
    // The last answer to a question stays.
    if (std::ranges::count_if(answers_, knows) > 1) answers_.erase(found);
    return text;
  }

  std::vector<std::pair<std::string, std::string>> answers_;
};

/// A person who lets setup make a token, as a user with a second factor.
inline std::vector<std::pair<std::string, std::string>> admin_answers(const SetupPve& pve) {
  return {{"PVE's name", "127.0.0.1"},   {"Port", pve.port},           {"Trust this", "y"},
          {"API token shall", "login"},  {"User who", "admin@pve"},    {"Password", "demo-admin"},
          {"second factor", pve.code()}, {"Never change", "tag:prod"}, {"Do this?", "y"}};
}

using Files = std::map<std::string, std::string>;

inline std::string file_text(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// All files below a folder, with their content; a link as "-> TARGET".
inline Files files_below(const std::filesystem::path& folder) {
  Files files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const auto name = entry.path().lexically_relative(folder).string();
    if (entry.is_symlink()) {
      files[name] = "-> " + std::filesystem::read_symlink(entry.path()).string();
    } else if (entry.is_regular_file()) {
      files[name] = file_text(entry.path());
    }
  }
  return files;
}

inline void write_file(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

class SetupTest : public testing::Test {
 protected:
  SetupTest() {
    std::string pattern = testing::TempDir() + "setup-XXXXXX";
    top_ = ::mkdtemp(pattern.data());
    std::filesystem::create_directories(home());
  }
  ~SetupTest() override { std::filesystem::remove_all(top_); }

  std::filesystem::path home() const { return top_ / "home"; }
  std::filesystem::path settings(const std::string& name = "config.toml") const {
    return home() / ".config/mcp-pve" / name;
  }
  std::string text(const std::filesystem::path& path) const { return file_text(path); }

  /// Runs setup in this process.
  int hold(cli::Conversation* person, const cli::GivenFlags& given) {
    const cli::Variables variables = [&](std::string_view name) -> std::string_view {
      const auto found = variables_.find(name);
      return found == variables_.end() ? std::string_view{} : std::string_view(found->second);
    };
    const cli::Host host{variables,
                         setup_facts(),
                         root_.empty() ? std::filesystem::path("/nowhere") : root_,
                         is_root_,
                         home(),
                         given.contains("--service") ? root_ / "etc/mcp-pve" : home() / ".config/mcp-pve"};
    testing::internal::CaptureStderr();
    testing::internal::CaptureStdout();
    const int code = cli::hold_setup(host, person, given, [&](const std::vector<std::string>& words) {
      ran_.push_back(words);
      return code_;
    });
    output_ = testing::internal::GetCapturedStdout();
    errors_ = testing::internal::GetCapturedStderr();
    return code;
  }

  /// The flags that reach the simulated PVE.
  static cli::GivenFlags to_pve(const SetupPve& pve) {
    return {{"--host", {"127.0.0.1"}}, {"--port", {pve.port}}, {"--fingerprint", {pve.fingerprint}}};
  }

  std::filesystem::path top_;
  std::filesystem::path root_;  ///< empty: this machine is no node
  bool is_root_ = false;
  std::map<std::string, std::string, std::less<>> variables_;
  std::vector<std::vector<std::string>> ran_;
  int code_ = 0;  ///< of what setup runs
  std::string output_;
  std::string errors_;
};

}  // namespace test
