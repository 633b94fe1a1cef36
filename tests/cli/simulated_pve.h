// `mcp-pve simulate` on a free port.
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "cli/process.h"

namespace test {

/// The simulated cluster, and what a client of it has to set.
class Simulator {
 public:
  explicit Simulator(std::vector<std::string> more = {}, const std::string& listen = "127.0.0.1:0")
      : process_(with(std::move(more), listen)) {
    while (!settings.contains("PVE_TOKEN_SECRET")) read();
  }
  /// Reads on to the fingerprint, which is the last line with TLS.
  void read_fingerprint() {
    while (!settings.contains("PVE_FINGERPRINT")) read();
  }
  /// `changes`: an empty value leaves the variable empty.
  std::vector<std::string> environment(const std::map<std::string, std::string>& changes = {}) {
    read_fingerprint();
    auto all = settings;
    for (const auto& [name, value] : changes) all[name] = value;
    std::vector<std::string> texts;
    for (const auto& [name, value] : all) texts.push_back(name + "=" + value);
    return texts;
  }
  Process& process() { return process_; }

  std::map<std::string, std::string> settings;

 private:
  static std::vector<std::string> with(std::vector<std::string> more, const std::string& listen) {
    std::vector<std::string> arguments = {"simulate", "--listen", listen};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  void read() {
    const auto line = process_.read_line();
    if (!line) throw std::runtime_error("the simulator ended: " + process_.errors());
    const auto name = line->find("PVE_");
    const auto equals = line->find("='");
    if (name == std::string::npos || equals == std::string::npos) return;
    settings[line->substr(name, equals - name)] = line->substr(equals + 2, line->size() - equals - 3);
  }
  Process process_;
};

}  // namespace test
