// What callers are served: one set of tools, resources, prompts and tasks for each scope.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/bounds/scoped_client.h"
#include "engine/completions.h"
#include "engine/pve_tasks.h"
#include "engine/toolbox.h"
#include "guard/policy.h"
#include "prompt/prompts.h"
#include "resource/completer.h"
#include "resource/resources.h"
#include "seam/prompts.h"
#include "seam/request.h"
#include "seam/resources.h"
#include "seam/tasks.h"
#include "seam/tools.h"

namespace cli {

/// What all sets have in common.
struct Basis {
  engine::Access access;                     ///< its client shows everything that the API token sees
  guard::Policy policy;                      ///< of the server
  std::vector<engine::ScopeTerms> scopes{};  ///< of the server; empty: none
};

/// The set of one scope. Its parts are those of its names; safe from many threads.
struct Served {
  /// `narrower`: the scope of a caller, beside that of the server.
  Served(const Basis& basis, const std::optional<engine::ScopeTerms>& narrower);

  const std::unique_ptr<engine::ScopedClient> scoped;  ///< nullptr: no scope
  engine::Toolbox toolbox;
  engine::Completions completions{toolbox};
  engine::PveTasks tasks{toolbox};
  prompt::Prompts prompts;
  resource::Resources resources;
  resource::Completer completer;
};

/// Gives each caller the set of its scope. Safe from many threads.
class ServedByScope {
 public:
  /// The most sets of callers' scopes. A further one takes the place of the one that was used least lately.
  static constexpr std::size_t kMostSets = 32;

  explicit ServedByScope(Basis basis);
  ~ServedByScope();
  ServedByScope(const ServedByScope&) = delete;
  ServedByScope& operator=(const ServedByScope&) = delete;

  /// The set of callers without a scope of their own.
  Served& server() { return server_; }
  /// The caller's set. Terms that cannot be read hold no guest.
  std::shared_ptr<Served> of(const mcp::Caller& caller);
  /// For all sets, from now on.
  void set(const guard::Policy& policy, const engine::Rules& rules);

  /// They live as long as this. A caller with a scope of its own may not subscribe: the poller reads each
  /// object once for all subscribers.
  mcp::Tools& tools();
  mcp::Resources& resources();
  mcp::Prompts& prompts();
  mcp::Completer& completer();
  mcp::Tasks& tasks();

 private:
  struct Routers;

  Basis basis_;
  Served server_;
  std::mutex mutex_;
  /// By their terms, the one that was used last at the end.
  std::vector<std::pair<std::vector<std::string>, std::shared_ptr<Served>>> sets_;
  const std::unique_ptr<Routers> routers_;
};

}  // namespace cli
