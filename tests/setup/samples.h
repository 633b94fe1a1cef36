// Settings files as people have them, for rules that hold for all of them.
#pragma once

#include <string>
#include <vector>

#include "setup/clients.h"

namespace samples {

struct Sample {
  std::string name;
  setup::Format format;  ///< a Json file is a Jsonc file, too
  std::string text;
};

const std::vector<Sample>& all();

/// Those that this client's file may be, with the client's own key in place of "SERVERS".
std::vector<Sample> of(const setup::Client& client);

setup::Server local();
setup::Server remote();

/// The servers that the client can have: local(), and remote() where its file takes a URL.
std::vector<setup::Server> servers_for(const setup::Client& client);

}  // namespace samples
