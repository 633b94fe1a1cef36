// Corrects PVE's answers and explains its errors, before they are rendered.
#pragma once

#include <stop_token>
#include <string>

#include "base/json.h"
#include "engine/cluster/cluster.h"
#include "guard/may_use.h"
#include "tool/tool.h"

namespace engine {

/// The reads that a row's hooks may make on one cluster. Fills paths from the arguments of the call (by PVE's
/// names), with their present values. Refers to everything that it is given. For one thread.
class Reads final : public tool::Context {
 public:
  Reads(const Cluster& cluster, const base::JsonObject& arguments, const guard::MayUse& may,
        const std::stop_token& stop)
      : cluster_(cluster), arguments_(arguments), may_(may), stop_(stop) {}

  std::expected<base::Json, tool::ReadFailure> get(std::string_view path_template) override;
  std::expected<std::string, tool::ReadFailure> staged(std::string_view path_template) override;
  std::int64_t now() const override;
  /// True if a read failed, so that what is based on the reads may be wrong.
  bool failed() const { return failed_; }

 private:
  std::expected<pve::Answer, tool::ReadFailure> answer(std::string_view path_template);

  const Cluster& cluster_;
  const base::JsonObject& arguments_;
  const guard::MayUse& may_;
  const std::stop_token& stop_;
  bool failed_ = false;
};

struct Revision {
  std::string note;   ///< sentences, one a line; empty if there is nothing to say
  bool sure = false;  ///< all reads that it is based on succeeded
};

/// Corrects in `data` what PVE's answer says wrongly (tool::Tool::revise).
Revision revise(const tool::Tool& tool, const base::JsonObject& arguments, base::Json& data,
                const Cluster& cluster, const guard::MayUse& may, const std::stop_token& stop);

/// Corrects `data` like revise(), and adds to the note what PVE may have left out of the list (visibility.h).
Revision revise_and_note_omissions(const tool::Tool& tool, const base::JsonObject& arguments,
                                   base::Json& data, Cluster& cluster, const guard::MayUse& may,
                                   const std::stop_token& stop);

/// Explains why the call failed and what to do about it. Asks PVE for more, as far as the caller may know it
/// (diagnosis.h).
std::string explained(const pve::Error& error, const pve::Call& call, const base::JsonObject& arguments,
                      Cluster& cluster, const guard::MayUse& may, const std::stop_token& stop);

}  // namespace engine
