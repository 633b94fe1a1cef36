// The facts of a prompt: their calls and the results.
#pragma once

#include <chrono>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "engine/cluster/cluster.h"
#include "prompt/arguments.h"
#include "seam/tools.h"
#include "tool/prompt.h"

namespace prompt {

/// The names of the tools that the caller may use.
using Allowed = std::set<std::string, std::less<>>;

/// The one of the fact's calls that the caller may use; nullptr when there is none.
const tool::FactCall* allowed_call(const tool::Fact& fact, const Allowed& allowed);

/// Whom the prompt is about, beside its arguments.
struct Subject {
  Values values;
  /// A prompt about a guest: which kind. Any: it could not be found out.
  tool::Fact::Of kind = tool::Fact::Of::Any;
  /// Why a value that should be known is not; a sentence.
  std::string unknown{};
};

/// One call to make, and then what it gave.
struct Fact {
  std::string_view what;  ///< as in the row
  std::string of{};       ///< for which node or storage, where it is repeated
  std::string_view tool{};
  base::JsonObject arguments{};
  std::string text{};
  bool failed = false;  ///< `text` says why
  /// Of a failure: `text` is lines that say themselves what was not read.
  bool told = false;
  /// Nodes that can say the same as the one in `arguments`, which is then the one that did.
  std::vector<std::string> others{};
  /// This server's remark about the answer, a sentence; it holds no data except names of nodes.
  std::string note{};
};

/// The calls of the prompt in the order of its rows; those whose answer is known to be a failure have it.
/// Reads the names of nodes and storages where a fact is repeated for them; what is left out, being many or
/// offline, is named in a failure of its own.
std::vector<Fact> facts_of(const tool::Prompt& row, const Subject& subject, const Allowed& allowed,
                           engine::Cluster& cluster, const std::stop_token& stop);

/// How long the facts of one prompt may take together.
inline constexpr std::chrono::seconds kFactsTime{20};

/// Makes the calls, those that ask no node first, and so many at the same time that calls which hang keep
/// none from its turn. What several nodes can say is asked of one, and of some of the others when that one
/// fails or takes a third of the time. Returns soon after `longest`, or when the request is stopped; a fact
/// without an answer by then says so.
void read_facts(std::vector<Fact>& facts, mcp::Tools& tools, const mcp::Request& request,
                std::chrono::seconds longest = kFactsTime);

}  // namespace prompt
