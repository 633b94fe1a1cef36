// Keeps PVE's answers for some seconds.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "base/json.h"
#include "pve/client.h"

namespace engine {

/// Asks PVE for each path at most once in five seconds; callers that ask at the same time share one request.
/// Keeps failures as long. Safe from many threads. Owns nothing that it is given.
class AnswerCache {
 public:
  AnswerCache(pve::Client& client, const base::Clock& clock) : client_(client), clock_(clock) {}
  AnswerCache(const AnswerCache&) = delete;
  AnswerCache& operator=(const AnswerCache&) = delete;

  /// `data` of a GET of the encoded path. Returns nullptr if PVE refused or did not answer, or if `stop` was
  /// requested meanwhile.
  std::shared_ptr<const base::Json> get(const std::string& path, const std::stop_token& stop) {
    return newer_than(nullptr, path, stop);
  }
  /// Like get(), but does not return `seen`, an answer in which the caller missed something.
  std::shared_ptr<const base::Json> newer_than(const std::shared_ptr<const base::Json>& seen,
                                               const std::string& path, const std::stop_token& stop);
  /// The answer that is still valid; nullptr if there is none. Never waits.
  std::shared_ptr<const base::Json> known(const std::string& path);

 private:
  struct Slot {
    bool asking = false;
    bool filled = false;
    base::Clock::Steady taken{};
    std::shared_ptr<const base::Json> data;
  };
  bool young(const Slot& slot) const;
  void forget_old();

  pve::Client& client_;
  const base::Clock& clock_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<std::string, Slot, std::less<>> slots_;
};

}  // namespace engine
