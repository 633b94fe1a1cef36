// mcp-pve setup: from nothing to an answer, by questions or flags.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/setup/conversation.h"
#include "cli/setup/draft.h"
#include "cli/setup/interview.h"

namespace cli {

/// Runs another command of this program by its words, without the variables of this process that are
/// settings. Returns its exit code.
using RunCommand = std::function<int(const std::vector<std::string>& words)>;

/// The whole conversation. Returns the exit code. `person`: nullptr if there is no terminal.
int hold_setup(const Host& host, Conversation* person, const GivenFlags& given, const RunCommand& run);

/// Makes the service; host.folder is /etc/mcp-pve below host.root.
int hold_service_setup(const Host& host, const Interview& interview, const RunCommand& run);

/// The steps of a removal. The Stop may have the code 0.
Answer<void> hold_removal(const Host& host, const Interview& interview);

/// The settings that a draft decides, in the order of the file.
void decide_settings(Draft& draft);

/// Runs the doctor and one question with these settings, and these words behind both. Returns the exit code
/// of the first one that fails, or 0.
int try_out(const Interview& interview, const std::filesystem::path& settings, const RunCommand& run,
            const std::vector<std::string>& words = {});

/// The sentence after a try that failed.
std::string what_to_mend(const std::filesystem::path& settings);

/// Says why setup ends, on stderr. Returns the exit code.
int ended_by(const Stop& stop);

}  // namespace cli
