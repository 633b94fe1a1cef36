// Which clients a person has, and where their files are.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "cli/setup/draft.h"
#include "cli/setup/interview.h"
#include "setup/clients.h"

namespace cli {

::setup::Person person_of(const Host& host);

/// Lets the client start `program`, the path of the running one. What npx runs is in a cache that npm
/// empties, so the client runs npx again.
void start(::setup::Server& server, const std::filesystem::path& program);

bool is_on_path(const Host& host, std::string_view program);

/// The words of a client's own command, for people.
std::string command_text(const std::vector<std::string>& words);

/// Those that seem to be installed.
std::vector<const ::setup::Client*> installed_clients(const Host& host);

/// Asks which clients are meant; `found` are those of the answer "all".
Answer<std::vector<const ::setup::Client*>> choose_clients(const Interview& interview,
                                                           const std::vector<const ::setup::Client*>& found);

}  // namespace cli
