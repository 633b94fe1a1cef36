#include "support/scripted_pve.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "base/method.h"

namespace test {
namespace {

/// Only a broken test waits that long.
constexpr std::chrono::seconds kLong{60};
constexpr std::string_view kRoot = "/api2/json";

bool matches(std::string_view pattern, std::string_view text) {
  const auto star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == text;
  if (!text.starts_with(pattern.substr(0, star))) return false;
  const auto rest = pattern.substr(star + 1);
  for (auto at = star; at <= text.size(); ++at) {
    if (matches(rest, text.substr(at))) return true;
  }
  return false;
}

bool fits(std::string_view route, std::string_view line) {
  return matches(route, line) ||
         (route.find('?') == std::string_view::npos && matches(route, line.substr(0, line.find('?'))));
}

std::ptrdiff_t plain_text(std::string_view route) {
  return std::ranges::count_if(route, [](char c) { return c != '*'; });
}

/// The entry whose route fits the line best; none: nullptr.
template <typename Map>
auto* best(Map& by_route, std::string_view line) {
  decltype(&by_route.begin()->second) found = nullptr;
  std::ptrdiff_t most = -1;
  for (auto& [route, value] : by_route) {
    if (!fits(route, line) || plain_text(route) <= most) continue;
    most = plain_text(route);
    found = &value;
  }
  return found;
}

std::string line_of(const net::Request& request) {
  const std::string_view target = request.target;
  const bool is_api = target.starts_with(kRoot) && target.substr(kRoot.size()).starts_with('/');
  if (!is_api) ADD_FAILURE() << target << " is not below " << kRoot;
  return std::string(base::name(request.method)) + ' ' +
         std::string(is_api ? target.substr(kRoot.size()) : target);
}

/// One clause for people, as simulator::InProcess words it.
std::string_view detail(net::Failure::Kind kind) {
  using Kind = net::Failure::Kind;
  if (kind == Kind::Timeout) return "no answer in time";
  if (kind == Kind::Closed) return "connection closed before the answer";
  if (kind == Kind::Refused) return "connection refused";
  if (kind == Kind::Cancelled) return "cancelled";
  return "as scripted";
}

Answer unscripted(const Asked& asked) {
  ADD_FAILURE() << "no answer is scripted for " << asked.line;
  return net::Response{501, "Method '" + asked.line + "' not implemented", {}, R"({"data":null})"};
}

}  // namespace

std::string pve_data(std::string_view json) { return R"({"data":)" + std::string(json) + "}"; }

net::Response pve_answer(std::string_view json) {
  return {200, "OK", {{"Content-Type", "application/json;charset=UTF-8"}}, pve_data(json)};
}

Answer pve_failure(net::Failure::Kind kind, bool nothing_sent) {
  return std::unexpected(net::Failure{kind, std::string(detail(kind)), nothing_sent, {}});
}

Answer ScriptedPve::send(const net::Request& request, const net::SendOptions& options) {
  using Kind = net::Failure::Kind;
  const Asked asked{line_of(request), request, options};
  std::unique_lock lock(mutex_);
  asked_.push_back(asked);
  changed_.notify_all();
  if (options.stop.stop_requested()) return pve_failure(Kind::Cancelled, true);
  const bool goes_on = changed_.wait_for(lock, options.stop, kLong, [&] { return !hangs(asked.line); });
  if (options.stop.stop_requested()) return pve_failure(Kind::Cancelled, false);
  if (!goes_on) {
    ADD_FAILURE() << asked.line << " hangs and was neither stopped nor released";
    return pve_failure(Kind::Timeout, false);
  }
  if (const auto* found = best(delays_, asked.line); found != nullptr) {
    const auto delay = *found;
    lock.unlock();
    delay.clock->sleep(std::min(delay.time, options.timeout), options.stop);
    if (options.stop.stop_requested()) return pve_failure(Kind::Cancelled, false);
    if (delay.time > options.timeout) return pve_failure(Kind::Timeout, false);
    lock.lock();
  }
  const auto answering = next(asked.line);
  lock.unlock();
  return answering(asked);
}

Answering ScriptedPve::next(const std::string& line) {
  auto* script = best(scripts_, line);
  if (script == nullptr) return unscripted;
  auto answering = script->front();
  if (script->size() > 1) script->pop_front();
  return answering;
}

bool ScriptedPve::hangs(const std::string& line) const {
  return std::ranges::any_of(hanging_, [&](const auto& route) { return fits(route, line); });
}

Answering ScriptedPve::answering(std::string_view data_json) { return answering(pve_answer(data_json)); }

Answering ScriptedPve::answering(Answer answer) {
  return [answer = std::move(answer)](const Asked&) { return answer; };
}

void ScriptedPve::script(std::string_view route, std::deque<Answering> answers) {
  const std::scoped_lock lock(mutex_);
  scripts_.insert_or_assign(std::string(route), std::move(answers));
}

void ScriptedPve::forget(std::string_view route) {
  const std::scoped_lock lock(mutex_);
  scripts_.erase(std::string(route));
}

void ScriptedPve::delay(std::string_view route, std::chrono::milliseconds time, base::Clock& clock) {
  const std::scoped_lock lock(mutex_);
  delays_.insert_or_assign(std::string(route), Delay{time, &clock});
}

void ScriptedPve::hang(std::string_view route) {
  const std::scoped_lock lock(mutex_);
  hanging_.emplace(route);
}

void ScriptedPve::release(std::string_view route) {
  const std::scoped_lock lock(mutex_);
  hanging_.erase(std::string(route));
  changed_.notify_all();
}

std::vector<Asked> ScriptedPve::requests() const {
  const std::scoped_lock lock(mutex_);
  return asked_;
}

std::vector<std::string> ScriptedPve::asked() const {
  const std::scoped_lock lock(mutex_);
  std::vector<std::string> lines;
  for (const auto& asked : asked_) lines.push_back(asked.line);
  return lines;
}

std::size_t ScriptedPve::count(std::string_view route) const {
  const std::scoped_lock lock(mutex_);
  return static_cast<std::size_t>(
      std::ranges::count_if(asked_, [&](const Asked& asked) { return fits(route, asked.line); }));
}

bool ScriptedPve::await(std::string_view route, std::size_t requests) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kLong, [&] {
    return std::ranges::count_if(asked_, [&](const Asked& asked) { return fits(route, asked.line); }) >=
           static_cast<std::ptrdiff_t>(requests);
  });
}

void ScriptedPve::clear_asked() {
  const std::scoped_lock lock(mutex_);
  asked_.clear();
}

}  // namespace test
