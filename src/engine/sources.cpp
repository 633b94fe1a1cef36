#include "engine/sources.h"

#include <utility>

#include "base/text.h"
#include "engine/parallel.h"
#include "engine/request.h"
#include "engine/visibility.h"

namespace engine {
namespace {

constexpr std::size_t kAtOnce = 8;
/// PVE gives up on a dead node after three to ten seconds.
constexpr std::chrono::seconds kLongest{15};

}  // namespace

tool::Sources::Got ParallelReads::read(const tool::Read& read, const std::stop_token& stop) {
  const auto wanted = request({base::Method::Get, read.path}, read.arguments);
  if (!wanted) return std::unexpected(tool::Unseen{wanted.error()});
  auto answer = cluster_.client.call(*wanted, stop);
  if (answer) return std::move(answer->data);
  const auto& error = answer.error();
  if (error.kind == pve::Error::Kind::Cancelled) return std::unexpected(tool::Unseen{"no answer in time"});
  if (error.kind == pve::Error::Kind::Refused)
    return std::unexpected(tool::Unseen{base::printable(error.message), error.status == 403, error.status});
  return std::unexpected(
      tool::Unseen{pve::explain(error, "GET " + wanted->path, cluster_.client.base_url())});
}

std::vector<tool::Sources::Got> ParallelReads::get(const std::vector<tool::Read>& reads) {
  std::vector<Got> got(reads.size(), std::unexpected(tool::Unseen{"no answer in time"}));
  in_parallel(reads.size(), kAtOnce, kLongest, stop_,
              [&](std::size_t i, const std::stop_token& stop) { got[i] = read(reads[i], stop); });
  return got;
}

std::optional<tool::Unseen> ParallelReads::thinned(const tool::Sight& sight) {
  return engine::thinned(sight, cluster_, stop_);
}

std::int64_t ParallelReads::now() const {
  return std::chrono::floor<std::chrono::seconds>(cluster_.clock.wall()).time_since_epoch().count();
}

}  // namespace engine
