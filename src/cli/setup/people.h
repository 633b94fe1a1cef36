// Which clients a person has, and where their files are.
#pragma once

#include <string_view>
#include <vector>

#include "cli/setup/draft.h"
#include "cli/setup/interview.h"
#include "setup/clients.h"

namespace cli {

::setup::Person person_of(const Host& host);

bool is_on_path(const Host& host, std::string_view program);

/// Those that seem to be installed.
std::vector<const ::setup::Client*> installed_clients(const Host& host);

/// Asks which clients are meant; `found` are those of the answer "all".
Answer<std::vector<const ::setup::Client*>> choose_clients(const Interview& interview,
                                                           const std::vector<const ::setup::Client*>& found);

}  // namespace cli
