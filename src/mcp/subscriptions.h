// The clients' subscriptions to changes, in both eras.
#pragma once

#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "jsonrpc/message.h"
#include "mcp/in_flight.h"
#include "mcp/server.h"
#include "mcp/sink.h"
#include "seam/changes.h"

namespace mcp {

/// One legacy session's ear: told of every list, and of the resources it subscribed to.
class Listener {
 public:
  Listener() = default;
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  virtual ~Listener() = default;
  virtual void tell(std::string_view method, std::string_view params) = 0;
};

/// Safe from many threads.
class Subscriptions final : public Changes {
 public:
  explicit Subscriptions(const Server& server);
  ~Subscriptions() override;

  /// subscriptions/listen of the modern era: acknowledges on the stream and keeps it open until the client
  /// cancels it or close(). The error goes to the client instead.
  std::expected<void, jsonrpc::Error> listen(const std::shared_ptr<InFlight>& stream,
                                             const base::JsonObject& params, const Caller& caller,
                                             const Envelope& envelope);

  /// The client is ready: the listener is told of every list from now on, until it is gone, and at once of
  /// each resource that was updated since it subscribed to it.
  void add(const std::shared_ptr<Listener>& listener);
  /// False: too many of them, of the listener or of its caller.
  bool subscribe(const std::shared_ptr<Listener>& listener, const Caller& caller, const std::string& uri);
  void unsubscribe(const std::shared_ptr<Listener>& listener, const std::string& uri);
  void remove(const Listener* listener);

  /// Ends every open stream with its final answer; later ones are refused.
  void close();
  /// Streams that are open.
  std::size_t open_streams() const;

  Watched watched() const override;
  void tools_changed() override;
  void prompts_changed() override;
  void resources_changed() override;
  void resource_updated(std::string_view uri) override;
  bool task_updated(std::string_view handle, std::stop_token stop) override;

 private:
  struct Stream;
  struct Ear {
    std::weak_ptr<Listener> listener;
    Caller caller;
    bool ready = false;
    std::set<std::string, std::less<>> uris;
    std::set<std::string, std::less<>> withheld;  ///< those of them that were updated before it was ready
  };
  enum class List : std::uint8_t { Tools, Prompts, Resources };

  std::expected<std::shared_ptr<Stream>, jsonrpc::Error> wanted(const base::JsonObject& params,
                                                                const Caller& caller,
                                                                const Envelope& envelope) const;
  /// The error when there is no room for it.
  std::optional<jsonrpc::Error> open(const std::shared_ptr<Stream>& stream);
  void list_changed(List list);
  std::vector<std::shared_ptr<Stream>> streams() const;
  std::vector<std::shared_ptr<Listener>> listeners(const std::function<bool(Ear&)>& wants);
  void remove(const Stream* stream);
  /// Under the mutex. What a caller's streams and sessions name, before and after; false: too much,
  /// unchanged.
  bool take_names(const std::string& identity, std::size_t count);
  void give_names(const std::string& identity, std::size_t count);
  void tell_watch();

  const Server& server_;
  mutable std::mutex mutex_;
  bool closed_ = false;
  std::map<const Stream*, std::shared_ptr<Stream>> streams_;
  std::map<const Listener*, Ear> ears_;
  /// How many resources and tasks each caller listens to, counted for each stream and session.
  std::map<std::string, std::size_t, std::less<>> names_;
};

}  // namespace mcp
