// The demo cluster with the whole engine behind a scope. Guests outside it have marks that nothing else has:
// numbers above 7,770,000, names that begin with "dark", the tag "darktag".
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/bounds/scoped_client.h"
#include "engine/completions.h"
#include "engine/toolbox.h"
#include "prompt/prompts.h"
#include "resource/completer.h"
#include "resource/resources.h"
#include "sessions/world.h"

namespace sessions {

/// The numbers that the demo cluster has for the guests that are outside here; each is this much higher.
inline constexpr std::int64_t kDark = 7'770'000;
const std::set<std::int64_t>& dark_guests();
/// "vmid:…" and "tag:seen" mean the same guests.
inline constexpr std::string_view kByNumber = "vmid:100-999";
inline constexpr std::string_view kByTag = "tag:seen";

/// What in the text belongs to a guest outside; "" if nothing does. `but` may stand there.
std::string mark_in(std::string_view text, std::string_view but = {});

class ScopeWorld {
 public:
  explicit ScopeWorld(std::string_view scope, engine::Output output = engine::Output::Text);

  Told call(std::string_view tool, const base::JsonObject& arguments) {
    return sessions::call(toolbox, tool, arguments);
  }
  mcp::Request request();
  /// What a reader is told.
  std::string read(std::string_view uri);
  std::string prompt(std::string_view name, const base::JsonObject& arguments);

  base::ManualClock clock;
  simulator::Cluster cluster;
  test::ScriptedPve http;
  pve::Client whole;
  engine::ScopedClient scoped;
  engine::Toolbox toolbox;
  engine::Completions completions{toolbox};
  prompt::Prompts prompts;
  resource::Resources resources;
  resource::Completer completer;

 private:
  const mcp::Caller caller_;
  const base::JsonObject none_;
  mcp::NullSink unheard_;
};

}  // namespace sessions
