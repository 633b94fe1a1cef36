// The seam to the record of changes: each is recorded before it is sent, and again with what became of it.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "base/json.h"

namespace guard {

/// Why a change may be sent.
struct Approval {
  std::string how = "not asked";  ///< "not asked", "elicitation", "terminal", "--yes", "plan" or "approve"
  std::string plan{};             ///< the id of the plan that the caller passed
  std::string by{};               ///< the person that approved the plan
};

/// A change that is about to be sent. Without secrets.
struct Attempt {
  std::string caller;  ///< mcp::Caller::identity
  std::string tool;
  base::JsonObject arguments;
  base::JsonObject object;  ///< what identifies the object
  std::string request;      ///< "PUT /nodes/pve1/qemu/118/config"
  Approval approval{};
};

/// What became of an attempt. Without secrets.
struct Ending {
  enum class Result : std::uint8_t {
    Done,
    Running,  ///< PVE has started the task `upid`, and nobody waited for its end
    Failed,   ///< the task has failed
    Refused,  ///< PVE has refused the request
    NotSent,
    Unknown,  ///< PVE's answer did not come, or could not be read
  };
  Result result = Result::Unknown;
  std::string upid{};
  std::string exit_status{};  ///< PVE's, of the task
  std::string message{};      ///< PVE's error, or why nothing was sent
};

/// Safe from many threads and processes.
class Audit {
 public:
  struct Begun {
    std::int64_t number = 0;  ///< of the record; 0: changes are not recorded
    std::string note{};       ///< a sentence for the answer; empty in most cases
  };

  Audit() = default;
  Audit(const Audit&) = delete;
  Audit& operator=(const Audit&) = delete;
  virtual ~Audit() = default;

  /// Records the attempt; it is on the disk when this returns. The error is a clause with a full stop and a
  /// remedy: the change must not be sent then.
  virtual std::expected<Begun, std::string> begin(const Attempt& attempt) = 0;
  /// Records what became of it. Returns a sentence for the answer if that could not be recorded.
  virtual std::optional<std::string> end(const Begun& begun, const Ending& ending) = 0;
};

}  // namespace guard
