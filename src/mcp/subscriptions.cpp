#include "mcp/subscriptions.h"

#include <algorithm>
#include <array>
#include <optional>
#include <stop_token>
#include <utility>

#include "mcp/capabilities.h"
#include "mcp/modern.h"
#include "mcp/object_text.h"
#include "mcp/task_methods.h"

namespace mcp {
namespace {

constexpr std::string_view kSubscriptionId = "io.modelcontextprotocol/subscriptionId";
constexpr std::size_t kMostStreams = 1024;
constexpr std::size_t kMostUris = 256;
/// Resources and tasks of one caller, over all of its streams and sessions: each is looked at every few
/// seconds.
constexpr std::size_t kMostNames = 1024;

constexpr std::array<std::string_view, 3> kFilterNames{"toolsListChanged", "promptsListChanged",
                                                       "resourcesListChanged"};
constexpr std::array<std::string_view, 3> kListChanged{"notifications/tools/list_changed",
                                                       "notifications/prompts/list_changed",
                                                       "notifications/resources/list_changed"};

constexpr std::string_view kUpdated = "notifications/resources/updated";

std::string write_updated(std::string_view uri) {
  std::string params;
  ObjectText object(params);
  object.text("uri", uri);
  object.close();
  return params;
}

std::expected<std::vector<std::string>, jsonrpc::Error> texts(const base::JsonObject& filter,
                                                              std::string_view name) {
  std::vector<std::string> found;
  const auto* const value = filter.if_contains(name);
  if (value == nullptr) return found;
  if (!value->is_array())
    return jsonrpc::invalid_params("\"" + std::string(name) + "\" must be an array of strings");
  for (const auto& item : value->get_array()) {
    if (!item.is_string())
      return jsonrpc::invalid_params("\"" + std::string(name) + "\" must be an array of strings");
    found.emplace_back(item.get_string());
  }
  if (found.size() > kMostUris)
    return jsonrpc::invalid_params("\"" + std::string(name) + "\" names more than " +
                                   std::to_string(kMostUris));
  return found;
}

void write_texts(ObjectText& object, std::string_view name, const std::vector<std::string>& values) {
  auto& out = object.key(name);
  out += '[';
  for (const auto& value : values) {
    if (out.back() != '[') out += ',';
    base::write_json_string(value, out);
  }
  out += ']';
}

}  // namespace

struct Subscriptions::Stream {
  std::shared_ptr<InFlight> call;
  Caller caller;
  std::array<bool, 3> lists{};
  std::vector<std::string> uris;
  std::map<std::string, std::string, std::less<>> task_ids;  ///< by handle
  /// Held while something is sent, so that the acknowledgement comes first.
  std::mutex sending;
  std::optional<std::stop_callback<std::function<void()>>> on_cancel;

  std::size_t names() const { return uris.size() + task_ids.size(); }
  void begin_meta(ObjectText& params) const {
    ObjectText meta(params.key("_meta"));
    jsonrpc::write_id(call->id(), meta.key(kSubscriptionId));
    meta.close();
  }
  void acknowledge() const {
    std::string params;
    ObjectText object(params);
    begin_meta(object);
    ObjectText honoured(object.key("notifications"));
    for (std::size_t i = 0; i < lists.size(); ++i) {
      if (lists[i]) honoured.boolean(kFilterNames[i], true);
    }
    if (!uris.empty()) write_texts(honoured, "resourceSubscriptions", uris);
    if (!task_ids.empty()) {
      std::vector<std::string> ids;
      for (const auto& [handle, id] : task_ids) ids.push_back(id);
      write_texts(honoured, "taskIds", ids);
    }
    honoured.close();
    object.close();
    call->notify("notifications/subscriptions/acknowledged", params);
  }
  void tell_list(std::size_t list) {
    std::string params;
    ObjectText object(params);
    begin_meta(object);
    object.close();
    const std::scoped_lock lock(sending);
    call->notify(kListChanged[list], params);
  }
  void tell_resource(std::string_view uri) {
    std::string params;
    ObjectText object(params);
    begin_meta(object);
    object.text("uri", uri);
    object.close();
    const std::scoped_lock lock(sending);
    call->notify(kUpdated, params);
  }
  void tell_task(const std::string& id, const TaskState& state) {
    std::string params;
    ObjectText object(params);
    begin_meta(object);
    write_task(object, id, state, Revision::R2026_07_28, TaskDetail::Full);
    object.close();
    const std::scoped_lock lock(sending);
    call->notify("notifications/tasks", params);
  }
  void end(const ServerInfo& info) {
    std::string result;
    ObjectText object(result);
    modern::begin_complete(object);
    ObjectText meta(object.key("_meta"));
    jsonrpc::write_id(call->id(), meta.key(kSubscriptionId));
    modern::write_server_info_member(meta, info);
    meta.close();
    object.close();
    const std::scoped_lock lock(sending);
    call->answer(result);
  }
};

Subscriptions::Subscriptions(const Server& server) : server_(server) {}
Subscriptions::~Subscriptions() = default;

std::expected<std::shared_ptr<Subscriptions::Stream>, jsonrpc::Error> Subscriptions::wanted(
    const base::JsonObject& params, const Caller& caller, const Envelope& envelope) const {
  const auto* const value = params.if_contains("notifications");
  if (value == nullptr || !value->is_object())
    return jsonrpc::invalid_params("subscriptions/listen needs \"notifications\", an object");
  const auto& filter = value->get_object();
  const auto& offer = server_.offer();
  auto stream = std::make_shared<Stream>();
  stream->caller = caller;
  const std::array offered{true, offer.prompts != nullptr, offer.resources != nullptr};
  for (std::size_t i = 0; i < kFilterNames.size(); ++i) {
    const auto* const flag = filter.if_contains(kFilterNames[i]);
    if (flag == nullptr) continue;
    if (!flag->is_bool())
      return jsonrpc::invalid_params("\"" + std::string(kFilterNames[i]) + "\" must be true or false");
    stream->lists[i] = flag->get_bool() && offered[i];
  }
  const auto uris = texts(filter, "resourceSubscriptions");
  if (!uris) return std::unexpected(uris.error());
  for (const auto& uri : *uris) {
    if (std::ranges::find(stream->uris, uri) != stream->uris.end()) continue;
    if (offer.watch != nullptr && offer.resources != nullptr && offer.resources->watchable(caller, uri))
      stream->uris.push_back(uri);
  }
  const auto ids = texts(filter, "taskIds");
  if (!ids) return std::unexpected(ids.error());
  if (filter.contains("taskIds") && !declares_tasks(envelope)) return std::unexpected(tasks_undeclared());
  for (const auto& id : *ids) {
    if (const auto handle = handle_of(server_, caller, id)) stream->task_ids.emplace(*handle, id);
  }
  return stream;
}

std::expected<void, jsonrpc::Error> Subscriptions::listen(const std::shared_ptr<InFlight>& call,
                                                          const base::JsonObject& params,
                                                          const Caller& caller, const Envelope& envelope) {
  auto found = wanted(params, caller, envelope);
  if (!found) return std::unexpected(std::move(found.error()));
  const auto stream = *std::move(found);
  stream->call = call;
  {
    const std::scoped_lock order(stream->sending);
    if (auto refused = open(stream)) return std::unexpected(*std::move(refused));
    stream->acknowledge();
  }
  if (stream->names() > 0) tell_watch();
  // Last, because it runs at once when the client has cancelled meanwhile.
  stream->on_cancel.emplace(call->token(), [this, key = stream.get()] { remove(key); });
  return {};
}

std::optional<jsonrpc::Error> Subscriptions::open(const std::shared_ptr<Stream>& stream) {
  const auto refused = [](std::string why) {
    return jsonrpc::Error{jsonrpc::kInternalError, std::move(why), {}};
  };
  const std::scoped_lock lock(mutex_);
  if (closed_) return refused("The server is shutting down.");
  if (streams_.size() >= kMostStreams) return refused("Too many subscriptions are open; close some.");
  if (!take_names(stream->caller.identity, stream->names()))
    return refused("The subscriptions of this caller name more than " + std::to_string(kMostNames) +
                   " resources and tasks; close some.");
  streams_.emplace(stream.get(), stream);
  return std::nullopt;
}

bool Subscriptions::take_names(const std::string& identity, std::size_t count) {
  if (count == 0) return true;
  auto& taken = names_[identity];
  if (taken + count > kMostNames) return false;
  taken += count;
  return true;
}

void Subscriptions::give_names(const std::string& identity, std::size_t count) {
  const auto found = names_.find(identity);
  if (count == 0 || found == names_.end()) return;
  found->second -= count;
  if (found->second == 0) names_.erase(found);
}

void Subscriptions::remove(const Stream* stream) {
  std::shared_ptr<Stream> kept;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = streams_.find(stream);
    if (found == streams_.end()) return;
    kept = std::move(found->second);
    streams_.erase(found);
    give_names(kept->caller.identity, kept->names());
  }
  if (kept->names() > 0) tell_watch();
}

void Subscriptions::add(const std::shared_ptr<Listener>& listener) {
  std::set<std::string, std::less<>> withheld;
  {
    const std::scoped_lock lock(mutex_);
    auto& ear = ears_[listener.get()];
    ear.listener = listener;
    ear.ready = true;
    withheld = std::exchange(ear.withheld, {});
  }
  for (const auto& uri : withheld) listener->tell(kUpdated, write_updated(uri));
}

bool Subscriptions::subscribe(const std::shared_ptr<Listener>& listener, const Caller& caller,
                              const std::string& uri) {
  {
    const std::scoped_lock lock(mutex_);
    auto& ear = ears_[listener.get()];
    ear.listener = listener;
    ear.caller = caller;
    if (ear.uris.contains(uri)) return true;
    if (ear.uris.size() >= kMostUris || !take_names(caller.identity, 1)) return false;
    ear.uris.insert(uri);
  }
  tell_watch();
  return true;
}

void Subscriptions::unsubscribe(const std::shared_ptr<Listener>& listener, const std::string& uri) {
  {
    const std::scoped_lock lock(mutex_);
    const auto found = ears_.find(listener.get());
    if (found == ears_.end() || found->second.uris.erase(uri) == 0) return;
    found->second.withheld.erase(uri);
    give_names(found->second.caller.identity, 1);
  }
  tell_watch();
}

void Subscriptions::remove(const Listener* listener) {
  {
    const std::scoped_lock lock(mutex_);
    const auto found = ears_.find(listener);
    if (found == ears_.end()) return;
    const auto names = found->second.uris.size();
    give_names(found->second.caller.identity, names);
    ears_.erase(found);
    if (names == 0) return;
  }
  tell_watch();
}

void Subscriptions::close() {
  std::map<const Stream*, std::shared_ptr<Stream>> streams;
  bool watching = false;
  {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    watching = !names_.empty();
    streams = std::exchange(streams_, {});
    ears_.clear();
    names_.clear();
  }
  for (const auto& [key, stream] : streams) stream->end(server_.info());
  if (watching) tell_watch();
}

std::size_t Subscriptions::open_streams() const {
  const std::scoped_lock lock(mutex_);
  return streams_.size();
}

std::vector<std::shared_ptr<Subscriptions::Stream>> Subscriptions::streams() const {
  const std::scoped_lock lock(mutex_);
  std::vector<std::shared_ptr<Stream>> all;
  for (const auto& [key, stream] : streams_) all.push_back(stream);
  return all;
}

std::vector<std::shared_ptr<Listener>> Subscriptions::listeners(const std::function<bool(Ear&)>& wants) {
  const std::scoped_lock lock(mutex_);
  std::vector<std::shared_ptr<Listener>> found;
  for (auto& [key, ear] : ears_) {
    if (!wants(ear)) continue;
    if (auto listener = ear.listener.lock()) found.push_back(std::move(listener));
  }
  return found;
}

void Subscriptions::tell_watch() {
  if (auto* const watch = server_.offer().watch) watch->watch(*this);
}

Watched Subscriptions::watched() const {
  Watched now;
  const std::scoped_lock lock(mutex_);
  for (const auto& [key, stream] : streams_) {
    now.resources.insert(stream->uris.begin(), stream->uris.end());
    for (const auto& [handle, id] : stream->task_ids) now.tasks.insert(handle);
  }
  for (const auto& [key, ear] : ears_) now.resources.insert(ear.uris.begin(), ear.uris.end());
  return now;
}

void Subscriptions::list_changed(List list) {
  const auto index = static_cast<std::size_t>(list);
  for (const auto& stream : streams()) {
    if (stream->lists[index]) stream->tell_list(index);
  }
  for (const auto& listener : listeners([](const Ear& ear) { return ear.ready; }))
    listener->tell(kListChanged[index], {});
}

void Subscriptions::tools_changed() { list_changed(List::Tools); }
void Subscriptions::prompts_changed() {
  if (server_.offer().prompts != nullptr) list_changed(List::Prompts);
}
void Subscriptions::resources_changed() {
  if (server_.offer().resources != nullptr) list_changed(List::Resources);
}

void Subscriptions::resource_updated(std::string_view uri) {
  auto* const resources = server_.offer().resources;
  if (resources == nullptr) return;
  const auto may_watch = [&](const Caller& caller) { return resources->watchable(caller, uri); };
  for (const auto& stream : streams()) {
    const bool named = std::ranges::find(stream->uris, uri) != stream->uris.end();
    if (named && may_watch(stream->caller)) stream->tell_resource(uri);
  }
  const auto params = write_updated(uri);
  for (const auto& listener : listeners([&](Ear& ear) {
         if (!ear.uris.contains(uri) || !may_watch(ear.caller)) return false;
         if (!ear.ready) ear.withheld.emplace(uri);
         return ear.ready;
       }))
    listener->tell(kUpdated, params);
}

bool Subscriptions::task_updated(std::string_view handle, std::stop_token stop) {
  auto* const tasks = server_.offer().tasks;
  if (tasks == nullptr) return true;
  bool all = true;
  for (const auto& stream : streams()) {
    const auto found = stream->task_ids.find(handle);
    if (found == stream->task_ids.end() || stream->call->token().stop_requested()) continue;
    const auto state = tasks->get(stream->caller, Era::Modern, handle, stop);
    if (state) stream->tell_task(found->second, *state);
    // A task that does not exist for this caller now will not exist later either.
    all = all && (state || state.error().code == jsonrpc::kInvalidParams);
  }
  return all;
}

}  // namespace mcp
