// What PVE answered, before anybody reads it: put right, or explained.
#pragma once

#include <stop_token>
#include <string>

#include "base/json.h"
#include "engine/cluster/cluster.h"
#include "guard/may_use.h"
#include "tool/tool.h"

namespace engine {

/// What a row's hooks may ask: reads below one cluster, paths filled from the arguments of the same call (by
/// PVE's names) as they are at that moment. Refers to all it is given. For one thread.
class Reads final : public tool::Context {
 public:
  Reads(const Cluster& cluster, const base::JsonObject& arguments, const MayUse& may,
        const std::stop_token& stop)
      : cluster_(cluster), arguments_(arguments), may_(may), stop_(stop) {}

  std::expected<base::Json, tool::ReadFailure> get(std::string_view path_template) override;
  std::expected<std::string, tool::ReadFailure> staged(std::string_view path_template) override;
  std::int64_t now() const override;
  /// One of the reads gave nothing: what rests on them is a guess.
  bool failed() const { return failed_; }

 private:
  std::expected<pve::Answer, tool::ReadFailure> answer(std::string_view path_template);

  const Cluster& cluster_;
  const base::JsonObject& arguments_;
  const MayUse& may_;
  const std::stop_token& stop_;
  bool failed_ = false;
};

struct Revision {
  std::string note;   ///< sentences, a line each; empty when there is nothing to say
  bool sure = false;  ///< all could be read that it rests on
};

/// Puts right in `data` what PVE says wrongly in the answer to the tool's call (tool::Tool::revise).
Revision revise(const tool::Tool& tool, const base::JsonObject& arguments, base::Json& data,
                const Cluster& cluster, const MayUse& may, const std::stop_token& stop);

/// revise(), and what PVE leaves out of a list in silence (visibility.h): the note says both.
Revision revise_and_note_omissions(const tool::Tool& tool, const base::JsonObject& arguments,
                                   base::Json& data, Cluster& cluster, const MayUse& may,
                                   const std::stop_token& stop);

/// Why the call failed and what to do about it, with what PVE says when it is asked and the caller may know
/// (diagnosis.h).
std::string explained(const pve::Error& error, const pve::Call& call, const base::JsonObject& arguments,
                      Cluster& cluster, const MayUse& may, const std::stop_token& stop);

}  // namespace engine
