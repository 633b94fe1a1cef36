// One function per subcommand. Each returns the exit code.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/arguments.h"
#include "cli/backend.h"
#include "config/settings.h"
#include "engine/toolbox.h"
#include "facts/facts.h"
#include "guard/policy.h"
#include "mcp/server.h"
#include "seam/tools.h"
#include "state/folder.h"
#include "tool/tool.h"
#include "transport/stop.h"

namespace cli {

/// MCP on stdin and stdout until the input ends or `stop` is asked.
int serve(const mcp::Server& server, transport::StopControl& stop);

/// Asks PVE for its version on a thread of its own and says on stderr how that went. The client must live
/// until the process ends.
void check_in_background(pve::Client& client);

/// One tool; its text goes to stdout, an error to stderr. On a terminal it asks what the tool asks; without
/// one it ends with the plan and its id, which the next such command may confirm.
int call(mcp::Tools& tools, const Arguments& arguments, const config::Settings& settings,
         const Variables& variables);

/// What the policy offers, as a table or as the result of tools/list. Below the table stands what the lists
/// of tools do to it.
int list_tools(std::span<const tool::Category> categories, const guard::Policy& policy, mcp::Tools& tools,
               bool as_json);

/// One tool that the caller of this machine may use: what it does, its arguments and an example; or its
/// description of tools/list.
int show_tool(engine::Toolbox& toolbox, std::string_view name, bool as_json);

/// The simulated cluster over HTTPS until a signal.
int simulate(const Arguments& arguments, const config::Settings& settings, const facts::Facts& facts,
             const base::Clock& clock);

/// Every step of the way to PVE, with what to do where one fails, and the privileges that the tools of the
/// policy lack; what the lists of tools hide, and whether changes are frozen in `folder` (nothing: there is
/// none), and whether changes are recorded.
int doctor(const config::Settings& settings, Backend& backend, const facts::Facts& facts,
           const guard::Policy& policy, const std::optional<state::Folder>& folder,
           const Variables& variables);

/// A new bearer token: the lines for the file of tokens on stdout, the token on stderr. Needs no settings.
int make_token(const Arguments& arguments);

/// Stops changes by a file in the state folder, and says which folder it is. An earlier freeze stays.
int freeze(const Arguments& arguments, const config::Settings& settings, const Variables& variables,
           const base::Clock& clock);

/// Shows the records of the audit, or verifies them.
int audit(const Arguments& arguments, const config::Settings& settings, const Variables& variables,
          const base::Clock& clock);

/// Removes that file; asks for the passphrase if one is set, or if changes need a person.
int thaw(const config::Settings& settings, const Variables& variables);

/// Shows the certificate of PVE at the address of the command line or of the settings, asks, and stores its
/// fingerprint in the state folder.
int trust(const Arguments& arguments, const config::Settings& settings, const Variables& variables);

/// Asks a person, or takes from flags, where PVE is and what the assistant may do; makes the API token, the
/// settings and the entries in the clients, or removes them. `run` carries out another command of this
/// program by its words, without the settings in the environment.
int set_up(const Arguments& arguments, const facts::Facts& facts, const Variables& variables,
           const std::function<int(const std::vector<std::string>& words)>& run);

/// The plans in the state folder that a call can still use or that were rejected.
int list_plans(const config::Settings& settings, const Variables& variables, const base::Clock& clock);

/// Lets a plan through, or sets the passphrase that this needs.
int approve(const Arguments& arguments, const config::Settings& settings, const Variables& variables,
            const base::Clock& clock);

/// Forbids a plan; needs no passphrase.
int reject(const Arguments& arguments, const config::Settings& settings, const Variables& variables,
           const base::Clock& clock);

}  // namespace cli
