// The steps of setup, in their order. Each asks what it needs and puts it into the draft; none writes a file
// or changes anything in PVE.
#pragma once

#include "cli/setup/draft.h"
#include "cli/setup/interview.h"

namespace cli {

/// A step ends setup by a Stop.
using Step = Answer<void>;

/// The server's name, and its settings if there are some already.
Step ask_name(const Host& host, const Interview& interview, Draft& draft);

/// Where PVE is, and its certificate. Connects; sends no API token.
Step ask_connection(const Host& host, const Interview& interview, Draft& draft);

/// What the assistant may do: the tier and the toolsets.
Step ask_access(const Host& host, const Interview& interview, Draft& draft);

/// The API token: one that exists, or how to make one. May log in to PVE.
Step ask_token(const Host& host, const Interview& interview, Draft& draft);

/// Asks for user, password and, if PVE wants one, the code of a second factor, and logs in with them once.
Step log_in_once(const Interview& interview, Draft& draft);

/// Scope, protected objects, confirmations and approvals.
Step ask_guards(const Interview& interview, Draft& draft);

/// The clients, and what becomes of their files.
Step ask_clients(const Host& host, const Interview& interview, const ::setup::Server& server, Draft& draft);

/// How a client starts the server of the draft.
::setup::Server local_server(const Host& host, const Draft& draft);

/// Whether this machine is a node of PVE.
bool is_on_node(const Host& host);

/// The fingerprint of the node's certificate; nothing if it cannot be read. Its file is pveproxy-ssl.pem or
/// pve-ssl.pem.
std::optional<std::string> fingerprint_of_node(const Host& host);

}  // namespace cli
