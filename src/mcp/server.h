// The MCP server: what it is called, what it offers, and the table of methods it answers. It keeps no state
// of a client; that is in mcp/connection.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "jsonrpc/message.h"
#include "mcp/revision.h"
#include "seam/changes.h"
#include "seam/prompts.h"
#include "seam/resources.h"
#include "seam/tasks.h"
#include "seam/tools.h"

namespace mcp {

struct Exchange;
class Seal;
class SpentStates;
class Subscriptions;

struct ServerInfo {
  std::string name;
  std::string title;
  std::string version;
  /// For the model; the essence in the first 500 characters. Empty: none.
  std::string instructions;
};

/// How long a client of the older revisions may take to answer a question.
struct Patience {
  std::chrono::milliseconds limit{std::chrono::seconds(120)};
  /// How often its request tells meanwhile that it waits: hosts end a call that is silent for a minute.
  std::chrono::milliseconds beat{std::chrono::seconds(10)};
};

/// The parts of the server. Null: the part is not offered, so its methods and its capability do not exist.
struct Offer {
  Tools& tools;
  Resources* resources = nullptr;
  Prompts* prompts = nullptr;
  Completer* completer = nullptr;
  Tasks* tasks = nullptr;
  /// Tells changes of resources and tasks; without it only lists are told.
  Watch* watch = nullptr;
};

/// A `result` object as JSON text, or the error to answer with.
using Reply = std::expected<std::string, jsonrpc::Error>;

/// How a method is run: at once, on a worker because it may wait, or as a stream that stays open.
enum class Pace : std::uint8_t { Inline, Worker, Stream };

struct Method {
  std::string_view name;
  /// The revisions that have it.
  Revision first;
  Revision last;
  Pace pace;
  /// Whether this server has it.
  bool (*offered)(const Offer&);
  Reply (*run)(const class Server&, const Exchange&);
};

/// Owns nothing of what is offered, which must live as long. Safe from many threads.
class Server {
 public:
  /// `clock` outlives it.
  Server(const Offer& offer, ServerInfo info, std::shared_ptr<const Seal> seal, const base::Clock& clock,
         Patience patience = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  const Offer& offer() const { return offer_; }
  Tools& tools() const { return offer_.tools; }
  const ServerInfo& info() const { return info_; }
  /// Seals states and task ids.
  const Seal& seal() const { return *seal_; }
  /// The states of confirmations that were used.
  SpentStates& spent() const { return *spent_; }
  /// The subscriptions of all clients.
  Subscriptions& subscriptions() const { return *subscriptions_; }
  /// Receives the changes to notify.
  Changes& changes() const;

  const base::Clock& clock() const { return clock_; }
  const Patience& patience() const { return patience_; }

  /// Null when this revision has no such method, or it is not offered: -32601. `initialize` is not here: it
  /// makes the state of a connection.
  const Method* find(std::string_view name, Revision revision) const;

 private:
  const Offer offer_;
  const ServerInfo info_;
  const std::shared_ptr<const Seal> seal_;
  const base::Clock& clock_;
  const Patience patience_;
  const std::unique_ptr<SpentStates> spent_;
  const std::unique_ptr<Subscriptions> subscriptions_;
};

}  // namespace mcp
