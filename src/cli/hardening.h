// What this process gives up at its start, because it holds the API token's secret.
#pragma once

namespace cli {

/// Turns off core dumps and tracing by other processes of the same user, and forbids this process and those
/// that it starts to gain privileges (setuid and setgid programs). Nothing takes this back. Must be called
/// before the first thread starts. Returns false if the system refused a part; the other parts then apply.
/// A build with a sanitizer stays traceable.
bool harden_process();

}  // namespace cli
