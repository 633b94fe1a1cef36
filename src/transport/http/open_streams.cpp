#include "transport/http/open_streams.h"

#include <algorithm>
#include <map>
#include <utility>

namespace transport {
namespace {

/// The last message on a stream that the server ends.
std::string torn_down(const jsonrpc::Id& id) {
  std::string params = R"({"_meta":{"io.modelcontextprotocol/subscriptionId":)";
  jsonrpc::write_id(id, params);
  params += R"(},"requestId":)";
  jsonrpc::write_id(id, params);
  params += R"(,"reason":"the rights with which this stream was opened have ended or changed"})";
  return jsonrpc::write_notification("notifications/cancelled", params);
}

}  // namespace

void OpenStreams::forget_gone() {
  std::erase_if(answering_, [](const Answering& each) { return each.answer.expired(); });
  std::erase_if(reading_, [](const Reading& each) { return each.reader.expired(); });
}

void OpenStreams::add(Pass pass, const std::shared_ptr<mcp::Connection>& connection,
                      const std::shared_ptr<ModernAnswer>& answer) {
  const std::scoped_lock lock(mutex_);
  forget_gone();
  answering_.push_back({std::move(pass), std::nullopt, connection, answer});
}

bool OpenStreams::add_listening(Pass pass, jsonrpc::Id id, std::size_t most,
                                const std::shared_ptr<mcp::Connection>& connection,
                                const std::shared_ptr<ModernAnswer>& answer) {
  const std::scoped_lock lock(mutex_);
  forget_gone();
  if (listening(pass.identity) >= most) return false;
  answering_.push_back({std::move(pass), std::move(id), connection, answer});
  return true;
}

void OpenStreams::add(Pass pass, const std::shared_ptr<EventStream>& stream,
                      const std::shared_ptr<net::Responder>& reader) {
  const std::scoped_lock lock(mutex_);
  forget_gone();
  reading_.push_back({std::move(pass), stream, reader});
}

std::size_t OpenStreams::listening(const std::string& identity) const {
  return static_cast<std::size_t>(std::ranges::count_if(answering_, [&](const Answering& each) {
    if (!each.listens || each.pass.identity != identity) return false;
    const auto answer = each.answer.lock();
    return answer && !answer->done();
  }));
}

void OpenStreams::keep_alive() {
  std::vector<std::shared_ptr<ModernAnswer>> answers;
  {
    const std::scoped_lock lock(mutex_);
    forget_gone();
    for (const auto& each : answering_) {
      if (auto answer = each.answer.lock()) answers.push_back(std::move(answer));
    }
  }
  for (const auto& answer : answers) answer->keep_alive();
}

void OpenStreams::cancel_all() {
  std::vector<std::shared_ptr<mcp::Connection>> connections;
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& each : answering_) {
      if (auto connection = each.connection.lock()) connections.push_back(std::move(connection));
    }
  }
  for (const auto& connection : connections) connection->cancel_all();
}

void OpenStreams::check(const std::function<bool(const Pass&)>& valid) {
  std::vector<std::pair<Pass, std::function<void()>>> open;
  {
    const std::scoped_lock lock(mutex_);
    forget_gone();
    for (const auto& each : answering_) {
      if (!each.listens) continue;
      open.emplace_back(each.pass, [id = *each.listens, connection = each.connection, answer = each.answer] {
        const auto call = connection.lock();
        if (const auto held = answer.lock()) held->cut(torn_down(id));
        if (call) call->cancel_all();
      });
    }
    for (const auto& each : reading_) {
      open.emplace_back(each.pass, [stream = each.stream, reader = each.reader] {
        const auto held = stream.lock();
        if (const auto gone = reader.lock(); held && gone) held->dismiss(*gone);
      });
    }
  }
  // Many streams are of one caller.
  std::map<std::pair<std::string, net::Headers>, bool> known;
  for (const auto& [pass, end] : open) {
    const auto [found, fresh] = known.try_emplace({pass.rights, pass.credentials}, true);
    if (fresh) found->second = valid(pass);
    if (!found->second) end();
  }
}

}  // namespace transport
